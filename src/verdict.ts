import { type Awaitable, isPending, valueAtHand } from "./awaitable.ts";
import { presentedCredential, selectVerifier } from "./credentials.ts";
import { AuthError, toAuthError } from "./errors.ts";
import { createNotes } from "./notes.ts";
import { requirePoolsApart } from "./pools-apart.ts";
import { anonymous } from "./principal.ts";
import type { AuthRequest } from "./request.ts";
import type { Target } from "./target.ts";
import type { Verified, Verifier } from "./verifier.ts";

/** The caller of a request, as a verifier found him. */
export interface KnownCaller {
  readonly verified: Verified;
  /** What to challenge with should the policy say no. */
  readonly scheme: string;
}

/** What the verifiers found out about one request: its caller, or the fault of its credential. */
export type Verdict = KnownCaller | { readonly error: AuthError };

/** What a verifier is announced by in `WWW-Authenticate`. */
export function challengeOf(verifier: Verifier): string {
  return verifier.challenge ?? verifier.scheme;
}

/**
 * Has the one verifier judge a request whose credential it carries, once for each request object: replay protection would
 * refuse the second gate. What comes out never throws, and is no promise where nothing had to be waited for.
 */
export function createVerification(
  verifiers: readonly Verifier[],
): (request: AuthRequest, target: Target) => Awaitable<Verdict> {
  const schemes = verifiers.map(challengeOf).join(", ");
  const verdicts = createNotes<AuthRequest, Awaitable<Verdict>>();

  function verify(request: AuthRequest, target: Target): Awaitable<Verdict> {
    let scheme = schemes;
    const refused = (thrown: unknown): Verdict => ({ error: toAuthError(thrown).challengedBy(scheme) });
    try {
      // A broker that was made after the authorizer may have brought another pool.
      requirePoolsApart(verifiers);
      const verifier = selectVerifier(verifiers, request, presentedCredential(request, target));
      if (verifier === undefined) return { verified: { principal: anonymous }, scheme };
      scheme = challengeOf(verifier);
      const verified = valueAtHand(verifier.verify(request));
      if (isPending(verified)) return verified.then((value) => ({ verified: known(value), scheme })).catch(refused);
      return { verified: known(verified), scheme };
    } catch (thrown) {
      return refused(thrown);
    }
  }

  return function verifyOnce(request, target) {
    let verdict = verdicts.get(request);
    if (verdict === undefined) {
      verdict = verify(request, target);
      verdicts.set(request, verdict);
    }
    return verdict;
  };
}

/** Others may write a verifier, in JavaScript: a rule for anyone would let in whomever it gives, nobody included. */
function known(verified: Verified | null | undefined): Verified {
  if (typeof verified?.principal?.kind === "string") return verified;
  throw new AuthError("configuration_error", { reason: "a verifier gave no principal" });
}

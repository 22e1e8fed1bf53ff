import { invalidToken } from "./invalid-token.ts";
import type { KeySource, TokenKey } from "./jwks.ts";

/** What {@link createRecheck} takes. */
export interface RecheckSetup {
  /** Looks at the times of the token again; it throws an AuthError where they no longer do. */
  readonly times: (now: number) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly source: KeySource;
  /** What the token was signed with. */
  readonly key: TokenKey;
}

/**
 * Makes what looks again at a token that was good.
 *
 * A function keeps alive all that the functions around it share. Made here, and not where tokens are verified, this one keeps
 * nothing of the token: whoever reads the memory of the process finds nothing to send.
 */
export function createRecheck({ times, clock, source, key }: RecheckSetup): () => void {
  return function recheck() {
    times(clock());
    if (!source.trusts(key)) throw invalidToken("the issuer has withdrawn its key");
  };
}

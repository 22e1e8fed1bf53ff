import { attempt, proceed } from "../awaitable.ts";
import { AuthError } from "../errors.ts";
import { createPrincipal, type Principal, type PrincipalInit } from "../principal.ts";
import type { TrustedIssuer } from "../verifier.ts";
import { invalidToken } from "./invalid-token.ts";
import type { KeySource } from "./jwks.ts";
import { createRecheck } from "./recheck.ts";
import type { RevocableFacts } from "./revocation.ts";
import type { JsonObject } from "./strict-json.ts";
import { tokenFacts } from "./token-facts.ts";
import type { TokenIssuer, TokenPlace } from "./token-issuer.ts";
import { readTokenTimes, type TokenTimes } from "./token-times.ts";

/** The caller whom the claims of a token describe, as long as its signature has not been looked at. */
export interface ClaimedCaller {
  readonly principal: Omit<PrincipalInit, "claims" | "expiresAt" | "authenticatedAt">;
  /** By what the token can be revoked beside its ids and its user. */
  readonly facts?: Pick<RevocableFacts, "role" | "identityId">;
  /** When the token ends at the latest, in milliseconds since 1970, whatever its `exp`. */
  readonly notAfter?: number;
}

/** What {@link defineIssuer} takes. */
export interface IssuerDefinition {
  /** The one value of `iss`. */
  readonly iss: string;
  readonly algorithms: readonly string[];
  readonly trusted: TrustedIssuer;
  /** Where its tokens stand, if that is a place of its own. */
  readonly place?: TokenPlace;
  readonly keys: KeySource;
  readonly clock: () => number;
  readonly toleranceSeconds: number;
  /** Checks the claims; it runs before the signature, since it costs less, and must say nothing but `invalid_token`. */
  readonly read: (payload: JsonObject, header: JsonObject) => ClaimedCaller;
  /** What becomes of a caller whose signature was good. */
  readonly judge?: (principal: Principal) => Principal;
}

/** Makes an issuer whose tokens differ from those of others by their claims alone. */
export function defineIssuer(definition: IssuerDefinition): TokenIssuer {
  const {
    iss,
    algorithms,
    trusted,
    place,
    keys,
    clock,
    toleranceSeconds,
    read,
    judge = (principal) => principal,
  } = definition;
  return {
    issuers: [iss],
    algorithms,
    trusted,
    ...(place !== undefined && { place }),
    verify: (token) =>
      attempt(() => {
        // Dispatch has seen to both, but whoever calls this without it must not be let down.
        if (token.payload.iss !== iss) throw invalidToken("iss is not the configured issuer");
        if (!algorithms.includes(token.header.alg)) throw invalidToken(`alg is not ${algorithms.join(" or ")}`);
        const times = readTokenTimes(token.payload, clock(), toleranceSeconds);
        const claimed = read(token.payload, token.header);
        const { notAfter = Number.POSITIVE_INFINITY } = claimed;
        const recheckTimes = timesUntil(times, notAfter + toleranceSeconds * 1000);
        recheckTimes(clock());
        return proceed(keys.find(token.header.kid), (key) => {
          key.checkSignature(token);
          const { expiresAt, authenticatedAt } = times;
          const principal = judge(
            createPrincipal({
              ...claimed.principal,
              claims: token.payload,
              expiresAt: notAfter < expiresAt.getTime() ? new Date(notAfter) : expiresAt,
              ...(authenticatedAt !== undefined && { authenticatedAt }),
            }),
          );
          const facts = { ...tokenFacts(token.payload, principal.id, times.issuedAt), ...claimed.facts };
          return {
            principal,
            facts,
            recheck: createRecheck({ times: recheckTimes, clock, source: keys, key }),
          };
        });
      }),
    ready: () => keys.ready(),
    readiness: () => keys.readiness(),
  };
}

/** The times of a token that may end before its `exp`. */
function timesUntil(times: TokenTimes, end: number): (now: number) => void {
  return function recheckTimes(now) {
    times.recheck(now);
    if (!(now < end)) throw new AuthError("token_expired");
  };
}

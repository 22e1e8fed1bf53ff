import { AuthError } from "../errors.ts";
import { createCallLimit } from "./call-limit.ts";
import type { CognitoClaims } from "./cognito-claims.ts";
import { createConfirmation } from "./confirmation.ts";
import { getUser } from "./get-user.ts";
import { invalidToken } from "./invalid-token.ts";
import { connectionTo, type LiveCheckOptions, type LiveCheckPool, readLiveCheckOptions } from "./live-check-options.ts";
import type { VerifiedToken } from "./token-issuer.ts";

/** Has Cognito asked whether it still accepts an access token, see {@link UserPoolAccessOptions.liveCheck}. */
export interface LiveCheck {
  /**
   * Makes the check of the tokens of one pool; {@link userPool} calls it. Pools that share a live check share its options alone:
   * each has verdicts of its own, and makes as many calls as if it were the only one.
   *
   * @throws ConfigurationError where the endpoint is one that the pool does not allow.
   */
  forPool(pool: LiveCheckPool): PoolCheck;
}

/**
 * Gives a verified token a way to have Cognito confirm it.
 *
 * @throws AuthError `invalid_token` or `insufficient_scope` where Cognito cannot be asked about it.
 */
export type PoolCheck = <Token extends VerifiedToken>(verified: Token, claims: CognitoClaims) => Token;

/** The scope without which Cognito answers no GetUser. */
const liveScope = "aws.cognito.signin.user.admin";

/**
 * Has Cognito asked by GetUser whether it still accepts an access token, for {@link userPool}.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { liveCheck, userPool } from "poolgate";
 *
 * const access = userPool({
 *   userPoolId: "eu-west-1_Example01",
 *   clientId: "1example23456789",
 *   tokenUse: "access",
 *   liveCheck: liveCheck({ maxAgeSeconds: 60 }),
 * });
 * ```
 */
export function liveCheck(options: LiveCheckOptions = {}): LiveCheck {
  const settings = readLiveCheckOptions(options);
  const { perSecond, maxAge, maxStale, entries, machinesUnchecked } = settings;
  return Object.freeze<LiveCheck>({
    forPool(pool) {
      const { clock } = pool;
      const connection = connectionTo(pool, settings);
      const confirm = createConfirmation({
        ask: (token, user) => getUser(connection, token, user),
        limit: createCallLimit({ perSecond, perUser: Math.ceil(perSecond / 10), clock }),
        maxAge,
        maxStale,
        entries,
        clock,
      });
      return function confirmable(verified, { sub, machine, scopes }) {
        if (machine) {
          if (machinesUnchecked) return verified;
          throw invalidToken("it has no user whom the live check could ask for");
        }
        if (scopes?.includes(liveScope) !== true) {
          throw new AuthError("insufficient_scope", { scope: [liveScope], reason: "the live check needs it" });
        }
        const { username } = verified.principal.claims;
        return { ...verified, confirm: (raw) => confirm(raw, { sub, username }) };
      };
    },
  });
}

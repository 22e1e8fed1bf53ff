import { closedGroups, createPrincipal, type Principal } from "../principal.ts";
import { readCognitoClaims, type TokenUse } from "../tokens/cognito-claims.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import { type Rename, renameAll } from "../tokens/naming.ts";
import { readTokenTimes } from "../tokens/token-times.ts";
import type { UserPoolNames } from "../tokens/user-pool-id.ts";
import { restoreClaims, saysGroups } from "./authorizer-claims.ts";
import { foreignFacts, type GatewayFacts } from "./gateway-facts.ts";
import { subForm } from "./signed-in-user.ts";

/** Whose tokens a gateway may have checked. */
export interface ClaimsSettings {
  readonly pool: UserPoolNames;
  /** The app clients whose tokens are accepted; null for any. */
  readonly clients: ReadonlySet<string> | null;
  readonly tokenUse: TokenUse;
  readonly scopes: Rename;
  readonly clock: () => number;
}

/**
 * Makes the principal of the claims of a token that a gateway has checked.
 *
 * Groups are unknown where the claims say that there are some, and none where they do not.
 *
 * @throws AuthError `invalid_token` where the token is of another pool, client or use, `token_expired`, and `configuration_error`
 * where no gateway would write such claims.
 */
export function claimsPrincipal(facts: GatewayFacts, settings: ClaimsSettings): Principal {
  const { pool, clients, tokenUse, scopes: rename, clock } = settings;
  const claims = restoreClaims(facts);
  if (claims.iss !== pool.issuer && claims.iss !== pool.updatedIssuer) {
    throw invalidToken("iss is not the configured user pool");
  }
  const { sub, clientId, machine, scopes } = readCognitoClaims(claims, tokenUse, clients);
  if (!machine && !subForm.test(sub)) throw foreignFacts("the claim sub is none of a user pool");
  const { expiresAt, authenticatedAt } = readTokenTimes(claims, clock(), 0);
  return createPrincipal({
    ...{ issuer: pool.issuer, verifiedBy: "gateway-event", claims, expiresAt, clientId },
    ...(machine
      ? { kind: "client", id: `client:${pool.userPoolId}:${clientId}` }
      : { kind: "user", id: `user:${pool.userPoolId}:${sub}`, userId: sub }),
    ...(!saysGroups(facts) && { groups: closedGroups() }),
    ...(scopes !== undefined && { scopes: renameAll(scopes, rename) }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  });
}

/** The name that a token of a listed pool has for whom it is about, to be compared with what the event says. */
export function requireSameSubject(facts: GatewayFacts, { claims }: Principal): void {
  const { sub } = restoreClaims(facts);
  if (sub === undefined || sub !== claims.sub) throw foreignFacts("the token is not the one of the claims");
}

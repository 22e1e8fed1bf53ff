import type { Groups, Principal } from "../principal.ts";
import type { TokenClaims } from "./token-claims.ts";

/**
 * The claims of an OpenID token of an identity pool.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html
 */
export interface IdentityPoolTokenClaims extends TokenClaims {
  /** The id of the identity. */
  readonly sub: string;
  /** The identity pool. */
  readonly aud: string;
  /** `authenticated` or `unauthenticated`, and the logins of the identity. */
  readonly amr: readonly string[];
}

/** What user and guest have in common. */
interface IdentityPoolCaller extends Principal {
  readonly verifiedBy: "identity-pool-token";
  readonly identityId: string;
  readonly claims: IdentityPoolTokenClaims;
  readonly expiresAt: Date;
}

/** A user of a user pool, by the OpenID token of his identity. */
export interface IdentityPoolTokenUser extends IdentityPoolCaller {
  readonly kind: "user";
  readonly userId: string;
}

/** An identity that has not signed in, by its OpenID token. */
export interface IdentityPoolTokenGuest extends IdentityPoolCaller {
  readonly kind: "guest";
  readonly groups: Groups;
}

/** Who calls with an OpenID token of an identity pool; `kind` tells a user from a guest. */
export type IdentityPoolTokenPrincipal = IdentityPoolTokenUser | IdentityPoolTokenGuest;

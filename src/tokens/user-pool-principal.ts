import type { Groups, Principal } from "../principal.ts";
import type { CustomClaims } from "./token-claims.ts";
import type { UserPoolAccessClaims, UserPoolIdClaims } from "./user-pool-claims.ts";

/** What the principals of all tokens of user pools have. */
interface UserPoolCaller extends Principal {
  readonly verifiedBy: "user-pool";
  readonly groups: Groups;
  readonly expiresAt: Date;
}

/** A user, by an access token of his user pool. */
export interface UserPoolAccessUser<Custom = unknown> extends UserPoolCaller {
  readonly kind: "user";
  readonly userId: string;
  readonly scopes: ReadonlySet<string>;
  readonly claims: UserPoolAccessClaims & CustomClaims<Custom>;
}

/** An app client that got an access token for itself, by client credentials. */
export interface UserPoolClient<Custom = unknown> extends UserPoolCaller {
  readonly kind: "client";
  readonly scopes: ReadonlySet<string>;
  readonly claims: UserPoolAccessClaims & CustomClaims<Custom>;
}

/** Who calls with an access token of a user pool; `kind` tells a user from an app client. */
export type UserPoolAccessPrincipal<Custom = unknown> = UserPoolAccessUser<Custom> | UserPoolClient<Custom>;

/** A user, by an ID token of his user pool. */
export interface UserPoolIdPrincipal<Custom = unknown> extends UserPoolCaller {
  readonly kind: "user";
  readonly userId: string;
  readonly claims: UserPoolIdClaims & CustomClaims<Custom>;
}

/** Who calls with a token of a user pool, by what the token is for. */
export interface UserPoolPrincipals<Custom = unknown> {
  readonly access: UserPoolAccessPrincipal<Custom>;
  readonly id: UserPoolIdPrincipal<Custom>;
}

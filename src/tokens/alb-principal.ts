import type { Principal } from "../principal.ts";
import type { CustomClaims, TokenClaims } from "./token-claims.ts";
import type { UserPoolIdClaims } from "./user-pool-claims.ts";

/** The attributes of a user that are a text in the ID token and in the answer of the user info endpoint alike. */
type UserAttributes = Pick<
  UserPoolIdClaims,
  | "email"
  | "phone_number"
  | "name"
  | "given_name"
  | "family_name"
  | "middle_name"
  | "nickname"
  | "preferred_username"
  | "profile"
  | "picture"
  | "website"
  | "gender"
  | "birthdate"
  | "zoneinfo"
  | "locale"
>;

/**
 * What a load balancer states of a user: the answer of the user info endpoint, with `iss` and `exp` from the header of the token.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding and
 * https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
 */
export interface AlbClaims extends TokenClaims, UserAttributes {
  readonly sub: string;
  /** The name of the user in his user pool. */
  readonly username?: string;
  /** A text by Cognito, `"true"` or `"false"`, of which both count as true in a condition; a boolean by other providers. */
  readonly email_verified?: string | boolean;
  /** The same for `phone_number`. */
  readonly phone_number_verified?: string | boolean;
}

/** Who calls through a load balancer that has authenticated him. `userId` is there where the issuer is a user pool. */
export interface AlbPrincipal<Custom = unknown> extends Principal {
  readonly kind: "user";
  readonly verifiedBy: "alb";
  readonly claims: AlbClaims & CustomClaims<Custom>;
  readonly expiresAt: Date;
}

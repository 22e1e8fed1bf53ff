import type { TokenClaims } from "./token-claims.ts";

/**
 * The claims of an access token of a user pool.
 *
 * A token that an app client got for itself has no `username`.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export interface UserPoolAccessClaims extends TokenClaims {
  readonly token_use: "access";
  readonly sub: string;
  /** The app client that the token was issued to. */
  readonly client_id: string;
  /** The groups as Cognito names them; checked where it is there. {@link Principal.groups} has them as the policy does. */
  readonly "cognito:groups"?: readonly string[];
  /** The scopes with a space between them; checked where it is there. */
  readonly scope?: string;
  readonly username?: string;
  readonly event_id?: string;
  readonly version?: number;
  readonly device_key?: string;
}

/**
 * The claims of an ID token of a user pool: attributes of the user, under their names in OpenID Connect.
 *
 * Which attributes are there depends on the pool, the app client and its scopes. A pre token generation trigger may leave out
 * or rewrite each of the optional ones. A user may write some of his attributes himself; that is set by the app client.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export interface UserPoolIdClaims extends TokenClaims {
  readonly token_use: "id";
  readonly sub: string;
  /** The app client that the token was issued to. */
  readonly aud: string;
  readonly "cognito:username"?: string;
  /** The groups as Cognito names them; checked where it is there. {@link Principal.groups} has them as the policy does. */
  readonly "cognito:groups"?: readonly string[];
  /** ARNs of the roles of his groups. */
  readonly "cognito:roles"?: readonly string[];
  /** The ARN of the role of that group which takes precedence. */
  readonly "cognito:preferred_role"?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly phone_number?: string;
  readonly phone_number_verified?: boolean;
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly middle_name?: string;
  readonly nickname?: string;
  readonly preferred_username?: string;
  readonly profile?: string;
  readonly picture?: string;
  readonly website?: string;
  readonly gender?: string;
  readonly birthdate?: string;
  readonly zoneinfo?: string;
  readonly locale?: string;
  readonly nonce?: string;
  readonly at_hash?: string;
  readonly event_id?: string;
}

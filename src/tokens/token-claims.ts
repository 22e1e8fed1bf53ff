/**
 * The claims of a verified token, as far as every issuer checks them (RFC 7519 Section 4.1).
 *
 * In this type and those that extend it a claim that is required has been checked, and a token without it is refused. An
 * optional one may be absent. Where it is there, these are checked: `iat`, `nbf`, `auth_time`, `jti`, `origin_jti`; others have
 * the type that the issuer documents. Any other claim is `unknown`: look at it before you use it. All are frozen.
 */
export interface TokenClaims {
  /** The issuer, one of those that are configured. */
  readonly iss: string;
  /** When the token ends, in seconds since 1970. */
  readonly exp: number;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** When it was issued, in seconds since 1970. */
  readonly iat?: number;
  /** Before when it is not good, in seconds since 1970. */
  readonly nbf?: number;
  /** When the caller proved who he is, in seconds since 1970. */
  readonly auth_time?: number;
  readonly jti?: string;
  /** The id of the sign-in, or other event, that the token comes from; Cognito's. */
  readonly origin_jti?: string;
  /** How well the caller proved who he is. */
  readonly acr?: string;
  /** The ways in which he did. */
  readonly amr?: readonly string[];
  readonly [claim: string]: unknown;
}

/**
 * The claims that an operator says his tokens have. Nobody checks them, so each may be absent.
 *
 * Their types are the operator's word: a claim that is there may still be of another type, if the issuer writes it so.
 */
export type CustomClaims<Custom> = { readonly [Claim in keyof Custom]?: Custom[Claim] };

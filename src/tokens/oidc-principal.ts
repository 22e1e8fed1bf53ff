import type { Principal } from "../principal.ts";
import type { CustomClaims, TokenClaims } from "./token-claims.ts";

/** The claims of a token of an OpenID provider whose audience is checked and whose subject is `sub`. */
export interface OidcClaims extends TokenClaims {
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** The client that the token was issued to; checked where it is there. */
  readonly azp?: string;
}

/** Who calls with a token of an OpenID provider. */
export interface OidcPrincipal<Claims extends TokenClaims = OidcClaims, Custom = unknown> extends Principal {
  readonly kind: "user" | "client";
  readonly verifiedBy: "oidc";
  readonly claims: Claims & CustomClaims<Custom>;
  readonly expiresAt: Date;
}

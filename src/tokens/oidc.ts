import { closedGroups, type PrincipalInit } from "../principal.ts";
import { requireAudience } from "./audience.ts";
import { requireAuthorizedParty } from "./authorized-party.ts";
import { readNames } from "./claim-path.ts";
import { defineIssuer } from "./define-issuer.ts";
import { invalidToken } from "./invalid-token.ts";
import { readIssuerKeys } from "./issuer-keys.ts";
import { renameAll } from "./naming.ts";
import { type OidcOptions, type OidcPlainOptions, type OidcSettings, readOidcOptions } from "./oidc-options.ts";
import type { OidcClaims, OidcPrincipal } from "./oidc-principal.ts";
import type { JsonObject } from "./strict-json.ts";
import { mapTags } from "./tag-mapping.ts";
import type { TokenClaims } from "./token-claims.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import { requireTokenType } from "./token-type.ts";

/**
 * Accepts the tokens of any OpenID provider, for {@link bearer}.
 *
 * Its keys are found by discovery, or given as `jwks` or `jwksUri`. A caller has the id `user:<issuer>#<sub>` (or `client:...`).
 * Groups and scopes are read from the claims that the options name; a token without its claim of groups says nothing of
 * them, and one that has it lists them all. `userId` is not set, since that is the `sub` of a user pool.
 *
 * Claims of the provider's own are a type parameter, as in `oidc<{ organization: string }>({ ... })`. That is your word: nobody
 * checks them, and each may be undefined. So may `aud` with `audience: null`, and `sub` with another `subjectClaim`.
 *
 * https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, oidc } from "poolgate";
 *
 * const staff = oidc({
 *   issuer: "https://login.example.com",
 *   audience: "https://api.example.com",
 *   algorithms: ["ES256"],
 *   type: "at+jwt",
 *   groupsClaim: ["realm_access", "roles"],
 *   scopesClaim: "scope",
 * });
 * const verifier = bearer({ issuers: [staff] });
 * ```
 */
export function oidc<Custom = unknown>(options: OidcPlainOptions): TokenIssuer<OidcPrincipal<OidcClaims, Custom>>;
export function oidc<Custom = unknown>(options: OidcOptions): TokenIssuer<OidcPrincipal<TokenClaims, Custom>>;
export function oidc(options: OidcOptions): TokenIssuer {
  const settings = readOidcOptions(options);
  const { issuer, audiences, parties, algorithms, type, declared } = settings;
  return defineIssuer({
    iss: issuer,
    algorithms,
    trusted: { issuer, declared },
    ...readIssuerKeys("oidc", options, { algorithms, issuer }),
    read(payload, header) {
      requireTokenType(header.typ, type);
      // A logout token has the issuer, audience and subject of an ID token, and often no other `typ` (RFC 8417 Section 4).
      if (payload.events !== undefined) throw invalidToken("it tells of events, and not who is calling");
      requireAuthorizedParty(payload, requireAudience(payload, audiences), parties);
      return { principal: principalOf(payload, settings) };
    },
  });
}

function principalOf(payload: JsonObject, settings: OidcSettings): PrincipalInit {
  const { issuer, kind, subjectClaim, groupsClaim, scopesClaim, tags } = settings;
  const subject = payload[subjectClaim];
  if (typeof subject !== "string" || subject === "") throw invalidToken("the claim of the subject is not one string");
  const groups = groupsClaim && readNames(payload, groupsClaim, "groups", false);
  const scopes = scopesClaim && readNames(payload, scopesClaim, "scopes", true);
  return {
    kind,
    id: `${kind}:${issuer}#${subject}`,
    issuer,
    verifiedBy: "oidc",
    tags: mapTags(payload, tags),
    ...(groups !== undefined && { groups: closedGroups(renameAll(groups, settings.groups)) }),
    ...(scopes !== undefined && { scopes: renameAll(scopes, settings.scopes) }),
  };
}

import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import type { PrincipalInit } from "../principal.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import { readAudiences, requireAudience } from "./audience.ts";
import { defineIssuer } from "./define-issuer.ts";
import { type IssuerKeyOptions, issuerKeyOptionNames, readIssuerKeys } from "./issuer-keys.ts";
import { compileNaming, type Naming } from "./naming.ts";
import type { StsWebIdentityPrincipal } from "./sts-web-identity-principal.ts";
import { mapTags, readTagMapping } from "./tag-mapping.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import { readWebIdentityClaims } from "./web-identity-claims.ts";

/** What {@link stsWebIdentity} takes. */
export interface StsWebIdentityOptions extends IssuerKeyOptions {
  /** The account whose roles are accepted: twelve digits. */
  readonly account: string;
  /**
   * The issuer of that account, `https://<id>.tokens.sts.global.api.aws`, as `aws iam
   * get-outbound-web-identity-federation-info` shows it.
   */
  readonly issuer: string;
  /** What callers ask a token for: the `--audience` of GetWebIdentityToken; one, or a list. */
  readonly audience: string | readonly string[];
  /**
   * The accepted roles and what each stands for. `null` accepts every role of the account that IAM lets call
   * GetWebIdentityToken; nothing is known of its groups then.
   */
  readonly roles: RoleMap | null;
  /**
   * The tags of the principal by name, each with the key of the tag on the role or its session, such as
   * `{ tenant: "team" }`. A tag that the token does not have gives none. Request tags are never read: the caller chooses them.
   */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** How the tags are named beside those of other issuers. */
  readonly tags?: Naming;
}

const issuerForm = /^https:\/\/[0-9A-Za-z-]{1,63}\.tokens\.sts\.global\.api\.aws$/;
const algorithms = ["RS256", "ES384"] as const;
const optionNames = ["account", "issuer", "audience", "roles", "principalTags", "tags", ...issuerKeyOptionNames];

/**
 * Accepts the tokens by which a workload of AWS says which IAM role it acts in, for {@link bearer}: those that STS gives for
 * GetWebIdentityToken (outbound identity federation).
 *
 * One account is one issuer; for several accounts write several. A caller is of kind `role` with the id
 * `role:<account>/<name>`, which he has by a signed request too. His groups are those of the map of roles, and open. IAM
 * users and the root user are refused, since no rule could name them. The token ends with the session that asked for it.
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, stsWebIdentity } from "poolgate";
 *
 * const services = stsWebIdentity({
 *   account: "123456789012",
 *   issuer: "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws",
 *   audience: "https://api.example.com",
 *   roles: { "123456789012/Nightly": { groups: ["reporters"] } },
 * });
 * const verifier = bearer({ issuers: [services] });
 * ```
 */
export function stsWebIdentity(options: StsWebIdentityOptions): TokenIssuer<StsWebIdentityPrincipal>;
export function stsWebIdentity(options: StsWebIdentityOptions): TokenIssuer {
  refuseUnknownOptions("stsWebIdentity", options, optionNames);
  const account = readAccount(options.account);
  const iss = readIssuer(options.issuer);
  const audiences = readAudiences("stsWebIdentity.audience", options.audience, '"https://api.example.com"');
  const judge = readRoles(options.roles);
  const rename = compileNaming("stsWebIdentity.tags", options.tags);
  const tags = readTagMapping("stsWebIdentity.principalTags", options.principalTags, rename, '"team"');
  return defineIssuer({
    iss,
    algorithms,
    // Groups are those of our own map, so that tags alone come from elsewhere.
    trusted: { issuer: account, declared: options.tags !== undefined || tags.length === 0 },
    ...readIssuerKeys("stsWebIdentity", options, { algorithms, issuer: iss, jwksUri: `${iss}/.well-known/jwks.json` }),
    read(payload) {
      requireAudience(payload, audiences);
      const { role, principalTags, sessionEnd } = readWebIdentityClaims(payload, account);
      const principal: PrincipalInit = {
        kind: "role",
        id: `role:${account}/${role.name}`,
        issuer: account,
        verifiedBy: "sts-web-identity",
        tags: mapTags(principalTags, tags),
        role: Object.freeze(role),
      };
      return { principal, facts: { role }, ...(sessionEnd !== undefined && { notAfter: sessionEnd }) };
    },
    judge,
  });
}

function readAccount(value: unknown): string {
  const account = requireText("stsWebIdentity.account", value, '"123456789012"');
  if (!/^\d{12}$/.test(account)) throw invalid("account", "must be the twelve digits of an account");
  return account;
}

function readIssuer(value: unknown): string {
  const issuer = requireText("stsWebIdentity.issuer", value, '"https://<id>.tokens.sts.global.api.aws"');
  if (!issuerForm.test(issuer)) throw invalid("issuer", "must be https://<id>.tokens.sts.global.api.aws, and no more");
  return issuer;
}

function readRoles(value: RoleMap | null | undefined): JudgeRole {
  if (value === null) return (principal) => principal;
  if (value !== undefined) return compileRoleMap("stsWebIdentity.roles", value);
  throw new ConfigurationError(
    "missing_option",
    "stsWebIdentity.roles",
    'write { "123456789012/Nightly": { groups: ["reporters"] } }, or null to accept every role of the account',
  );
}

function invalid(name: keyof StsWebIdentityOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `stsWebIdentity.${name}`, message);
}

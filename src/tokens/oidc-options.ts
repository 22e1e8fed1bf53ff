import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import { readAudiences } from "./audience.ts";
import { type ClaimPath, readClaimPath } from "./claim-path.ts";
import { requireIssuerAddress } from "./issuer-address.ts";
import { type IssuerKeyOptions, issuerKeyOptionNames } from "./issuer-keys.ts";
import { compileNaming, type Naming, type Rename } from "./naming.ts";
import { readTagMapping, type TagMapping } from "./tag-mapping.ts";
import { keyForms, type TokenAlgorithm } from "./token-algorithm.ts";
import { readTokenType } from "./token-type.ts";
import { userPoolOfIssuer } from "./user-pool-id.ts";

/** What {@link oidc} takes. */
export interface OidcOptions extends IssuerKeyOptions {
  /**
   * The exact `iss`: an https address without query and fragment, with the slash at its end if the provider has one. User pools,
   * identity pools and STS are not for `oidc`: they have functions of their own.
   */
  readonly issuer: string;
  /**
   * The accepted values of `aud`: one, or a list. `null` accepts a token for any audience, even one that the provider gave to
   * a service of somebody else.
   */
  readonly audience: string | readonly string[] | null;
  /**
   * The clients (`azp`) whose tokens are accepted; `null` accepts any. Where nothing is said, tokens with one audience are
   * accepted whatever their client, and tokens with several are refused.
   */
  readonly authorizedParty?: string | readonly string[] | null;
  /** The algorithms that tokens may be signed with; RS256 alone by default. */
  readonly algorithms?: readonly TokenAlgorithm[];
  /** What `typ` in the header must be, such as `at+jwt` for the access tokens of RFC 9068; not looked at by default. */
  readonly type?: string;
  /** The kind of the callers: `user` by default, `client` for a provider that gives tokens to machines alone. */
  readonly kind?: "user" | "client";
  /** The claim that tells one caller from all others, for ever; `sub` by default. */
  readonly subjectClaim?: string;
  /** The claim that lists the groups. By default the token says nothing of groups. */
  readonly groupsClaim?: ClaimPath;
  /** The claim that lists the scopes, as a list or as a text with spaces. By default the token says nothing of scopes. */
  readonly scopesClaim?: ClaimPath;
  /** The tags of the principal by name, each with the claim that it is read from. None by default. */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** How the groups are named beside those of other issuers. */
  readonly groups?: Naming;
  /** How the scopes are named beside those of other issuers. */
  readonly scopes?: Naming;
  /** How the tags are named beside those of other issuers. */
  readonly tags?: Naming;
}

/** {@link OidcOptions} under which every token has an audience and a `sub`. */
export interface OidcPlainOptions extends OidcOptions {
  readonly audience: string | readonly string[];
  readonly subjectClaim?: "sub";
}

/** The options of an OpenID provider, checked. */
export interface OidcSettings {
  readonly issuer: string;
  readonly audiences: ReadonlySet<string> | null;
  readonly parties: ReadonlySet<string> | null | undefined;
  readonly algorithms: readonly TokenAlgorithm[];
  readonly type: string | undefined;
  readonly kind: "user" | "client";
  readonly subjectClaim: string;
  readonly groupsClaim: readonly string[] | undefined;
  readonly scopesClaim: readonly string[] | undefined;
  readonly tags: TagMapping;
  readonly groups: Rename;
  readonly scopes: Rename;
  /** Whether everything that the tokens give has been named. */
  readonly declared: boolean;
}

const optionNames: readonly string[] = [
  "issuer",
  "audience",
  "authorizedParty",
  "algorithms",
  "type",
  "kind",
  "subjectClaim",
  "groupsClaim",
  "scopesClaim",
  "principalTags",
  "groups",
  "scopes",
  "tags",
  ...issuerKeyOptionNames,
];

/**
 * Checks the options of an OpenID provider, but for those of its keys.
 *
 * @throws ConfigurationError
 */
export function readOidcOptions(options: OidcOptions): OidcSettings {
  refuseUnknownOptions("oidc", options, optionNames);
  const { audience, authorizedParty, kind = "user", subjectClaim = "sub", groups, scopes, tags } = options;
  const groupsClaim = readOptionalPath("groupsClaim", options.groupsClaim);
  const scopesClaim = readOptionalPath("scopesClaim", options.scopesClaim);
  if (kind !== "user" && kind !== "client") throw invalid("kind", 'write "user" or "client"');
  const mapping = readTagMapping(
    "oidc.principalTags",
    options.principalTags,
    compileNaming("oidc.tags", tags),
    '"org"',
  );
  return {
    issuer: readIssuer(options),
    audiences: audience === null ? null : readAudiences("oidc.audience", audience, '"https://api.example.com"'),
    parties: readParties(authorizedParty),
    algorithms: readAlgorithms(options.algorithms),
    type: readTokenType("oidc.type", options.type),
    kind,
    subjectClaim: requireText("oidc.subjectClaim", subjectClaim, '"sub"'),
    groupsClaim,
    scopesClaim,
    tags: mapping,
    groups: compileNaming("oidc.groups", groups),
    scopes: compileNaming("oidc.scopes", scopes),
    declared:
      (groupsClaim === undefined || groups !== undefined) &&
      (scopesClaim === undefined || scopes !== undefined) &&
      (mapping.length === 0 || tags !== undefined),
  };
}

const identityPools = /^https:\/\/cognito-identity\.[a-z0-9.-]*amazonaws\.com(?:\.cn)?\/?$/i;
const sts = /^https:\/\/[^/]+\.tokens\.sts\.global\.api\.aws\/?$/i;

/** For issuers of AWS there are functions that know what their tokens mean: here their guests would pass for users. */
function readIssuer({ issuer: value, allowLoopbackHttp }: OidcOptions): string {
  const issuer = requireIssuerAddress("oidc.issuer", value, allowLoopbackHttp === true);
  if (identityPools.test(issuer))
    throw invalid("issuer", "write identityPoolToken({ ... }), which tells guests from users");
  if (sts.test(issuer)) throw invalid("issuer", "write stsWebIdentity({ ... }), which tells roles from users");
  if (userPoolOfIssuer(issuer) !== undefined)
    throw invalid("issuer", "write userPool({ ... }); its tokens are refused here");
  return issuer;
}

function readOptionalPath(name: "groupsClaim" | "scopesClaim", value: unknown): readonly string[] | undefined {
  return value === undefined ? undefined : readClaimPath(`oidc.${name}`, value);
}

function readParties(value: unknown): OidcSettings["parties"] {
  return value === undefined || value === null ? value : readAudiences("oidc.authorizedParty", value, '"client-id"');
}

function readAlgorithms(value: unknown): readonly TokenAlgorithm[] {
  if (value === undefined) return ["RS256"];
  const known: readonly unknown[] = Object.keys(keyForms);
  const good = Array.isArray(value) && value.length > 0 && value.every((name) => known.includes(name));
  if (!good) throw invalid("algorithms", `must be a list of ${known.join(", ")}`);
  return [...(value as readonly TokenAlgorithm[])];
}

function invalid(name: keyof OidcOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `oidc.${name}`, message);
}

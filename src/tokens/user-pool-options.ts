import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import type { TokenUse } from "./cognito-claims.ts";
import type { KeySource } from "./jwks.ts";
import { requireJwksUri } from "./jwks-uri.ts";
import { type KeyAgeOptions, keyAgeOptionNames, readKeyAge } from "./key-options.ts";
import type { LiveCheck, PoolCheck } from "./live-check.ts";
import { compileNaming, type Naming, type Rename } from "./naming.ts";
import { offlineKeys } from "./offline-keys.ts";
import { remoteKeys } from "./remote-keys.ts";
import { isJsonObject } from "./strict-json.ts";
import { type UserPoolNames, userPoolNames } from "./user-pool-id.ts";

/** What {@link userPool} takes for either use of tokens. */
interface UserPoolCommonOptions extends KeyAgeOptions {
  /** The id of the pool, such as `eu-west-1_Example01`. */
  readonly userPoolId: string;
  /** The app client, or clients, whose tokens are accepted; `null` accepts those of every client of the pool. */
  readonly clientId: string | readonly string[] | null;
  /**
   * The tags of the principal by name, each with the claim that it is read from, such as `{ tenant: "custom:tenant" }`; the
   * same mapping that the identity pool uses for attributes for access control. A claim that is absent or no string gives no
   * tag. None by default.
   */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** How the pool's groups are named beside those of other pools; to be said as soon as there is more than one pool. */
  readonly groups?: Naming;
  /** How the pool's scopes are named beside those of other pools; ID tokens have none. */
  readonly scopes?: Naming;
  /** How the pool's tags are named beside those of other pools. */
  readonly tags?: Naming;
  /**
   * Exact values of `iss` beside the two that follow from the pool id, such as that of a replica in another region. Each ends in
   * the id of this pool: another pool is a `userPool` of its own.
   */
  readonly issuers?: readonly string[];
  /**
   * How far Cognito's clock may be from ours, in seconds; 0 by default, at most 300. So long past its `exp` a token is still
   * accepted. Its `iat` and `nbf` may be so far ahead too, and 5 seconds in any case, or a server whose clock is a little slow
   * would refuse fresh tokens.
   */
  readonly toleranceSeconds?: number;
  /** The JWKS document of the pool; nothing is fetched then. */
  readonly jwks?: { readonly keys: readonly object[] };
  /** Where to fetch the JWKS document; by default `/.well-known/jwks.json` under the token's own issuer. */
  readonly jwksUri?: string;
  /** Allows a `jwksUri`, or an `endpoint` of the live check, with http to the loopback interface, for tests; false by default. */
  readonly allowLoopbackHttp?: boolean;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** What fetches the JWKS document, and calls Cognito for the live check; it must obey `redirect` and `signal`. The global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What {@link userPool} takes for access tokens. */
export interface UserPoolAccessOptions extends UserPoolCommonOptions {
  /** Access tokens are accepted, which are what an API takes. */
  readonly tokenUse: "access";
  /**
   * The resource, or resources, of which an access token must be bound to one: the `resource` of the authorization request, which
   * stands in `aud` (RFC 8707). Without it a token must be bound to none, since one that is was made for another API; `null` does
   * not look at `aud`. It says nothing about the client.
   */
  readonly resource?: string | readonly string[] | null;
  /**
   * Has Cognito asked whether it still accepts an access token, after everything else: without it a token is good until its end,
   * whoever signed out or was disabled. `liveCheck()`, imported beside `userPool`, asks by GetUser, at most once a minute about
   * each token by default. Tokens without the scope `aws.cognito.signin.user.admin` are 403 `insufficient_scope`, since it
   * cannot be asked about them.
   */
  readonly liveCheck?: LiveCheck;
}

/** What {@link userPool} takes for ID tokens, which are bound to no resource and of which Cognito cannot be asked. */
export interface UserPoolIdOptions extends UserPoolCommonOptions {
  /** ID tokens are accepted, which carry the attributes of the user. */
  readonly tokenUse: "id";
  readonly resource?: never;
  readonly liveCheck?: never;
}

/** What {@link userPool} takes. */
export type UserPoolOptions = UserPoolAccessOptions | UserPoolIdOptions;

/** The options of a user pool, checked, as verification needs them. */
export interface UserPoolSettings extends UserPoolNames {
  readonly tokenUse: TokenUse;
  readonly clients: ReadonlySet<string> | null;
  /** Undefined where a token must be bound to no resource. */
  readonly resources: ReadonlySet<string> | null | undefined;
  /** Tag name, as the policy knows it, and the claim that it is read from. */
  readonly tags: readonly (readonly [tag: string, claim: string])[];
  readonly groups: Rename;
  readonly scopes: Rename;
  /** Whether everything that this kind of token gives has been named. */
  readonly declared: boolean;
  /** Every accepted value of `iss`, each with its keys. */
  readonly keys: ReadonlyMap<string, KeySource>;
  readonly toleranceSeconds: number;
  readonly clock: () => number;
  /** Undefined where nobody is asked. */
  readonly live: PoolCheck | undefined;
}

const optionNames: readonly (keyof UserPoolOptions)[] = [
  "userPoolId",
  "clientId",
  "resource",
  "tokenUse",
  "principalTags",
  "groups",
  "scopes",
  "tags",
  "issuers",
  "toleranceSeconds",
  "jwks",
  "jwksUri",
  "liveCheck",
  "allowLoopbackHttp",
  "clock",
  "fetch",
  ...keyAgeOptionNames,
];

/**
 * Checks the options of a user pool.
 *
 * @throws ConfigurationError
 */
export function readUserPoolOptions(options: UserPoolOptions): UserPoolSettings {
  refuseUnknownOptions("userPool", options, optionNames);
  const { groups, scopes, tags, toleranceSeconds = 0, clock = Date.now } = options;
  const names = userPoolNames("userPool.userPoolId", options.userPoolId);
  const tokenUse = readTokenUse(options.tokenUse);
  if (typeof clock !== "function") throw invalid("clock", "must be a function that gives milliseconds since 1970");
  return {
    ...names,
    tokenUse,
    clients: readClients(options.clientId),
    resources: readResources(options, tokenUse),
    tags: readTags(options.principalTags, compileNaming("userPool.tags", tags)),
    groups: compileNaming("userPool.groups", groups),
    scopes: compileNaming("userPool.scopes", scopes),
    declared: groups !== undefined && tags !== undefined && (tokenUse === "id" || scopes !== undefined),
    keys: readKeys(
      options,
      [names.issuer, names.updatedIssuer, ...readIssuers(options.issuers, names.userPoolId)],
      clock,
    ),
    toleranceSeconds: requireInteger("userPool.toleranceSeconds", toleranceSeconds, 0, 300),
    clock,
    live: readLive(options, tokenUse, clock),
  };
}

function readLive(options: UserPoolOptions, tokenUse: TokenUse, clock: () => number): PoolCheck | undefined {
  if (!("liveCheck" in options)) return undefined;
  const { userPoolId, liveCheck, allowLoopbackHttp = false, fetch = globalThis.fetch } = options;
  if (tokenUse === "id") throw invalid("liveCheck", "Cognito cannot be asked about ID tokens; take access tokens");
  if (typeof liveCheck?.forPool !== "function") {
    const advice = 'import { liveCheck } from "poolgate" and write liveCheck({ ... }); leave it out for no check';
    throw invalid("liveCheck", advice);
  }
  return liveCheck.forPool({ userPoolId, allowLoopbackHttp, fetch, clock });
}

function readTokenUse(value: unknown): TokenUse {
  if (value === "access" || value === "id") return value;
  const code = value === undefined ? "missing_option" : "invalid_option";
  throw new ConfigurationError(code, "userPool.tokenUse", 'write "access" or "id"');
}

function readClients(value: unknown): ReadonlySet<string> | null {
  if (value === null) return null;
  if (value === undefined) {
    throw new ConfigurationError(
      "missing_option",
      "userPool.clientId",
      "write the id of the app client, a list of ids, or null to accept the tokens of every client of the pool",
    );
  }
  return readTexts("clientId", value, '"1example23456789"');
}

function readResources(options: UserPoolOptions, tokenUse: TokenUse): UserPoolSettings["resources"] {
  const { resource } = options;
  if ("resource" in options && tokenUse === "id")
    throw invalid("resource", "ID tokens are bound to none; leave it out");
  if (resource === null) return null;
  if ("resource" in options) return readTexts("resource", resource, '"https://api.example.com"');
  return undefined;
}

function readTexts(name: "clientId" | "resource", value: unknown, example: string): ReadonlySet<string> {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0) throw invalid(name, "the list is empty, so that no token could be accepted");
  return new Set(texts.map((text) => requireText(`userPool.${name}`, text, example)));
}

function readTags(value: unknown, rename: Rename): UserPoolSettings["tags"] {
  if (value === undefined) return [];
  if (!isJsonObject(value))
    throw invalid("principalTags", 'write tags and claims, such as { tenant: "custom:tenant" }');
  const tags: (readonly [string, string])[] = [];
  for (const [name, claim] of Object.entries(value)) {
    const tag = rename(name);
    const text = requireText(`userPool.principalTags.${name}`, claim, '"custom:tenant"');
    if (tag !== undefined) tags.push([tag, text]);
  }
  if (new Set(tags.map(([tag]) => tag)).size < tags.length) throw invalid("tags", "it gives two tags the same name");
  return tags;
}

function readIssuers(value: unknown, userPoolId: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("issuers", "must be a list of exact values of iss");
  return value.map((item) => {
    const issuer = requireText("userPool.issuers", item, `"https://cognito-idp.eu-west-2.amazonaws.com/${userPoolId}"`);
    // Users and groups of another pool would pass for those of this one. A replica keeps the id of its pool.
    if (issuer.endsWith(`/${userPoolId}`)) return issuer;
    throw invalid("issuers", `each must end in /${userPoolId}; for another pool write another userPool({ ... })`);
  });
}

function readKeys(
  options: UserPoolOptions,
  issuers: readonly string[],
  clock: () => number,
): ReadonlyMap<string, KeySource> {
  const { jwks, jwksUri, allowLoopbackHttp = false, fetch = globalThis.fetch } = options;
  const age = readKeyAge("userPool", options);
  if (typeof fetch !== "function") throw invalid("fetch", "must be a function like the global fetch");
  if (typeof allowLoopbackHttp !== "boolean") throw invalid("allowLoopbackHttp", "must be true or false");
  if (jwks !== undefined && jwksUri !== undefined) throw invalid("jwks", "write jwks or jwksUri, not both");
  if (jwks !== undefined) return sharedBy(issuers, offlineKeys("userPool.jwks", jwks));
  if (jwksUri !== undefined) {
    const uri = requireJwksUri("userPool.jwksUri", jwksUri, allowLoopbackHttp);
    return sharedBy(issuers, remoteKeys({ uri, fetch, clock, ...age }));
  }
  // The two formats are served by different hosts, and a pool's tokens are of one format.
  return new Map(
    issuers.map((issuer) => {
      const uri = requireJwksUri("userPool.issuers", `${issuer}/.well-known/jwks.json`, allowLoopbackHttp);
      return [issuer, remoteKeys({ uri, fetch, clock, ...age })];
    }),
  );
}

function sharedBy(issuers: readonly string[], keys: KeySource): ReadonlyMap<string, KeySource> {
  return new Map(issuers.map((issuer) => [issuer, keys]));
}

function invalid(name: keyof UserPoolOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `userPool.${name}`, message);
}

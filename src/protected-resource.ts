import type { Answer } from "./answer.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "./configuration.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseTarget } from "./target.ts";

/** What {@link protectedResource} takes. */
export interface ProtectedResourceOptions {
  /** The identifier of the API: its https URL, such as `https://api.example.com`, without a query and a fragment. */
  readonly resource: string;
  /**
   * The issuers whose tokens it takes, as their tokens name them in `iss`, such as
   * `https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01`.
   */
  readonly authorizationServers: readonly [string, ...string[]];
  /** The scopes that rules of the policy ask for, or those of them that everybody may know of. */
  readonly scopesSupported?: readonly [string, ...string[]];
  /** The name of the API for people. */
  readonly resourceName?: string;
  /** The https URL of a page for developers. */
  readonly resourceDocumentation?: string;
  /** How long a cache may keep the document, in seconds; 3600 by default, at most 86,400. */
  readonly maxAgeSeconds?: number;
}

/** The endpoint of a metadata document. */
export interface ProtectedResource extends Endpoint {
  /** Where clients find the document; what `bearer` takes as `resourceMetadata`. */
  readonly url: string;
}

const owner = "protectedResource";
const optionNames = [
  "resource",
  "authorizationServers",
  "scopesSupported",
  "resourceName",
  "resourceDocumentation",
  "maxAgeSeconds",
] as const;
const wellKnown = "/.well-known/oauth-protected-resource";
const exampleIssuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
// RFC 6749 Section 3.3.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Makes the endpoint of the document by which clients find out whose tokens an API takes (RFC 9728). It is public, like the
 * document, and pages of any origin may read it.
 *
 * Its path is `/.well-known/oauth-protected-resource`, followed by the path of the resource if it has one (Section 3.1).
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, protectedResource, userPool } from "poolgate";
 * import { endpoints } from "poolgate/express";
 *
 * const metadata = protectedResource({
 *   resource: "https://api.example.com",
 *   authorizationServers: ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"],
 * });
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const verifier = bearer({ issuers: [access], resourceMetadata: metadata.url });
 * app.use(endpoints(metadata));
 * ```
 */
export function protectedResource(options: ProtectedResourceOptions): ProtectedResource {
  refuseUnknownOptions(owner, options, optionNames);
  const { resourceName, resourceDocumentation, maxAgeSeconds = 3600 } = options;
  const resource = readUrl("resource", options.resource, "https://api.example.com");
  const maxAge = requireInteger(`${owner}.maxAgeSeconds`, maxAgeSeconds, 0, 86_400);
  const { origin, pathname } = new URL(resource);
  const path = pathname === "/" ? wellKnown : `${wellKnown}${pathname}`;
  requireServable(path);
  const document = {
    resource,
    authorization_servers: readList("authorizationServers", options.authorizationServers, exampleIssuer, readUrl),
    ...("scopesSupported" in options && {
      scopes_supported: readList("scopesSupported", options.scopesSupported, "articles/write", readScope),
    }),
    bearer_methods_supported: ["header"],
    ...("resourceName" in options && {
      resource_name: requireText(`${owner}.resourceName`, resourceName, "Articles"),
    }),
    ...("resourceDocumentation" in options && {
      resource_documentation: readUrl("resourceDocumentation", resourceDocumentation, "https://example.com/docs"),
    }),
  };
  const answer: Answer = Object.freeze({
    status: 200,
    headers: Object.freeze({
      "content-type": "application/json",
      "cache-control": `public, max-age=${maxAge}`,
      "access-control-allow-origin": "*",
    }),
    body: JSON.stringify(document),
  });
  return Object.freeze<ProtectedResource>({
    methods: Object.freeze(["GET", "HEAD"]),
    path,
    url: `${origin}${path}`,
    handle: async () => answer,
  });
}

/**
 * Reads an https URL, spelled as clients will compare it: character by character (RFC 9728 Section 3.3).
 *
 * Neither a resource nor an issuer may have a fragment; issuers may have no query (RFC 8414 Section 2), and for resources it is
 * discouraged.
 */
function readUrl(name: string, value: unknown, example: string): string {
  const text = requireText(`${owner}.${name}`, value, example);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const spelled = url?.href === text || url?.href === `${text}/`;
  if (url === undefined || !spelled || url.protocol !== "https:" || /[?#@]/.test(text)) {
    throw invalid(
      name,
      `must be an https URL without query, fragment and user name, in lower case but for its path, such as ${example}`,
    );
  }
  return text;
}

function readScope(name: string, value: unknown, example: string): string {
  const scope = requireText(`${owner}.${name}`, value, example);
  if (!scopeToken.test(scope)) throw invalid(name, "each must be a scope without spaces, quotes and backslashes");
  return scope;
}

function readList(
  name: string,
  value: unknown,
  example: string,
  readItem: (name: string, item: unknown, example: string) => string,
): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigurationError(
      value === undefined ? "missing_option" : "invalid_option",
      `${owner}.${name}`,
      `list at least one, such as ["${example}"]`,
    );
  }
  return Array.from<unknown, string>(value, (item) => readItem(name, item, example));
}

function requireServable(path: string): void {
  try {
    parseTarget(path);
  } catch {
    throw invalid("resource", "has a path that could be read in two ways, which no gate would route");
  }
}

function invalid(name: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `${owner}.${name}`, message);
}

import { ConfigurationError } from "../../../configuration.ts";
import { type AuthRequest, RequestHeaders } from "../../../request.ts";
import { foreignEvent } from "../event-fields.ts";
import type { KeyValues } from "../question.ts";

/** An identity source of a REST API, as its authorizer names it. */
export type RestIdentitySource =
  | `method.request.header.${string}`
  | `method.request.querystring.${string}`
  | `context.${string}`
  | `stageVariables.${string}`;

/** An identity source of an HTTP API, as its authorizer names it. */
export type HttpIdentitySource =
  | `$request.header.${string}`
  | `$request.querystring.${string}`
  | `$context.${string}`
  | `$stageVariables.${string}`;

/** The identity sources of an authorizer: what the gateway makes the key of its cache of. */
export interface IdentitySources {
  /** Of which API they are. */
  readonly kind: "rest" | "http";
  /** The lower-case names of the headers. */
  readonly headers: ReadonlySet<string>;
  readonly method: boolean;
  readonly path: boolean;
  /** How many there are. */
  readonly count: number;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
const spellings = {
  rest: {
    header: "method.request.header.",
    context: "context.",
    others: ["method.request.querystring.", "stageVariables."],
  },
  http: { header: "$request.header.", context: "$context.", others: ["$request.querystring.", "$stageVariables."] },
} as const;

/** What to write for the identity sources of an API. */
export function exampleSources(kind: IdentitySources["kind"]): string {
  return `list what the gateway's authorizer has, such as ["${spellings[kind].header}Authorization"]`;
}

/**
 * Reads an option `identitySource`. Of which API the sources are, the first tells.
 *
 * @throws ConfigurationError
 */
export function readIdentitySources(option: string, value: unknown): IdentitySources {
  const invalid = (message: string) => new ConfigurationError("invalid_option", option, message);
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(`${exampleSources("rest")} for a REST API, or with "$request.header." for an HTTP API`);
  }
  const [first] = value;
  const kind = typeof first === "string" && first.startsWith("$") ? "http" : "rest";
  const { header, context, others } = spellings[kind];
  const headers = new Set<string>();
  for (const source of value) {
    if (typeof source !== "string") throw invalid(exampleSources(kind));
    const known = [header, context, ...others].find((start) => source.startsWith(start));
    if (known === undefined || source.length === known.length) {
      throw invalid(`${exampleSources(kind)}; ${JSON.stringify(source)} is none`);
    }
    if (known === header) headers.add(source.slice(header.length).toLowerCase());
  }
  if (headers.size === 0) {
    throw invalid(
      `name the header that carries the credential, such as "${header}Authorization", here and at the gateway`,
    );
  }
  return {
    kind,
    headers,
    method: value.includes(`${context}httpMethod`),
    path: value.includes(`${context}path`),
    count: value.length,
  };
}

/**
 * The request with the headers alone that are part of the key, so that nothing decides which a kept answer would not know.
 *
 * @param sources undefined where the token is the key, and the only header.
 */
export function keyedRequest(request: AuthRequest, target: string, sources: IdentitySources | undefined): AuthRequest {
  if (sources === undefined) return { ...request, target };
  const raw: string[] = [];
  for (const [name, values] of request.headers.entries()) {
    if (sources.headers.has(name)) for (const value of values) raw.push(name, value);
  }
  return { method: request.method, target, wire: false, headers: new RequestHeaders(raw) };
}

/**
 * Checks that the gateway's key has all that decides, as far as an event tells.
 *
 * @throws AuthError `configuration_error`
 */
export function requireIdentitySources(
  { values: found, method, paths }: KeyValues,
  sources: IdentitySources,
  request: AuthRequest,
): void {
  const has = (value: string) =>
    Array.isArray(found) ? found.includes(value) : typeof found === "string" && `,${found},`.includes(`,${value},`);
  if (Array.isArray(found) && found.length !== sources.count) throw lacking("something that is declared");
  for (const name of sources.headers) {
    if (!request.headers.all(name).every(has)) throw lacking(`the header ${name}`);
  }
  if (sources.method && !has(method)) throw lacking("the method");
  if (sources.path && !paths.some(has)) throw lacking("the path");
}

function lacking(what: string) {
  return foreignEvent(`${what} is no identity source of the gateway's authorizer, so its cache would mix up answers`);
}

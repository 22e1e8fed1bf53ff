import { ConfigurationError } from "../../configuration.ts";
import type { AuthRequest } from "../../request.ts";
import { RequestHeaders } from "../../request.ts";
import { foreignEvent } from "./event-fields.ts";

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
  /** The lower-case names of the headers. */
  readonly headers: ReadonlySet<string>;
  readonly method: boolean;
  readonly path: boolean;
  /** How many there are. */
  readonly count: number;
}

/**
 * Reads the option `identitySource`.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 *
 * @param dollar whether they are written with a dollar sign, as in HTTP APIs.
 * @throws ConfigurationError
 */
export function readIdentitySources(value: unknown, dollar: boolean): IdentitySources {
  const option = "lambdaAuthorizer.identitySource";
  const [header, context] = dollar ? ["$request.header.", "$context."] : ["method.request.header.", "context."];
  const others = dollar
    ? ["$request.querystring.", "$stageVariables."]
    : ["method.request.querystring.", "stageVariables."];
  const example = `list what the gateway's authorizer has, such as ["${header}Authorization"]`;
  if (value === undefined) throw new ConfigurationError("missing_option", option, example);
  if (!Array.isArray(value) || value.length === 0) throw new ConfigurationError("invalid_option", option, example);
  const headers = new Set<string>();
  for (const source of value) {
    const known = [header, context, ...others].find((start) => typeof source === "string" && source.startsWith(start));
    if (known === undefined || source.length === known.length) {
      throw new ConfigurationError("invalid_option", option, `${example}; ${JSON.stringify(source)} is none`);
    }
    if (known === header) headers.add(source.slice(header.length).toLowerCase());
  }
  if (headers.size === 0) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      `name the header that carries the credential, such as "${header}Authorization", here and at the gateway`,
    );
  }
  return {
    headers,
    method: value.includes(`${context}httpMethod`),
    path: value.includes(`${context}path`),
    count: value.length,
  };
}

/** The request with the headers alone that are part of the key, so that nothing decides which a kept answer would not know. */
export function keyedRequest(request: AuthRequest, target: string, sources: IdentitySources): AuthRequest {
  const raw: string[] = [];
  for (const [name, values] of request.headers.entries()) {
    if (sources.headers.has(name)) for (const value of values) raw.push(name, value);
  }
  return { method: request.method, target, wire: false, headers: new RequestHeaders(raw) };
}

/** What an event must have among the values of its identity sources. */
export interface KeyValues {
  readonly method: string;
  /** The path as the gateway gives it, in any of its forms. */
  readonly paths: readonly string[];
}

/**
 * Checks that the gateway's key has all that decides, as far as an event tells.
 *
 * @param found the values in the event: a list, or one text in which they are joined with commas.
 * @throws AuthError `configuration_error`
 */
export function requireIdentitySources(
  found: unknown,
  sources: IdentitySources,
  request: AuthRequest,
  { method, paths }: KeyValues,
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

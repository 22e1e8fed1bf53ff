import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { isJsonObject, parseStrictObject } from "../tokens/strict-json.ts";
import type { Logins } from "./identity-pool.ts";

// https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetId.html: the names of providers, of which an
// identity has ten at most, that of the user pool included.
const providerForm = /^[\w.:/-]{1,128}$/;
const maxProviders = 9;
const tokenForm = /^[\x21-\x7e]{1,50000}$/;
const maxBytes = 65_536;

/**
 * Checks the names of the providers whose logins a broker passes on.
 *
 * @param userPool the provider of the user pool, whose token is in `Authorization` and nowhere else.
 * @throws ConfigurationError
 */
export function readLoginProviders(option: string, providers: unknown, userPool: string): readonly string[] {
  if (!Array.isArray(providers) || providers.length > maxProviders || new Set(providers).size !== providers.length) {
    throw invalid(option, `write up to ${maxProviders} names of providers, each once, such as ["accounts.google.com"]`);
  }
  for (const name of providers as readonly unknown[]) {
    if (typeof name !== "string" || !providerForm.test(name)) {
      throw invalid(option, 'a name must be one that the identity pool knows, such as "accounts.google.com"');
    }
    if (name === userPool) throw invalid(option, "the user pool of the broker need not be named");
  }
  return Object.freeze([...(providers as readonly string[])]);
}

/**
 * Reads the logins that a request brings along, for the identity pool to verify: the body of a POST, which is empty or
 * `{"logins":{"accounts.google.com":"<token>"}}`. Without providers no body is read.
 *
 * @returns the logins in the order of the providers; undefined where there is none.
 * @throws AuthError `invalid_request` or `unsupported_media_type`, and what reading a body throws.
 */
export async function readFurtherLogins(
  request: AuthRequest,
  providers: readonly string[],
): Promise<Logins | undefined> {
  if (providers.length === 0 || request.method !== "POST" || request.body === undefined) return undefined;
  const body = await request.body(maxBytes);
  if (body.length === 0) return undefined;
  const type = request.headers.get("content-type") ?? "";
  if (type.split(";", 1)[0]?.trim().toLowerCase() !== "application/json") {
    throw new AuthError("unsupported_media_type", { reason: "send application/json" });
  }
  const logins = readLogins(body);
  const names = Object.keys(logins);
  if (!names.every((name) => providers.includes(name)))
    throw malformed("a login is of a provider that is not accepted");
  if (!Object.values(logins).every(isToken)) throw malformed("a login must be a token");
  if (names.length === 0) return undefined;
  return Object.fromEntries(providers.flatMap((name) => (isToken(logins[name]) ? [[name, logins[name]]] : [])));
}

function readLogins(body: Uint8Array): Readonly<Record<string, unknown>> {
  const document = parseStrictObject(body);
  if (typeof document === "string") throw malformed("the body is not a JSON object that every parser reads alike");
  const { logins = {}, ...others } = document;
  if (!isJsonObject(logins) || Object.keys(others).length > 0) throw malformed("the body may hold logins alone");
  return logins;
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && tokenForm.test(value);
}

function malformed(reason: string): AuthError {
  return new AuthError("invalid_request", { reason });
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}

import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { parseRoleArn } from "../role-arn.ts";
import { callGate, unexpected } from "./call-gate.ts";
import { ClientError } from "./client-error.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import { endpointOf, readGateUrl } from "./gate-url.ts";

/** Gives the ID token of the user who is signed in now. */
export type IdTokenSource = () => string | Promise<string>;

/** Gives a token of another provider, asked for at each exchange. */
export type LoginSource = () => string | Promise<string>;

/** What {@link fetchCredentials} takes. */
export interface FetchCredentialsOptions {
  /** The base URL of the gate, such as `https://api.example.com`. */
  readonly url: string | URL;
  /** Gives the user's ID token, asked for at each exchange; `null` to come as a guest. */
  readonly idToken: IdTokenSource | null;
  /** The ARN of a role of the user's, where the broker lets callers choose; by default the identity pool chooses. */
  readonly role?: string;
  /**
   * Tokens of other providers that the broker takes along, by the name that the identity pool knows, such as
   * `accounts.google.com`. They are linked to the user's identity for good.
   */
  readonly logins?: Readonly<Record<string, LoginSource>>;
  /** The path of the broker below `url`; `/.well-known/poolgate/credentials` by default. */
  readonly path?: string;
  /** What calls the gate; the global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Credentials of the identity pool as the broker hands them out. */
export interface BrokeredCredentials extends TemporaryCredentials {
  readonly expiration: Date;
}

/**
 * Exchanges an ID token at the gate's broker for credentials of the identity pool. They are AWS credentials of the user's
 * role: with them a browser can also call AWS itself, such as S3.
 *
 * @throws ConfigurationError where an option is faulty.
 * @throws ClientError with the gate's code, `unreachable`, `unexpected_answer` or `no_credentials_given`.
 *
 * @example
 * ```ts
 * import { fetchCredentials } from "poolgate/client";
 *
 * const credentials = await fetchCredentials({ url: "https://api.example.com", idToken: async () => "eyJ..." });
 * console.log(credentials.accessKeyId, credentials.expiration);
 * ```
 */
export async function fetchCredentials(options: FetchCredentialsOptions): Promise<BrokeredCredentials> {
  return fetchCredentialsFrom(readBroker("fetchCredentials", options));
}

/** The options of {@link fetchCredentials}, checked. */
export interface BrokerSettings {
  readonly url: URL;
  readonly idToken: IdTokenSource | null;
  readonly logins: readonly (readonly [provider: string, source: LoginSource])[];
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Checks the options.
 *
 * @throws ConfigurationError
 */
export function readBroker(owner: string, options: FetchCredentialsOptions): BrokerSettings {
  refuseUnknownOptions(owner, options, ["url", "idToken", "role", "logins", "path", "fetch"]);
  const { path = "/.well-known/poolgate/credentials", idToken, fetch = globalThis.fetch } = options;
  if (idToken !== null && typeof idToken !== "function") {
    throw new ConfigurationError(
      "missing_option",
      `${owner}.idToken`,
      "is required: a function that gives the ID token, or null to come as a guest",
    );
  }
  const url = endpointOf(`${owner}.path`, readGateUrl(`${owner}.url`, options.url), path);
  const role = readRole(`${owner}.role`, options.role);
  const logins = readLogins(`${owner}.logins`, options.logins);
  if (idToken === null && (role !== undefined || logins.length > 0)) {
    const message = "must be a function where there is a role or logins: guests have neither";
    throw new ConfigurationError("invalid_option", `${owner}.idToken`, message);
  }
  // Not by URLSearchParams: the gate takes a plus sign for what it is, and the name of a role may hold one.
  if (role !== undefined) url.search = `role=${encodeURIComponent(role)}`;
  return { url, idToken, logins, fetch };
}

/** Exchanges with options that have been checked. */
export async function fetchCredentialsFrom(settings: BrokerSettings): Promise<BrokeredCredentials> {
  const { url, idToken, logins, fetch } = settings;
  const headers = idToken === null ? {} : { authorization: `Bearer ${await askIdToken(idToken)}` };
  if (logins.length === 0) return readCredentials(await callGate({ url, headers, fetch }));
  const tokens = await Promise.all(logins.map(async ([name, source]) => [name, await askLogin(source)] as const));
  const body = JSON.stringify({ logins: Object.fromEntries(tokens) });
  return readCredentials(
    await callGate({ url, headers: { ...headers, "content-type": "application/json" }, body, fetch }),
  );
}

function readRole(option: string, role: unknown): string | undefined {
  if (role === undefined) return undefined;
  if (typeof role === "string" && parseRoleArn(role) !== undefined) return role;
  const message = "must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/Editor";
  throw new ConfigurationError("invalid_option", option, message);
}

function readLogins(option: string, logins: unknown = {}): BrokerSettings["logins"] {
  const sources = typeof logins === "object" && logins !== null ? Object.entries(logins) : [["", logins] as const];
  return sources.map(([name, source]: readonly [string, unknown]) => {
    // https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetId.html
    if (/^[\w.:/-]{1,128}$/.test(name) && typeof source === "function") return [name, source as LoginSource];
    const message = 'must be functions that give tokens, by provider, such as { "accounts.google.com": () => token }';
    throw new ConfigurationError("invalid_option", option, message);
  });
}

/** Tokens of other providers are opaque here; the identity pool verifies them. */
async function askLogin(source: LoginSource): Promise<string> {
  const token = await askToken(source, "tokens of another provider");
  if (typeof token === "string" && /^[!-~]{1,50000}$/.test(token)) return token;
  throw noToken("tokens of another provider");
}

/**
 * Asks for an ID token.
 *
 * @throws ClientError `no_credentials_given`
 */
export async function askIdToken(source: IdTokenSource): Promise<string> {
  const token = await askToken(source, "ID tokens");
  if (typeof token === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  throw noToken("ID tokens");
}

async function askToken(source: () => unknown, what: string): Promise<unknown> {
  try {
    return await source();
  } catch (cause) {
    throw new ClientError("no_credentials_given", `The provider of ${what} failed.`, { cause });
  }
}

function noToken(what: string): ClientError {
  return new ClientError("no_credentials_given", `The provider of ${what} gave no token.`);
}

/** What can stand in a header: a gate must not write into those of the requests that are signed with its answer. */
function isVisible(value: unknown): value is string {
  return typeof value === "string" && /^[!-~]+$/.test(value);
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
function readCredentials(answer: Readonly<Record<string, unknown>>): BrokeredCredentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer;
  const expiration = new Date(typeof Expiration === "string" ? Expiration : Number.NaN);
  if (
    typeof AccessKeyId !== "string" ||
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
    !/^\w{16,128}$/.test(AccessKeyId) ||
    !isVisible(SecretAccessKey) ||
    !isVisible(Token) ||
    Number.isNaN(expiration.getTime())
  ) {
    throw unexpected(200, "no credentials");
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiration };
}

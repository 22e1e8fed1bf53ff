import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { callGate, unexpected } from "./call-gate.ts";
import { ClientError } from "./client-error.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import { endpointOf, readGateUrl } from "./gate-url.ts";

/** Gives the ID token of the user who is signed in now. */
export type IdTokenSource = () => string | Promise<string>;

/** What {@link fetchCredentials} takes. */
export interface FetchCredentialsOptions {
  /** The base URL of the gate, such as `https://api.example.com`. */
  readonly url: string | URL;
  /** Gives the user's ID token, asked for at each exchange; `null` to come as a guest. */
  readonly idToken: IdTokenSource | null;
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
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Checks the options.
 *
 * @throws ConfigurationError
 */
export function readBroker(owner: string, options: FetchCredentialsOptions): BrokerSettings {
  refuseUnknownOptions(owner, options, ["url", "idToken", "path", "fetch"]);
  const { path = "/.well-known/poolgate/credentials", idToken, fetch = globalThis.fetch } = options;
  if (idToken !== null && typeof idToken !== "function") {
    throw new ConfigurationError(
      "missing_option",
      `${owner}.idToken`,
      "is required: a function that gives the ID token, or null to come as a guest",
    );
  }
  return { url: endpointOf(`${owner}.path`, readGateUrl(`${owner}.url`, options.url), path), idToken, fetch };
}

/** Exchanges with options that have been checked. */
export async function fetchCredentialsFrom({ url, idToken, fetch }: BrokerSettings): Promise<BrokeredCredentials> {
  const headers = idToken === null ? {} : { authorization: `Bearer ${await askIdToken(idToken)}` };
  return readCredentials(await callGate({ url, headers, fetch }));
}

/**
 * Asks for an ID token.
 *
 * @throws ClientError `no_credentials_given`
 */
export async function askIdToken(source: IdTokenSource): Promise<string> {
  let token: unknown;
  try {
    token = await source();
  } catch (cause) {
    throw new ClientError("no_credentials_given", "The provider of ID tokens failed.", { cause });
  }
  if (typeof token === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  throw new ClientError("no_credentials_given", "The provider of ID tokens gave no token.");
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
function readCredentials(answer: Readonly<Record<string, unknown>>): BrokeredCredentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer;
  const expiration = new Date(typeof Expiration === "string" ? Expiration : Number.NaN);
  if (
    typeof AccessKeyId !== "string" ||
    typeof SecretAccessKey !== "string" ||
    typeof Token !== "string" ||
    Number.isNaN(expiration.getTime())
  ) {
    throw unexpected(200, "no credentials");
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiration };
}

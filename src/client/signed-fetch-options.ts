import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import { type AwsCredentials, askCredentials, type CredentialsSource } from "./credentials.ts";
import { enrollAt } from "./enroll.ts";
import { type EnrollOptions, readEnrollOptions, requireCredentials, requireDottedService } from "./enroll-options.ts";
import { type FetchCredentialsOptions, fetchCredentialsFrom, readBroker } from "./fetch-credentials.ts";
import { readGateUrl } from "./gate-url.ts";
import type { ServerClock } from "./server-clock.ts";
import type { ClientSession } from "./session-keeper.ts";

/** What every signed fetch takes. */
interface CommonOptions {
  /** The base URL of the gate, such as `https://api.example.com`; requests go to its origin alone. */
  readonly url: string | URL;
  /** What sends requests; the global `fetch` by default. It must obey `redirect`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** A signed fetch of a caller who has AWS credentials, and enrolls them. */
export interface EnrolledFetchOptions extends CommonOptions {
  /** How to enroll. */
  readonly enroll: Omit<EnrollOptions, "url" | "fetch" | "clock">;
  readonly broker?: undefined;
  readonly credentials?: undefined;
}

/** What the gate expects in signatures, where AWS credentials sign and nobody tells it. */
interface SigningScope {
  /** The region that the gate expects in signatures. */
  readonly region: string;
  /** The service name that the gate expects in signatures; the host name of `url` by default. */
  readonly service?: string;
}

/** A signed fetch of a user with an ID token, which the gate's broker exchanges. */
export interface BrokeredFetchOptions extends CommonOptions, SigningScope {
  /** How to get credentials from the broker; its `url` is that of the gate by default. */
  readonly broker: Omit<FetchCredentialsOptions, "url" | "fetch"> & { readonly url?: string | URL };
  readonly enroll?: undefined;
  readonly credentials?: undefined;
}

/** A signed fetch with credentials that the gate knows already, such as those of a session that its operator opened. */
export interface PlainFetchOptions extends CommonOptions, SigningScope {
  /** The credentials: a credential provider of the AWS SDK, or an object. */
  readonly credentials: CredentialsSource;
  readonly enroll?: undefined;
  readonly broker?: undefined;
}

/** What {@link createSignedFetch} takes: one of `enroll`, `broker` and `credentials`. */
export type SignedFetchOptions = EnrolledFetchOptions | BrokeredFetchOptions | PlainFetchOptions;

/** The options of a signed fetch, checked. */
export interface SignedFetchSettings {
  readonly gate: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
  /** Opens a session. */
  open(clock: ServerClock): Promise<ClientSession>;
}

/**
 * Checks the options of a signed fetch.
 *
 * @throws ConfigurationError
 */
export function readSignedFetchOptions(options: SignedFetchOptions): SignedFetchSettings {
  const common = ["url", "fetch", "clock", "enroll", "broker", "credentials"];
  const scope = options.enroll === undefined ? ["region", "service"] : [];
  refuseUnknownOptions("createSignedFetch", options, [...common, ...scope]);
  const { fetch = globalThis.fetch, clock = Date.now } = options;
  const gate = readGateUrl("createSignedFetch.url", options.url);
  const given = [options.enroll, options.broker, options.credentials].filter((way) => way !== undefined);
  if (given.length !== 1) {
    const message = "write one of enroll: { ... }, broker: { ... } and credentials";
    throw new ConfigurationError(
      given.length === 0 ? "missing_option" : "invalid_option",
      "createSignedFetch",
      message,
    );
  }
  return { gate, fetch, clock, open: openWith(options, gate, fetch, clock) };
}

function openWith(
  options: SignedFetchOptions,
  url: URL,
  fetch: typeof globalThis.fetch,
  clock: () => number,
): SignedFetchSettings["open"] {
  if (options.enroll !== undefined) return openByEnrollment({ ...options.enroll, url, fetch, clock });
  const region = requireText("createSignedFetch.region", options.region, "eu-west-1");
  const service = requireText("createSignedFetch.service", options.service ?? url.hostname, "api.example.com");
  requireDottedService("createSignedFetch.service", service);
  const ask = askWith(options, url, fetch);
  return async () => {
    const credentials = await ask();
    const notAfter = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return { credentials, region, service, notAfter, keys: new Map() };
  };
}

function askWith(
  { broker, credentials }: BrokeredFetchOptions | PlainFetchOptions,
  url: URL,
  fetch: typeof globalThis.fetch,
): () => Promise<AwsCredentials> {
  if (broker !== undefined) {
    const settings = readBroker("createSignedFetch.broker", { url, ...broker, fetch });
    return () => fetchCredentialsFrom(settings);
  }
  requireCredentials("createSignedFetch.credentials", credentials);
  return () => askCredentials(credentials);
}

function openByEnrollment(options: EnrollOptions): SignedFetchSettings["open"] {
  const settings = readEnrollOptions(options);
  return async (clock) => {
    const { notAfter, region, service, ...credentials } = await enrollAt(settings, clock);
    return { credentials, region, service, notAfter: notAfter.getTime(), keys: new Map() };
  };
}

import type { EnrollmentMode } from "../binding.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import { enrollmentPath } from "../enrollment-message.ts";
import { readStsEndpoint } from "./caller-proof.ts";
import type { CredentialsSource } from "./credentials.ts";
import type { IdTokenSource } from "./fetch-credentials.ts";
import { endpointOf, readGateUrl } from "./gate-url.ts";

/** What {@link enroll} takes. */
export interface EnrollOptions {
  /** The base URL of the gate, such as `https://api.example.com`. */
  readonly url: string | URL;
  /** Temporary AWS credentials: a credential provider of the AWS SDK, or an object. */
  readonly credentials: CredentialsSource;
  /** The region of the STS endpoint that the gate is to ask, such as `eu-west-1`. */
  readonly region: string;
  /**
   * How requests are signed afterwards: with a secret that is drawn for this gate alone (`virtual`, the default), or with the
   * AWS credentials themselves (`derived`), for signers that know no others.
   */
  readonly mode?: EnrollmentMode;
  /** The region that the gate expects in signatures; for `derived`, which commits to keys of that region. */
  readonly gateRegion?: string;
  /** The audience of the gate's sessions; the host name of `url` by default. */
  readonly audience?: string;
  /** The service name that the gate expects in signatures; the audience by default. */
  readonly service?: string;
  /** How long the enrollment is to last, in minutes; 60 by default, 1 to 60. The gate may make it shorter. */
  readonly minutes?: number;
  /** Gives an ID token of the same caller, where the gate takes one along. */
  readonly idToken?: IdTokenSource;
  /** The path of the enrollment below `url`; `/.well-known/poolgate/enroll` by default. */
  readonly path?: string;
  /** The STS endpoint that the gate asks; the public one of `region` by default. Nothing is sent there from here. */
  readonly stsEndpoint?: string;
  /** What calls the gate; the global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The options of an enrollment, checked. */
export interface EnrollSettings {
  readonly url: URL;
  readonly credentials: CredentialsSource;
  readonly region: string;
  readonly mode: EnrollmentMode;
  readonly gateRegion: string | undefined;
  readonly audience: string;
  readonly service: string;
  readonly minutes: number;
  readonly idToken: IdTokenSource | undefined;
  readonly stsEndpoint: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
}

const optionNames = [
  ...["url", "credentials", "region", "mode", "gateRegion", "audience", "service", "minutes", "idToken", "path"],
  ...["stsEndpoint", "fetch", "clock"],
];

/**
 * Checks the options of an enrollment.
 *
 * @throws ConfigurationError
 */
export function readEnrollOptions(options: EnrollOptions): EnrollSettings {
  refuseUnknownOptions("enroll", options, optionNames);
  const { credentials, mode = "virtual", gateRegion, idToken } = options;
  const { path = enrollmentPath, fetch = globalThis.fetch, clock = Date.now } = options;
  const gate = readGateUrl("enroll.url", options.url);
  requireCredentials("enroll.credentials", credentials);
  const region = requireText("enroll.region", options.region, "eu-west-1");
  const audience = requireText("enroll.audience", options.audience ?? gate.hostname, "api.example.com");
  const service = requireText("enroll.service", options.service ?? audience, "api.example.com");
  if (mode !== "virtual" && mode !== "derived") throw invalid("mode", 'write "virtual" or "derived"');
  if (mode === "derived") {
    requireText("enroll.gateRegion", gateRegion, "eu-west-1");
    requireDottedService("enroll.service", service);
  } else if (gateRegion !== undefined) {
    throw invalid("gateRegion", 'leave it out: the gate tells its region, but for mode: "derived"');
  }
  if (idToken !== undefined && typeof idToken !== "function")
    throw invalid("idToken", "write a function that gives it");
  return {
    ...{ credentials, region, mode, gateRegion, audience, service, idToken, fetch, clock },
    url: endpointOf("enroll.path", gate, path),
    minutes: requireInteger("enroll.minutes", options.minutes ?? 60, 1, 60),
    stsEndpoint: readStsEndpoint("enroll.stsEndpoint", options.stsEndpoint, region),
  };
}

/** Refuses what is no source of credentials. */
export function requireCredentials(option: string, source: unknown): void {
  if (typeof source === "function" || (typeof source === "object" && source !== null)) return;
  const message =
    "is required: a credential provider of the AWS SDK, or { accessKeyId, secretAccessKey, sessionToken }";
  throw new ConfigurationError("missing_option", option, message);
}

/**
 * Refuses a service name under which a signature with AWS credentials could be worth something at AWS, whose service names
 * hold no dot.
 */
export function requireDottedService(option: string, service: string): void {
  if (service.includes(".")) return;
  const message =
    "must hold a dot, as a host name does: AWS credentials sign for it, and names of AWS services have none";
  throw new ConfigurationError("invalid_option", option, message);
}

function invalid(name: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `enroll.${name}`, message);
}

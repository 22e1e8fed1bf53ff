import { requestLines, requestProtocol } from "../binding.ts";
import { refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import { type RequestProof, requestProofScheme } from "../enrollment-message.ts";
import { base64url, randomText } from "./base64url.ts";
import { readStsEndpoint, signCallerProof } from "./caller-proof.ts";
import { askTemporaryCredentials, type CredentialsSource } from "./credentials.ts";
import { requireCredentials } from "./enroll-options.ts";
import { readGateUrl } from "./gate-url.ts";
import { hexSha256 } from "./hex-sha256.ts";

/** What {@link signProof} takes. */
export interface SignProofOptions {
  /** `GET` by default. */
  readonly method?: string;
  /** The URL of the request, at the gate. */
  readonly url: string | URL;
  /** More headers to send, such as `content-type`, which the proof covers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The exact body; none by default. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Temporary AWS credentials: a credential provider of the AWS SDK, or an object. */
  readonly credentials: CredentialsSource;
  /** The region of the STS endpoint that the gate is to ask, such as `eu-west-1`. */
  readonly region: string;
  /** The audience of the gate; the host name of `url` by default. */
  readonly audience?: string;
  /** How long the proof may be used, in seconds; 60 by default, 1 to 300. It can be used once in any case. */
  readonly seconds?: number;
  /** The STS endpoint that the gate asks; the public one of `region` by default. Nothing is sent there from here. */
  readonly stsEndpoint?: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

const optionNames = [
  ...["method", "url", "headers", "body", "credentials", "region", "audience", "seconds", "stsEndpoint", "clock"],
];

/**
 * Proves who is calling in a single request, without an enrollment: the gate asks STS for each such request, so this is for
 * calls that are rare.
 *
 * @returns every header to send: the given ones in lower case, `authorization`, and `content-type` where `fetch` would add
 * one by itself. Send the method, the URL and the body as they were signed.
 * @throws ConfigurationError where an option is faulty.
 * @throws ClientError `no_credentials_given`
 *
 * @example
 * ```ts
 * import { signProof } from "poolgate/client";
 *
 * const credentials = async () => ({ accessKeyId: "ASIA...", secretAccessKey: "...", sessionToken: "..." });
 * const url = "https://api.example.com/reports/nightly";
 * const headers = await signProof({ method: "POST", url, credentials, region: "eu-west-1" });
 * await fetch(url, { method: "POST", headers, redirect: "error" });
 * ```
 */
export async function signProof(options: SignProofOptions): Promise<Record<string, string>> {
  refuseUnknownOptions("signProof", options, optionNames);
  const { method = "GET", body, clock = Date.now } = options;
  requireCredentials("signProof.credentials", options.credentials);
  const region = requireText("signProof.region", options.region, "eu-west-1");
  const url = readRequestUrl(options.url);
  const audience = requireText("signProof.audience", options.audience ?? url.hostname, "api.example.com");
  const seconds = requireInteger("signProof.seconds", options.seconds ?? 60, 1, 300);
  const stsEndpoint = readStsEndpoint("signProof.stsEndpoint", options.stsEndpoint, region);
  const headers = readHeaders(options.headers ?? {});
  // Fetch Standard, "safely extract a body": it would add this by itself, and the proof would not cover it.
  if (typeof body === "string") headers["content-type"] ??= "text/plain;charset=UTF-8";
  const credentials = await askTemporaryCredentials(options.credentials);
  const time = clock();
  const expires = Math.floor(time / 1000) + seconds;
  const nonce = randomText(16);
  const lines = requestLines({
    audience,
    method: requireText("signProof.method", method, "GET").toUpperCase(),
    target: url.pathname + url.search,
    contentType: headers["content-type"] ?? "",
    bodyHash: await hexSha256(body ?? ""),
    ...{ expires, nonce },
  });
  const proof = await signCallerProof({ credentials, region, stsEndpoint, lines, time });
  const message: RequestProof = {
    v: requestProtocol,
    akid: credentials.accessKeyId,
    token: credentials.sessionToken,
    date: proof.date,
    region,
    sig: proof.signature,
    exp: expires,
    nonce,
  };
  return {
    ...headers,
    authorization: `${requestProofScheme} ${base64url(new TextEncoder().encode(JSON.stringify(message)))}`,
  };
}

/** A request's URL may have a query; for the rest it is as strict as the URL of a gate. */
function readRequestUrl(value: unknown): URL {
  if (!URL.canParse(String(value))) readGateUrl("signProof.url", value);
  const url = new URL(String(value));
  readGateUrl("signProof.url", `${url.origin}/`);
  url.hash = "";
  return url;
}

/** The headers as `fetch` would send them: names in lower case, values without white space around them. */
function readHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(new Headers(given));
}

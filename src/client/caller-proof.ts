import { AwsV4Signer } from "aws4fetch";
import { awsEndpoint, readAwsEndpoint } from "../aws-endpoint.ts";
import { bindingHeader, callerIdentityBody, callerIdentityType } from "../caller-identity.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import { hexSha256 } from "./hex-sha256.ts";
import { signingTime } from "./server-clock.ts";

/** What {@link signCallerProof} takes. */
export interface CallerProofInput {
  readonly credentials: TemporaryCredentials;
  /** The region of the STS endpoint. */
  readonly region: string;
  /** The STS endpoint that the gate asks. */
  readonly stsEndpoint: URL;
  /** The lines that the proof commits to, as `binding.ts` makes them. */
  readonly lines: string;
  /** The time of signing, in milliseconds since 1970. */
  readonly time: number;
}

/** The values of a signed GetCallerIdentity that a gate cannot know by itself. */
export interface CallerProof {
  /** The time of signing, `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
  /** The signature, in lower-case hex. */
  readonly signature: string;
}

/**
 * Signs the one request by which a gate asks STS who the caller is, committed to what the proof is for. The request itself
 * is not sent from here; the gate builds the same one.
 */
export async function signCallerProof(input: CallerProofInput): Promise<CallerProof> {
  const { credentials, region, stsEndpoint, lines, time } = input;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const date = signingTime(time);
  const signer = new AwsV4Signer({
    method: "POST",
    url: stsEndpoint.href,
    headers: { "content-type": callerIdentityType, [bindingHeader]: await hexSha256(lines) },
    body: callerIdentityBody,
    ...{ accessKeyId, secretAccessKey, sessionToken, region, service: "sts", datetime: date },
    // With host, date and token these are exactly the headers that the protocol names, content-type included.
    allHeaders: true,
  });
  return { date, signature: await signer.signature() };
}

/** Reads the STS endpoint that proofs are signed for: the public one of the region by default. */
export function readStsEndpoint(option: string, value: unknown, region: string): URL {
  return value === undefined ? awsEndpoint("sts", region) : readAwsEndpoint(option, value, true);
}

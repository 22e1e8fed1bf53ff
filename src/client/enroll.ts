import { accessKeyIdForm } from "../access-key-id.ts";
import { enrollmentLines, enrollmentProtocol } from "../binding.ts";
import type { EnrollmentAnswer, EnrollmentMessage } from "../enrollment-message.ts";
import { base64url, randomText } from "./base64url.ts";
import { callGate, unexpected } from "./call-gate.ts";
import { signCallerProof } from "./caller-proof.ts";
import { ClientError } from "./client-error.ts";
import { askTemporaryCredentials, type TemporaryCredentials } from "./credentials.ts";
import { type EnrollOptions, type EnrollSettings, readEnrollOptions } from "./enroll-options.ts";
import { askIdToken } from "./fetch-credentials.ts";
import { hexSha256 } from "./hex-sha256.ts";
import { createServerClock, type ServerClock, signingTime } from "./server-clock.ts";
import { signingKeyOf } from "./signing-keys.ts";

/** What signs requests to the gate from now on, by any signer of Signature Version 4. */
export interface Enrollment {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only with `derived`, where the AWS credentials sign. */
  readonly sessionToken?: string;
  /** When the gate stops accepting it, by the gate's clock. */
  readonly notAfter: Date;
  /** The region to sign for. */
  readonly region: string;
  /** The service to sign for. */
  readonly service: string;
}

/**
 * Enrolls AWS credentials at a gate: a signed question to STS, which the gate puts to STS in the caller's stead, proves the
 * role, and commits to the key that signs from then on. The AWS secret is not sent.
 *
 * Where the gate refuses because this clock is off, it tries once more with the gate's time.
 *
 * @throws ConfigurationError where an option is faulty.
 * @throws ClientError with the gate's code, such as `role_not_allowed`, or with one of its own.
 *
 * @example
 * ```ts
 * import { enroll } from "poolgate/client";
 * import { AwsClient } from "aws4fetch";
 *
 * const credentials = async () => ({ accessKeyId: "ASIA...", secretAccessKey: "...", sessionToken: "..." });
 * const enrollment = await enroll({ url: "https://api.example.com", credentials, region: "eu-west-1" });
 * const client = new AwsClient(enrollment);
 * await client.fetch("https://api.example.com/articles");
 * ```
 */
export async function enroll(options: EnrollOptions): Promise<Enrollment> {
  const settings = readEnrollOptions(options);
  return enrollAt(settings, createServerClock(settings.clock));
}

/** Enrolls with options that have been checked, by a clock that is shared with whoever signs afterwards. */
export async function enrollAt(settings: EnrollSettings, clock: ServerClock): Promise<Enrollment> {
  const credentials = await askTemporaryCredentials(settings.credentials);
  const idToken = settings.idToken && (await askIdToken(settings.idToken));
  try {
    return await attempt(settings, credentials, idToken, clock.now());
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "clock_skew" || error.serverTime === undefined) throw error;
    clock.correct(error.serverTime);
    return attempt(settings, credentials, idToken, clock.now());
  }
}

async function attempt(
  settings: EnrollSettings,
  credentials: TemporaryCredentials,
  idToken: string | undefined,
  time: number,
): Promise<Enrollment> {
  const { mode, audience, service, region, stsEndpoint, gateRegion } = settings;
  const key = gateRegion === undefined ? virtualKey() : await derivedKey(credentials, time, gateRegion, service);
  const expires = Math.min(Math.floor(time / 1000) + settings.minutes * 60, secondsOf(credentials.expiration));
  const nonce = randomText(16);
  const lines = enrollmentLines({
    ...{ audience, mode, accessKeyId: credentials.accessKeyId, region, service, expires, nonce },
    keyHash: await hexSha256(key.bytes),
    ...(idToken !== undefined && { idTokenHash: await hexSha256(idToken) }),
  });
  const proof = await signCallerProof({ credentials, region, stsEndpoint, lines, time });
  const message: EnrollmentMessage = {
    v: enrollmentProtocol,
    mode,
    akid: credentials.accessKeyId,
    token: credentials.sessionToken,
    date: proof.date,
    region,
    sig: proof.signature,
    key: key.text,
    exp: expires,
    nonce,
    ...(idToken !== undefined && { idToken }),
  };
  const answer = await callGate({
    url: settings.url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
    fetch: settings.fetch,
  });
  return readEnrollment(answer, settings, credentials, key.text);
}

interface Key {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As it stands in the message. */
  readonly text: string;
}

function virtualKey(): Key {
  const text = randomText(32);
  return { text, bytes: new TextEncoder().encode(text) };
}

/** The signing keys of the proof's day and the next, one after the other. */
async function derivedKey(
  { secretAccessKey }: TemporaryCredentials,
  time: number,
  region: string,
  service: string,
): Promise<Key> {
  const bytes = new Uint8Array(64);
  for (const [index, day] of [time, time + 86_400_000].entries()) {
    bytes.set(await signingKeyOf(secretAccessKey, signingTime(day).slice(0, 8), region, service), index * 32);
  }
  return { bytes, text: base64url(bytes) };
}

function secondsOf(expiration: Date | undefined): number {
  return expiration === undefined ? Number.POSITIVE_INFINITY : Math.floor(expiration.getTime() / 1000);
}

function readEnrollment(
  answer: Readonly<Partial<Record<keyof EnrollmentAnswer, unknown>>>,
  { mode, gateRegion, service }: EnrollSettings,
  credentials: TemporaryCredentials,
  secret: string,
): Enrollment {
  const { accessKeyId, notAfter, region } = answer;
  const end = new Date(typeof notAfter === "string" ? notAfter : Number.NaN);
  if (typeof accessKeyId !== "string" || !accessKeyIdForm.test(accessKeyId)) throw unexpected(200, "no accessKeyId");
  if (typeof region !== "string" || !/^[\w-]{1,64}$/.test(region)) throw unexpected(200, "no region");
  if (Number.isNaN(end.getTime())) throw unexpected(200, "no notAfter");
  // A gate must not choose for what AWS credentials sign.
  if (answer.service !== service) throw unexpected(200, "another service than the one that was enrolled for");
  const common = { accessKeyId, notAfter: end, region, service };
  if (mode === "virtual") return { ...common, secretAccessKey: secret };
  if (accessKeyId !== credentials.accessKeyId || region !== gateRegion) {
    throw unexpected(200, "another key or region than the one that was enrolled");
  }
  const { secretAccessKey, sessionToken } = credentials;
  return { ...common, secretAccessKey, sessionToken };
}

import type { AuthError } from "../errors.ts";
import { parseSigningTime } from "../sigv4/signing-time.ts";
import type { JsonObject } from "../tokens/strict-json.ts";
import { sessionTokenForm } from "./session-init.ts";

/** The values of a signature over GetCallerIdentity, of the right form; whether it is good only STS can tell. */
export interface CallerProofValues {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  /** The time of signing as `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
  /** The same in milliseconds since 1970. */
  readonly signedAt: number;
  /** The region of the STS endpoint. */
  readonly region: string;
  /** 64 digits of lower-case hex. */
  readonly signature: string;
  /** When what it is for is to end, in milliseconds since 1970. */
  readonly expires: number;
  readonly nonce: string;
}

/** The names of the members that {@link readCallerProof} reads. */
export const callerProofNames: readonly string[] = ["akid", "token", "date", "region", "sig", "exp", "nonce"];

// Long-lived keys (AKIA) have no session token.
const accessKeyIdForm = /^ASIA[A-Z2-7]{16}$/;
const regionForm = /^[a-z\d-]{1,32}$/;
const signatureForm = /^[\da-f]{64}$/;
/** The last second of the year 9999, the last that has a four-digit year. */
const lastSecond = 253_402_300_799;

/**
 * Reads the members that every proof has.
 *
 * @param refuse makes the refusal, of a fixed phrase that says which member is at fault.
 */
export function readCallerProof(message: JsonObject, refuse: (reason: string) => AuthError): CallerProofValues {
  const { date, exp } = message;
  const signedAt = typeof date === "string" ? parseSigningTime(date) : undefined;
  const accessKeyId = readText(message, "akid", accessKeyIdForm, refuse);
  const sessionToken = readText(message, "token", sessionTokenForm, refuse);
  if (typeof date !== "string" || signedAt === undefined) throw refuse("date is not a time as YYYYMMDDTHHMMSSZ");
  const region = readText(message, "region", regionForm, refuse);
  const signature = readText(message, "sig", signatureForm, refuse);
  if (typeof exp !== "number" || !Number.isInteger(exp) || exp < 0 || exp > lastSecond) {
    throw refuse("exp is not a time in whole seconds since 1970");
  }
  const nonce = readBytes(message.nonce, 16, 64)?.text;
  if (nonce === undefined) throw refuse("nonce is not 16 to 64 bytes in base64url");
  return { accessKeyId, sessionToken, date, signedAt, region, signature, expires: exp * 1_000, nonce };
}

/** Reads base64url of some length in bytes that has one spelling only, without padding; undefined for all else. */
export function readBytes(
  value: unknown,
  least: number,
  most: number,
): { readonly text: string; readonly bytes: Buffer } | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64url");
  if (bytes.length < least || bytes.length > most || bytes.toString("base64url") !== value) return undefined;
  return { text: value, bytes };
}

function readText(message: JsonObject, name: string, form: RegExp, refuse: (reason: string) => AuthError): string {
  const value = message[name];
  if (typeof value !== "string" || !form.test(value)) throw refuse(`${name} is not of its form`);
  return value;
}

import { createHash } from "node:crypto";
import { types } from "node:util";
import { accessKeyIdForm } from "../access-key-id.ts";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { deriveSigningKey } from "../sigv4/signing-key.ts";
import type { SessionInit } from "./session.ts";
import type { SessionRecord } from "./session-record.ts";

/** What a session is judged by when it is opened. */
export interface SessionLimits {
  readonly service: string;
  readonly region: string;
  /** Milliseconds. */
  readonly skew: number;
  /** Milliseconds. */
  readonly maxLength: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const initNames = [
  "accessKeyId",
  "secretAccessKey",
  "signingKeys",
  "sessionToken",
  "principal",
  "notAfter",
  "mode",
  "token",
  "enrolledBy",
];
/** The form of a secret access key. */
export const secretForm: RegExp = /^[\x21-\x7e]{32,256}$/;
/** The form of a session token. */
export const sessionTokenForm: RegExp = /^[\x21-\x7e]{1,8192}$/;
const dayLength = 86_400_000;

/**
 * Turns what `sessions.open` takes into the record to store: keys are derived for every day on which a signature can be in
 * time, the secret is not in it, and of the session token only the hash.
 *
 * @throws ConfigurationError that names the member at fault and never shows its value.
 */
export function recordOf(init: SessionInit, limits: SessionLimits): SessionRecord {
  refuseUnknownOptions("sessions.open", init, initNames);
  const { accessKeyId, sessionToken, principal, mode = "opened", token, enrolledBy } = init;
  if (typeof accessKeyId !== "string" || !accessKeyIdForm.test(accessKeyId)) {
    throw refusal("accessKeyId", "must be 16 to 128 letters, digits, underscores and hyphens");
  }
  if (sessionToken !== undefined && (typeof sessionToken !== "string" || !sessionTokenForm.test(sessionToken))) {
    throw refusal("sessionToken", "must be a string of visible ASCII; leave it out where the caller will send none");
  }
  const notAfter = readNotAfter(init.notAfter, limits);
  return {
    accessKeyId,
    mode,
    openedAt: Math.floor(limits.now),
    notAfter,
    signingKeys: readKeys(init, signingDays(limits.now - limits.skew, notAfter + limits.skew), limits),
    ...(sessionToken !== undefined && { tokenHash: hashSessionToken(sessionToken) }),
    ...(token !== undefined && { token }),
    ...(enrolledBy !== undefined && { enrolledBy }),
    principal,
  };
}

/** The hash by which a session token is bound to its session (S25). */
function hashSessionToken(sessionToken: string): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(sessionToken, "utf8").digest());
}

function readNotAfter(notAfter: unknown, { now, maxLength }: SessionLimits): number {
  const time = types.isDate(notAfter) ? notAfter.getTime() : Number.NaN;
  if (!(time > now)) throw refusal("notAfter", "must be a Date in the future");
  if (time > now + maxLength) {
    throw refusal(
      "notAfter",
      `must be at most ${maxLength / 3_600_000} hours ahead; see createSessions.maxSessionHours`,
    );
  }
  return time;
}

function readKeys(init: SessionInit, days: readonly string[], limits: SessionLimits): ReadonlyMap<string, Uint8Array> {
  const { secretAccessKey, signingKeys } = init;
  if ((secretAccessKey === undefined) === (signingKeys === undefined)) {
    throw new ConfigurationError(
      "missing_option",
      "sessions.open",
      "pass secretAccessKey or signingKeys, one of the two",
    );
  }
  if (signingKeys !== undefined) return readSigningKeys(signingKeys, days);
  if (typeof secretAccessKey !== "string" || !secretForm.test(secretAccessKey)) {
    throw refusal("secretAccessKey", "must be a string of 32 to 256 visible ASCII characters");
  }
  const { region, service } = limits;
  return new Map(days.map((day) => [day, Uint8Array.from(deriveSigningKey(secretAccessKey, day, region, service))]));
}

/** The days in UTC from one time to another, both included, as `YYYYMMDD`: as a credential scope spells them. */
function signingDays(from: number, to: number): readonly string[] {
  const days: string[] = [];
  const last = Math.floor(to / dayLength);
  for (let day = Math.floor(from / dayLength); day <= last; day += 1) {
    days.push(new Date(day * dayLength).toISOString().slice(0, 10).replaceAll("-", ""));
  }
  return days;
}

function readSigningKeys(signingKeys: unknown, days: readonly string[]): ReadonlyMap<string, Uint8Array> {
  if (typeof signingKeys !== "object" || signingKeys === null) {
    throw refusal("signingKeys", "must be an object of keys by day (YYYYMMDD)");
  }
  const kept = new Map<string, Uint8Array>();
  for (const [day, key] of Object.entries(signingKeys) as [string, unknown][]) {
    if (!types.isUint8Array(key) || key.length !== 32) {
      throw refusal("signingKeys", "each key must be a Uint8Array of 32 bytes");
    }
    // Of other days no signature could be in time.
    if (days.includes(day)) kept.set(day, Uint8Array.from(key));
  }
  if (kept.size === 0) {
    throw refusal("signingKeys", "must have a key for a day (YYYYMMDD) between now and notAfter");
  }
  return kept;
}

function refusal(member: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `sessions.open.${member}`, message);
}

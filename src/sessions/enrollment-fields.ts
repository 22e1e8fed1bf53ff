import { hash } from "node:crypto";
import { type EnrollmentMode, enrollmentProtocol } from "../binding.ts";
import { AuthError } from "../errors.ts";
import { type JsonObject, parseStrictObject } from "../tokens/strict-json.ts";
import { type CallerProofValues, callerProofNames, readBytes, readCallerProof } from "./caller-proof-fields.ts";

/** The message of an enrollment, of the right form. */
export interface EnrollmentFields {
  readonly mode: EnrollmentMode;
  readonly proof: CallerProofValues;
  /** As it stands in the message, its form not yet checked. */
  readonly key: unknown;
  readonly idToken: string | undefined;
}

/** What the sessions of an enrollment verify signatures with. It is never shown. */
export type EnrollmentKey =
  | { readonly secretAccessKey: string; readonly keyHash: string }
  | { readonly days: readonly [Uint8Array, Uint8Array]; readonly keyHash: string };

const required: readonly string[] = ["v", "mode", ...callerProofNames, "key"];
const names: readonly string[] = [...required, "idToken"];

/**
 * Reads the message of an enrollment: one JSON object with these members and no others.
 *
 * @throws AuthError `invalid_request`
 */
export function readEnrollmentMessage(bytes: Uint8Array): EnrollmentFields {
  const message = parseStrictObject(bytes);
  if (typeof message === "string") throw invalidRequest(`the body ${message}`);
  if (required.some((name) => !Object.hasOwn(message, name))) throw invalidRequest("a member is missing");
  if (Object.keys(message).some((name) => !names.includes(name))) throw invalidRequest("there is an unknown member");
  if (message.v !== enrollmentProtocol) throw invalidRequest(`v is not ${enrollmentProtocol}`);
  return {
    mode: readMode(message),
    proof: readCallerProof(message, invalidRequest),
    key: message.key,
    idToken: readIdToken(message),
  };
}

/**
 * Reads the key of an enrollment, which has one spelling only.
 *
 * @throws AuthError `invalid_request`
 */
export function readEnrollmentKey(mode: EnrollmentMode, value: unknown): EnrollmentKey {
  const length = mode === "virtual" ? 32 : 64;
  const key = readBytes(value, length, length);
  if (key === undefined) throw invalidRequest(`key is not ${length} bytes in base64url`);
  const { text, bytes } = key;
  // Signers take a secret as text, so that the letters are the key and not the bytes that they spell.
  if (mode === "virtual") return { secretAccessKey: text, keyHash: hash("sha256", text, "hex") };
  return { days: [bytes.subarray(0, 32), bytes.subarray(32)], keyHash: hash("sha256", bytes, "hex") };
}

/** A message that does not follow the protocol, for a reason that is a fixed phrase. */
export function invalidRequest(reason: string): AuthError {
  return new AuthError("invalid_request", { reason });
}

function readMode({ mode }: JsonObject): EnrollmentMode {
  if (mode !== "virtual" && mode !== "derived") throw invalidRequest("mode is not virtual or derived");
  return mode;
}

function readIdToken({ idToken }: JsonObject): string | undefined {
  if (idToken !== undefined && typeof idToken !== "string") throw invalidRequest("idToken is not a string");
  return idToken;
}

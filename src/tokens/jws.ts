import { invalidToken } from "./invalid-token.ts";
import { type JsonObject, parseStrictObject } from "./strict-json.ts";

/** A token whose form has been checked, not yet its signature. */
export interface Jws {
  /** The token as received. */
  readonly raw: string;
  readonly header: { readonly alg: string; readonly kid: string; readonly [name: string]: unknown };
  readonly payload: { readonly iss: string; readonly [name: string]: unknown };
}

const maxLength = 16 * 1024;
const maxKidLength = 128;
// RFC 7515 Section 4.1: each of these changes what the signature means, or lets the token bring its own key.
const refusedParameters = ["crit", "b64", "jku", "jwk", "x5u", "x5c"] as const;

/** A surrogate that is none of a pair; of a pair the expression sees the one character. */
const halfCharacter = /\p{Surrogate}/u;

/**
 * Parses a compact JWS (RFC 7515 Section 7.1) of which no two parsers could disagree.
 *
 * At most 16 KiB, three parts in canonical base64url, a header with `alg` and a `kid` of 1 to 128 characters and without
 * `crit`, `b64`, `jku`, `jwk`, `x5u` or `x5c`, and a payload that is a strict JSON object with a string `iss` and without `cnf`.
 *
 * @throws AuthError `invalid_token`
 */
export function parseJws(raw: string): Jws {
  const { header, payload } = decodeJws(raw);
  requireIssuer(payload);
  return { raw, header, payload };
}

/**
 * Parses a compact JWS as {@link parseJws} does, but for its `iss`.
 *
 * @throws AuthError `invalid_token`
 */
export function decodeJws(raw: string): { readonly header: Jws["header"]; readonly payload: JsonObject } {
  if (raw.length > maxLength) throw invalidToken("it is longer than 16 KiB");
  const [header, payload, signature, ...rest] = raw.split(".", 4);
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw invalidToken("it does not have three parts");
  }
  const headerBytes = decodeCanonical(header);
  const payloadBytes = decodeCanonical(payload);
  decodeCanonical(signature);
  return { header: parseHeader(headerBytes), payload: parsePayload(payloadBytes) };
}

/** Decodes base64url that has one spelling only: no padding, no other alphabet, no spare bits, no lone last character. */
function decodeCanonical(part: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  if (part === "" || bytes.toString("base64url") !== part) throw invalidToken("a part is not canonical base64url");
  return bytes;
}

function parseHeader(bytes: Buffer): Jws["header"] {
  const header = parseStrictObject(bytes);
  if (typeof header === "string") throw invalidToken(`the header ${header}`);
  requireWholeCharacters(bytes, header);
  requireHeader(header);
  return header;
}

function requireHeader(header: JsonObject): asserts header is Jws["header"] {
  for (const name of refusedParameters) {
    if (Object.hasOwn(header, name)) throw invalidToken(`the header has ${name}`);
  }
  const { alg, kid } = header;
  if (typeof alg !== "string") throw invalidToken("alg is not a string");
  if (typeof kid !== "string" || kid === "" || kid.length > maxKidLength) {
    throw invalidToken("kid is not a string of 1 to 128 characters");
  }
}

function parsePayload(bytes: Buffer): JsonObject {
  const payload = parseStrictObject(bytes);
  if (typeof payload === "string") throw invalidToken(`the payload ${payload}`);
  requireWholeCharacters(bytes, payload);
  refuseConfirmation(payload);
  return payload;
}

/**
 * Half a character cannot be written in UTF-8: whoever gets a name or a value with one reads another character in its place, and
 * so two users as one (RFC 7493 Section 2.1). UTF-8 itself holds none, so one can come from an escape alone.
 */
function requireWholeCharacters(bytes: Buffer, value: JsonObject): void {
  if (bytes.includes("\\u") && hasHalfCharacter(value)) throw invalidToken("it holds half a character");
}

function hasHalfCharacter(value: unknown): boolean {
  if (typeof value === "string") return halfCharacter.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, inner]) => halfCharacter.test(name) || hasHalfCharacter(inner));
}

/**
 * A token with a confirmation (RFC 7800) is good with a proof of its sender's key alone, which nobody here could check.
 *
 * https://www.rfc-editor.org/rfc/rfc9449#section-7.1 for DPoP, https://www.rfc-editor.org/rfc/rfc8705#section-3 for mutual TLS
 */
function refuseConfirmation(payload: JsonObject): void {
  if (payload.cnf !== undefined) throw invalidToken("it is bound to a key of its sender (cnf), and so no bearer token");
}

function requireIssuer(payload: JsonObject): asserts payload is Jws["payload"] {
  if (typeof payload.iss !== "string") throw invalidToken("iss is not a string");
}

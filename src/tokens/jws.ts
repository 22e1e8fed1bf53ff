import { decodePart } from "./base64url-part.ts";
import { invalidToken } from "./invalid-token.ts";
import { type HeaderReader, type JwsHeader, readJwsHeader } from "./jws-header.ts";
import { type JsonObject, parseStrictObject } from "./strict-json.ts";
import { requireWholeCharacters } from "./whole-characters.ts";

/** A token whose form has been checked, not yet its signature. */
export interface Jws {
  /** The token as received. */
  readonly raw: string;
  readonly header: JwsHeader;
  readonly payload: { readonly iss: string; readonly [name: string]: unknown };
}

const maxLength = 16 * 1024;

/**
 * Parses a compact JWS (RFC 7515 Section 7.1) of which no two parsers could disagree.
 *
 * At most 16 KiB, three parts in canonical base64url, a header with `alg` and a `kid` of 1 to 128 characters and without
 * `crit`, `b64`, `jku`, `jwk`, `x5u` or `x5c`, and a payload that is a strict JSON object with a string `iss` and without `cnf`.
 *
 * @param readHeader reads the first part; by default nothing is remembered of it.
 * @throws AuthError `invalid_token`
 */
export function parseJws(raw: string, readHeader: HeaderReader = readJwsHeader): Jws {
  const { header, payload } = decodeJws(raw, readHeader);
  requireIssuer(payload);
  return { raw, header, payload };
}

/**
 * Parses a compact JWS as {@link parseJws} does, but for its `iss`.
 *
 * @throws AuthError `invalid_token`
 */
export function decodeJws(
  raw: string,
  readHeader: HeaderReader = readJwsHeader,
): Omit<Jws, "raw" | "payload"> & { readonly payload: JsonObject } {
  if (raw.length > maxLength) throw invalidToken("it is longer than 16 KiB");
  const [header, payload, signature, ...rest] = raw.split(".", 4);
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw invalidToken("it does not have three parts");
  }
  const payloadBytes = decodePart(payload);
  decodePart(signature);
  return { header: readHeader(header), payload: parsePayload(payloadBytes) };
}

function parsePayload(bytes: Buffer): JsonObject {
  const payload = parseStrictObject(bytes);
  if (typeof payload === "string") throw invalidToken(`the payload ${payload}`);
  requireWholeCharacters(bytes, payload);
  refuseConfirmation(payload);
  return payload;
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

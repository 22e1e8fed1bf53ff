import { createLRU } from "lru.min";
import { decodePart } from "./base64url-part.ts";
import { invalidToken } from "./invalid-token.ts";
import { type JsonObject, parseStrictObject } from "./strict-json.ts";
import { requireWholeCharacters } from "./whole-characters.ts";

/** The header of a JWS whose form has been checked. */
export interface JwsHeader {
  readonly alg: string;
  readonly kid: string;
  readonly [name: string]: unknown;
}

/**
 * Reads the first part of a compact JWS.
 *
 * @throws AuthError `invalid_token`
 */
export type HeaderReader = (part: string) => JwsHeader;

const maxKidLength = 128;
// RFC 7515 Section 4.1: each of these changes what the signature means, or lets the token bring its own key.
const refusedParameters = ["crit", "b64", "jku", "jwk", "x5u", "x5c"] as const;

/** More than the keys that the pools of one gate sign with at a time. */
const rememberedHeaders = 32;
/** Headers of Cognito have about a hundred characters. */
const maxRememberedLength = 512;

/**
 * Reads the header of a token: a strict JSON object with `alg`, a `kid` of 1 to 128 characters, and without `crit`, `b64`,
 * `jku`, `jwk`, `x5u` or `x5c`.
 *
 * @throws AuthError `invalid_token`
 */
export function readJwsHeader(part: string): JwsHeader {
  const bytes = decodePart(part);
  const header = parseStrictObject(bytes);
  if (typeof header === "string") throw invalidToken(`the header ${header}`);
  requireWholeCharacters(bytes, header);
  requireHeader(header);
  return header;
}

/**
 * Reads headers as {@link readJwsHeader} does, and remembers those it read last: all tokens that one key signed have the same.
 * What it gives is shared by them, and frozen.
 */
export function rememberingHeaderReader(): HeaderReader {
  const remembered = createLRU<string, JwsHeader>({ max: rememberedHeaders });
  return function readHeader(part) {
    const known = remembered.get(part);
    if (known !== undefined) return known;
    const header = Object.freeze(readJwsHeader(part));
    // A part of a text keeps the whole of it in memory, and the whole is a token: so a copy is kept.
    if (part.length <= maxRememberedLength && isFlat(header)) {
      remembered.set(Buffer.from(part, "latin1").toString("latin1"), header);
    }
    return header;
  };
}

/** Whether it holds no object, which would be shared without being frozen. */
function isFlat(header: JwsHeader): boolean {
  return Object.values(header).every((value) => typeof value !== "object");
}

function requireHeader(header: JsonObject): asserts header is JwsHeader {
  for (const name of refusedParameters) {
    if (Object.hasOwn(header, name)) throw invalidToken(`the header has ${name}`);
  }
  const { alg, kid } = header;
  if (typeof alg !== "string") throw invalidToken("alg is not a string");
  if (typeof kid !== "string" || kid === "" || kid.length > maxKidLength) {
    throw invalidToken("kid is not a string of 1 to 128 characters");
  }
}

import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";

/** A surrogate that is none of a pair; of a pair the expression sees the one character. */
const halfCharacter = /\p{Surrogate}/u;

/**
 * Half a character cannot be written in UTF-8: whoever gets a name or a value with one reads another character in its place, and
 * so two users as one (RFC 7493 Section 2.1). UTF-8 itself holds none, so one can come from an escape alone.
 *
 * @param bytes what the value was parsed from.
 * @throws AuthError `invalid_token`
 */
export function requireWholeCharacters(bytes: Buffer, value: JsonObject): void {
  if (bytes.includes("\\u") && hasHalfCharacter(value)) throw invalidToken("it holds half a character");
}

function hasHalfCharacter(value: unknown): boolean {
  if (typeof value === "string") return halfCharacter.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, inner]) => halfCharacter.test(name) || hasHalfCharacter(inner));
}

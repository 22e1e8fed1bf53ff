import { invalidToken } from "./invalid-token.ts";

/**
 * Decodes one part of a compact JWS: base64url (RFC 7515 Section 2) that has one spelling only, so no padding, no other
 * alphabet, no spare bits and no lone last character.
 *
 * @throws AuthError `invalid_token`
 */
export function decodePart(part: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  if (part === "" || bytes.toString("base64url") !== part) throw invalidToken("a part is not canonical base64url");
  return bytes;
}

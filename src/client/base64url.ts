/** Bytes in base64url without padding (RFC 4648 Section 5). */
export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Random bytes in base64url: 16 for a nonce, 32 for a secret of 43 characters. */
export function randomText(length: 16 | 32): string {
  return base64url(crypto.getRandomValues(new Uint8Array(length)));
}

import { createHmac, type KeyObject } from "node:crypto";

// So that nobody takes one for an id.
const pseudonymPrefix = "hmac-";

/**
 * The pseudonym of a text: the first 132 bits of its HMAC-SHA-256 in base64url. Equal texts have equal pseudonyms under one
 * key, so rules that compare two of them can still be judged; without the key none can be tried out.
 */
export function pseudonymOf(key: KeyObject, text: string): string {
  return `${pseudonymPrefix}${createHmac("sha256", key).update(text, "utf8").digest("base64url").slice(0, 22)}`;
}

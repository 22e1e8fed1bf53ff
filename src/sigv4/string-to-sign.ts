import { createHmac, hash, KeyObject } from "node:crypto";
import { keyedHash } from "./keyed-hash.ts";

/** The only algorithm of header signatures that poolgate verifies and makes. */
export const algorithm = "AWS4-HMAC-SHA256";

/**
 * The string to sign of a canonical request.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-string-to-sign
 *
 * @param time the time of signing as `YYYYMMDDTHHMMSSZ`.
 * @param scope `date/region/service/aws4_request`.
 */
export function stringToSign(time: string, scope: string, canonicalRequest: string): string {
  return `${algorithm}\n${time}\n${scope}\n${hash("sha256", canonicalRequest, "hex")}`;
}

/**
 * The signature over a string to sign.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature
 *
 * @param key the key that `deriveSigningKey` gives.
 * @returns 64 lower-case hex digits.
 */
export function signatureOf(key: KeyObject | Uint8Array, text: string): string {
  // A KeyObject is kept and used again; bytes sign once.
  if (key instanceof KeyObject) return keyedHash(key)(text);
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}

import { createPublicKey } from "node:crypto";
import type { TokenAlgorithm } from "./token-algorithm.ts";
import { readTokenKey, type TokenKey } from "./token-key.ts";

// RFC 7468 Section 13. OpenSSL would read a private key or a certificate as well, and text around it.
const publicKeyForm = /^-----BEGIN PUBLIC KEY-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END PUBLIC KEY-----\s*$/;

/**
 * Reads a public key for one algorithm from a PEM document, which holds nothing else.
 *
 * @param kid the name under which the document was found.
 * @throws Error where it is no such document, or its key is not of the algorithm.
 */
export function readPemKey(pem: string, kid: string, alg: TokenAlgorithm): TokenKey {
  if (!publicKeyForm.test(pem)) throw new Error("the document is no public key in PEM");
  const jwk = createPublicKey(pem).export({ format: "jwk" });
  const key = readTokenKey({ ...jwk, kid, alg, use: "sig" }, [alg]);
  if (key === undefined) throw new Error(`the key is none for ${alg}`);
  return key;
}

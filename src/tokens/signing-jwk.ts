import { createPublicKey } from "node:crypto";
import type { JsonObject } from "./strict-json.ts";

/** An algorithm for signatures with a public key (RFC 7518 Section 3.1, RFC 8037): those of aws-jwt-verify, which has no PS. */
export type SigningAlgorithm = "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "EdDSA";

/** A public key for one algorithm as a JWK, with the members that matter alone. */
export type SigningJwk = { kty: string; use: "sig"; alg: SigningAlgorithm; kid: string; [member: string]: string };

const minimumBits = 2048;
/** Base64url of 2048 to 8192 bits; a longer modulus would only make verification slow. */
const modulus = /^[A-Za-z0-9_-]{342,1366}$/;
/** 65537, which every issuer uses; with 1 anybody could sign. */
const commonExponent = "AQAB";
/** Base64url of 32 to 66 bytes: a coordinate of any of the curves. */
const coordinate = /^[A-Za-z0-9_-]{43,88}$/;
/** RFC 7518 Section 3.4: each of these algorithms goes with one curve. */
const algorithmOfCurve = new Map<unknown, SigningAlgorithm>([
  ["P-256", "ES256"],
  ["P-384", "ES384"],
  ["P-521", "ES512"],
]);

/**
 * Reads a public key that may sign with one of these algorithms: RSA of 2048 to 8192 bits with the exponent 65537, a point
 * on the curve of its algorithm, or Ed25519. A key that does not name its algorithm signs with the one that its type allows;
 * an RSA key with the first of those that are accepted.
 *
 * @returns undefined for every other key.
 */
export function readSigningJwk(jwk: JsonObject, algorithms: readonly SigningAlgorithm[]): SigningJwk | undefined {
  const { use = "sig", kid } = jwk;
  if (use !== "sig" || typeof kid !== "string") return undefined;
  const own = algorithmOf(jwk, algorithms);
  if (own === undefined || !algorithms.includes(own) || (jwk.alg !== undefined && jwk.alg !== own)) return undefined;
  const members = jwk.kty === "RSA" ? readRsa(jwk) : readCurve(jwk);
  return members && { ...members, use, alg: own, kid };
}

function algorithmOf(jwk: JsonObject, algorithms: readonly SigningAlgorithm[]): SigningAlgorithm | undefined {
  if (jwk.kty === "EC") return algorithmOfCurve.get(jwk.crv);
  if (jwk.kty === "OKP") return jwk.crv === "Ed25519" ? "EdDSA" : undefined;
  if (jwk.kty !== "RSA") return undefined;
  return algorithms.find((name) => name.startsWith("RS") && (jwk.alg === undefined || jwk.alg === name));
}

function readRsa({ n, e }: JsonObject): { kty: "RSA"; n: string; e: string } | undefined {
  if (typeof n !== "string" || !modulus.test(n) || e !== commonExponent) return undefined;
  const key = { kty: "RSA", n, e } as const;
  const { asymmetricKeyDetails: details } = createPublicKey({ key, format: "jwk" });
  return Number(details?.modulusLength) >= minimumBits ? key : undefined;
}

function readCurve({ kty, crv, x, y }: JsonObject): { kty: string; crv: string; x: string; y?: string } | undefined {
  if (typeof x !== "string" || !coordinate.test(x)) return undefined;
  if (kty === "EC" && (typeof y !== "string" || !coordinate.test(y))) return undefined;
  const key = { kty: String(kty), crv: String(crv), x, ...(typeof y === "string" && { y }) };
  try {
    createPublicKey({ key, format: "jwk" });
    return key;
  } catch {
    // No point on the curve.
    return undefined;
  }
}

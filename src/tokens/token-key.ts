import { createPublicKey } from "node:crypto";
import { type SignatureCheck, signatureCheck } from "./signature.ts";
import type { JsonObject } from "./strict-json.ts";
import { keyForms, type TokenAlgorithm } from "./token-algorithm.ts";

/** The public half of a key, with the members that matter alone (RFC 7518 Section 6, RFC 8037 Section 2). */
type PublicMembers =
  | { kty: "RSA"; n: string; e: string }
  | { kty: "EC"; crv: string; x: string; y: string }
  | { kty: "OKP"; crv: string; x: string };

/** A public key of an issuer, for one algorithm. */
export interface TokenKey {
  /** The key as a JWK, with the members that matter alone. */
  readonly jwk: PublicMembers & { use: "sig"; alg: TokenAlgorithm; kid: string };
  readonly checkSignature: SignatureCheck;
}

const minimumBits = 2048;
/** Base64url of 2048 to 8192 bits; a longer modulus would only make verification slow. */
const modulus = /^[A-Za-z0-9_-]{342,1366}$/;
/** 65537, which every issuer uses; with 1 anybody could sign. */
const commonExponent = "AQAB";
/**
 * The y of the Ed25519 points of order 1, 2, 4 and 8, in hexadecimal as RFC 8032 Section 5.1.2 writes them, with the two that
 * have another spelling modulo p. With such a key anybody could sign, too.
 */
const smallOrders: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/**
 * Reads a key for one of the algorithms of its issuer from a JWK (RFC 7517 Section 4): RSA of 2048 to 8192 bits with the
 * exponent 65537, an EC key on the very curve of its algorithm, or Ed25519 but for points of small order. What the JWK says of
 * its use must allow that it verifies signatures.
 *
 * The key is good for one algorithm: the one that it names, or else the one of the issuer that its type and curve are made
 * for; with RSA the first of them.
 *
 * @returns undefined where it is no such key.
 */
export function readTokenKey(jwk: JsonObject, algorithms: readonly TokenAlgorithm[]): TokenKey | undefined {
  const { use = "sig", key_ops: operations, kid } = jwk;
  if (typeof kid !== "string" || use !== "sig") return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) return undefined;
  const alg = algorithms.find((name) => (jwk.alg === undefined || jwk.alg === name) && fits(jwk, name));
  const members = alg && readMembers(jwk);
  if (members === undefined || !exists(members)) return undefined;
  const key = { ...members, use, alg, kid } as TokenKey["jwk"];
  return { jwk: key, checkSignature: signatureCheck(key) };
}

function fits(jwk: JsonObject, algorithm: TokenAlgorithm): boolean {
  const { kty, crv } = keyForms[algorithm];
  return jwk.kty === kty && (crv === undefined || jwk.crv === crv);
}

function readMembers({ kty, n, e, crv, x, y }: JsonObject): PublicMembers | undefined {
  if (kty === "RSA") {
    return typeof n === "string" && modulus.test(n) && e === commonExponent ? { kty, n, e } : undefined;
  }
  if (typeof x !== "string") return undefined;
  if (kty === "OKP") return hasSmallOrder(x) ? undefined : { kty, crv: "Ed25519", x };
  return typeof y === "string" ? { kty: "EC", crv: String(crv), x, y } : undefined;
}

function hasSmallOrder(x: string): boolean {
  const point = Buffer.from(x, "base64url");
  // The highest bit is the sign of the other coordinate; both points of one y have the same order.
  return smallOrders.has(Buffer.from(point.map((byte, at) => (at === 31 ? byte & 0x7f : byte))).toString("hex"));
}

/** Whether there is such a key: a modulus that is long enough, a point on the curve. */
function exists(members: PublicMembers): boolean {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key: members, format: "jwk" });
    return members.kty !== "RSA" || Number(details?.modulusLength) >= minimumBits;
  } catch {
    return false;
  }
}

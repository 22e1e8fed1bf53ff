import { createPublicKey } from "node:crypto";
import { type SignatureCheck, signatureCheck } from "./signature.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

/** A public key of an issuer. */
export interface TokenKey {
  /** The key as a JWK, with the members that matter alone. */
  readonly jwk: { kty: "RSA"; use: "sig"; alg: "RS256"; kid: string; n: string; e: string };
  readonly checkSignature: SignatureCheck;
}

/** The usable keys of a JWKS document by `kid`. */
export type TokenKeys = ReadonlyMap<string, TokenKey>;

/** Where an issuer's keys come from. */
export interface KeySource {
  /**
   * The key of a `kid`.
   *
   * @throws AuthError `invalid_token` where there is no such key, `keys_unavailable` where it cannot be known now.
   */
  find(kid: string): Promise<TokenKey>;
  /** Whether a key that was found is still the issuer's: false once it has been withdrawn, or replaced under its `kid`. */
  trusts(key: TokenKey): boolean;
  /** Resolves when keys are there. */
  ready(): Promise<void>;
}

const maxKeys = 50;
const minimumBits = 2048;
/** Base64url of 2048 to 8192 bits; a longer modulus would only make verification slow. */
const modulus = /^[A-Za-z0-9_-]{342,1366}$/;
/** 65537, which every issuer uses; with 1 anybody could sign. */
const commonExponent = "AQAB";

/**
 * Reads the keys of a JWKS document (RFC 7517 Section 5) that may sign tokens of Cognito: RSA of 2048 to 8192 bits with
 * the exponent 65537, for signatures with RS256. Others are passed over, and so are all that share a `kid`, since nobody could tell them apart.
 *
 * @returns undefined where it is no JWKS document, or one with more than 50 keys.
 */
export function readJwks(document: unknown): TokenKeys | undefined {
  if (!isJsonObject(document) || !Array.isArray(document.keys) || document.keys.length > maxKeys) return undefined;
  const jwks: readonly JsonObject[] = document.keys.filter(isJsonObject);
  const keys = new Map<string, TokenKey>();
  for (const jwk of jwks) {
    const key = readKey(jwk);
    if (key === undefined || jwks.some((other) => other !== jwk && other.kid === jwk.kid)) continue;
    keys.set(key.jwk.kid, key);
  }
  return keys;
}

function readKey({ kty, use = "sig", alg = "RS256", kid, n, e }: JsonObject): TokenKey | undefined {
  if (kty !== "RSA" || use !== "sig" || alg !== "RS256") return undefined;
  if (typeof kid !== "string" || typeof n !== "string" || !modulus.test(n) || e !== commonExponent) return undefined;
  const jwk = { kty, use, alg, kid, n, e } as const;
  const { asymmetricKeyDetails: details } = createPublicKey({ key: jwk, format: "jwk" });
  return Number(details?.modulusLength) >= minimumBits ? { jwk, checkSignature: signatureCheck(jwk) } : undefined;
}

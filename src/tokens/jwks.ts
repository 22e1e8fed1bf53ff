import type { Condition } from "../readiness.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import type { TokenAlgorithm } from "./token-algorithm.ts";
import { readTokenKey, type TokenKey } from "./token-key.ts";

export type { TokenKey };

/** The usable keys of a JWKS document by `kid`. */
export type TokenKeys = ReadonlyMap<string, TokenKey>;

/** Where an issuer's keys come from. */
export interface KeySource {
  /**
   * The key of a `kid`; without a promise where it is at hand. It never throws, but gives a promise that rejects.
   *
   * @throws AuthError `invalid_token` where there is no such key, `keys_unavailable` where it cannot be known now.
   */
  find(kid: string): Promise<TokenKey> | TokenKey;
  /**
   * Whether a key that was found is still the issuer's: false once it has been withdrawn, or replaced under its `kid`.
   *
   * @throws AuthError `keys_unavailable` where that cannot be known now.
   */
  trusts(key: TokenKey): boolean;
  /** Resolves when keys are there. */
  ready(): Promise<void>;
  /** How the keys stand, by what is known now; nothing is fetched. */
  readiness(): Condition;
}

const maxKeys = 50;

/**
 * Reads the keys of a JWKS document (RFC 7517 Section 5) that may sign with one of these algorithms. Others are passed over,
 * and so are all that share a `kid`, since nobody could tell them apart.
 *
 * @returns undefined where it is no JWKS document, or one with more than 50 keys.
 */
export function readJwks(document: unknown, algorithms: readonly TokenAlgorithm[] = ["RS256"]): TokenKeys | undefined {
  if (!isJsonObject(document) || !Array.isArray(document.keys) || document.keys.length > maxKeys) return undefined;
  const jwks: readonly JsonObject[] = document.keys.filter(isJsonObject);
  const keys = new Map<string, TokenKey>();
  for (const jwk of jwks) {
    const key = readTokenKey(jwk, algorithms);
    if (key === undefined || jwks.some((other) => other !== jwk && other.kid === jwk.kid)) continue;
    keys.set(key.jwk.kid, key);
  }
  return keys;
}

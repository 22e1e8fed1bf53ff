import { hash } from "node:crypto";
import { createLRU } from "lru.min";
import { type Awaitable, proceed } from "../awaitable.ts";
import { lockPrincipal } from "../principal.ts";
import type { VerifiedToken } from "./token-issuer.ts";

/** How many verified tokens are kept, and how long. */
export interface TokenCacheOptions {
  /** The most tokens that are kept, those used last; 10,000 by default, some 30 MB if all are in use. */
  readonly entries?: number;
  /** How long a token is kept at most, in seconds; 300 by default, 1 to 86,400. None is kept past its end. */
  readonly maxAgeSeconds?: number;
}

/** What {@link createTokenCache} takes. */
export interface TokenCacheSetup {
  readonly entries: number;
  /** In milliseconds. */
  readonly maxAge: number;
  readonly clock: () => number;
}

/**
 * Verifies a token, or finds that this very token was verified lately.
 *
 * @param verify verifies it anew; what it throws is thrown, and kept by nobody.
 */
export type TokenCache = (raw: string, verify: (raw: string) => Awaitable<VerifiedToken>) => Awaitable<VerifiedToken>;

interface Kept {
  readonly token: VerifiedToken;
  readonly keptAt: number;
}

/** Verifies every token anew. */
export const noTokenCache: TokenCache = (raw, verify) => verify(raw);

/**
 * Makes the cache of the tokens that one `bearer` has verified. It holds digests, not tokens: who reads the memory of the
 * process finds nothing to send.
 */
export function createTokenCache({ entries, maxAge, clock }: TokenCacheSetup): TokenCache {
  const cache = createLRU<string, Kept>({ max: entries });

  function find(digest: string): VerifiedToken | undefined {
    const kept = cache.get(digest);
    if (kept === undefined) return undefined;
    const age = clock() - kept.keptAt;
    // An age below zero means that the clock was set back.
    if (age >= 0 && age < maxAge && holds(kept.token)) return kept.token;
    cache.delete(digest);
    return undefined;
  }

  return function verifyOnce(raw, verify) {
    // A good token is ASCII, so no other text has its bytes, and no other spelling of it its digest.
    const digest = hash("sha256", raw, "base64url");
    const known = find(digest);
    if (known !== undefined) return known;
    const keptAt = clock();
    return proceed(verify(raw), (token) => {
      lockPrincipal(token.principal);
      cache.set(digest, { token, keptAt });
      return token;
    });
  };
}

/** Whether a token would still be accepted; where not, verification tells why, or finds that it is good again. */
function holds(token: VerifiedToken): boolean {
  try {
    token.recheck();
    return true;
  } catch {
    return false;
  }
}

import { createLRU } from "lru.min";

/** A limit for each of many keys. */
export interface RateLimit {
  /**
   * Takes one from the allowance of a key.
   *
   * @returns undefined where there was one left, else the seconds until there is.
   */
  take(key: string): number | undefined;
  /** Takes some from the allowance of a key, whether or not they are left: it comes back later, then. */
  charge(key: string, count: number): void;
}

const minute = 60_000;
/** The most keys that are remembered; beyond it the one that was quiet for longest begins anew. */
const maxKeys = 10_000;

/**
 * Makes a limit of some in a minute: all of them may be taken at once, and each comes back after its part of the minute.
 *
 * @param clock milliseconds since 1970.
 * @param debt the most that a key can be charged beyond its allowance.
 */
export function createRateLimit(perMinute: number, clock: () => number, debt = 0): RateLimit {
  const interval = Math.floor(minute / perMinute);
  const whole = interval * perMinute;
  const deepest = whole + interval * debt;
  // For each key the time at which its whole allowance is there again, as the generic cell rate algorithm keeps it.
  const fullAt = createLRU<string, number>({ max: maxKeys });

  /** That time; a clock that was set back must lock nobody out for longer than all of the debt. */
  function lastFullAt(key: string, now: number): number {
    return Math.min(Math.max(fullAt.get(key) ?? now, now), now + deepest);
  }

  return {
    take(key) {
      const now = clock();
      const before = lastFullAt(key, now);
      const wait = before + interval - whole - now;
      if (wait > 0) return Math.ceil(wait / 1_000);
      fullAt.set(key, before + interval);
      return undefined;
    },
    charge(key, count) {
      fullAt.set(key, lastFullAt(key, clock()) + interval * count);
    },
  };
}

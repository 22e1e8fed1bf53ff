import type { Store } from "./store.ts";

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
  /** The most entries it holds, 100,000 by default. */
  readonly maxEntries?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

interface Entry {
  readonly value: Uint8Array;
  readonly expiresAt: number;
}

/** There is no room for another key. */
class StoreFull extends Error {
  override readonly name = "StoreFull";
  override readonly message = "the memory store is full; raise memoryStore.maxEntries";
}

const optionNames = ["maxEntries", "clock"];
/** How often the entries whose time is over are looked for, in milliseconds: always, and where there is no room. */
const sweepEvery = 60_000;
const sweepFullEvery = 1_000;

/**
 * Makes a store in the memory of this process, for one node.
 *
 * It never drops an entry before its time: a session that is gone without a word is an outage for its caller, and a replay
 * mark that is gone is a hole. A full store rejects new keys instead, while all that it holds goes on.
 *
 * @throws TypeError where an option is unknown or faulty.
 *
 * @example
 * ```ts
 * import { createSessions, memoryStore } from "poolgate";
 *
 * const store = memoryStore({ maxEntries: 20_000 });
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", store });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw new TypeError(`memoryStore.${name}: there is no such option`);
  }
  const { maxEntries = 100_000, clock = Date.now } = options;
  if (!Number.isInteger(maxEntries) || maxEntries < 1) {
    throw new TypeError("memoryStore.maxEntries: must be a whole number from 1");
  }
  if (typeof clock !== "function") throw new TypeError("memoryStore.clock: must be a function such as Date.now");
  const entries = new Map<string, Entry>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || clock() < entry.expiresAt) return entry;
    entries.delete(key);
    return undefined;
  }

  function sweep(): void {
    const now = clock();
    // A clock that was set back must not put the next sweep off.
    const sinceSwept = Math.abs(now - sweptAt);
    if (sinceSwept < (entries.size < maxEntries ? sweepEvery : sweepFullEvery)) return;
    sweptAt = now;
    for (const [key, entry] of entries) if (now >= entry.expiresAt) entries.delete(key);
  }

  function put(key: string, value: Uint8Array, expiresAt: number): void {
    if (!Number.isFinite(expiresAt)) throw new TypeError("memoryStore: expiresAt must be a time in milliseconds");
    sweep();
    if (entries.size >= maxEntries && !entries.has(key)) throw new StoreFull();
    entries.set(key, { value: Uint8Array.from(value), expiresAt });
  }

  return {
    local: true,
    async get(key) {
      const entry = live(key);
      return entry === undefined ? undefined : Uint8Array.from(entry.value);
    },
    async set(key, value, expiresAt) {
      put(key, value, expiresAt);
    },
    async add(key, value, expiresAt) {
      if (live(key) !== undefined) return false;
      put(key, value, expiresAt);
      return true;
    },
    async delete(key) {
      entries.delete(key);
    },
    async list(prefix) {
      const now = clock();
      const found: string[] = [];
      for (const [key, entry] of entries) if (key.startsWith(prefix) && now < entry.expiresAt) found.push(key);
      return found;
    },
  };
}

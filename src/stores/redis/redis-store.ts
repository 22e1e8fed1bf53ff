import type { Store } from "../store.ts";
import { type RedisClient, sender } from "./redis-client.ts";
import { RedisFault } from "./redis-fault.ts";

/** What {@link redisStore} takes beside a client. */
export interface RedisStoreOptions {
  /** Begins every key in Redis; nothing by default: the keys of sessions begin with `poolgate/`. */
  readonly keyPrefix?: string;
  /** The most commands that wait for Redis at a time, 10,000 by default; those beyond it reject at once. */
  readonly maxPending?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

const optionNames = ["keyPrefix", "maxPending", "clock"];
/** How many slots of the hash table one SCAN looks at: about a millisecond of Redis. */
const scanCount = "2000";
/** A listing that takes more steps than this, of 40 million keys and more, is given up. */
const maxScans = 20_000;

/**
 * Makes a store in Redis, for the gates of several nodes. It takes the client of your choice, made and connected by you.
 *
 * The end of an entry is counted down by Redis from the time that the gate's clock says is left: a Redis whose clock is wrong
 * drops nothing early. Values stand in Redis as base64.
 *
 * @throws TypeError where the client or an option is faulty.
 *
 * @example
 * ```ts
 * import { Redis } from "ioredis";
 * import { createSessions } from "poolgate";
 * import { redisStore } from "poolgate/redis";
 *
 * declare const key: Uint8Array; // 32 random bytes, from where you keep secrets
 *
 * const client = new Redis("rediss://redis.example.com:6379", { socketTimeout: 5_000 });
 * client.on("error", (fault) => console.error("redis:", fault.name));
 * const sessions = createSessions({
 *   service: "api.example.com",
 *   region: "eu-west-1",
 *   store: redisStore(client),
 *   sealing: { current: { id: "2026-01", key } },
 * });
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw new TypeError(`redisStore.${name}: there is no such option`);
  }
  const { keyPrefix = "", maxPending = 10_000, clock = Date.now } = options;
  if (typeof keyPrefix !== "string") throw new TypeError("redisStore.keyPrefix: must be a string");
  if (!Number.isInteger(maxPending) || maxPending < 1) {
    throw new TypeError("redisStore.maxPending: must be a whole number from 1");
  }
  if (typeof clock !== "function") throw new TypeError("redisStore.clock: must be a function such as Date.now");
  const send = sender(client, maxPending);

  function nameOf(key: string): string {
    // Half a pair has no UTF-8: two keys would become one.
    if (/\p{Surrogate}/u.test(key)) throw new TypeError("redisStore: a key must be well-formed Unicode");
    return keyPrefix + key;
  }

  /** The milliseconds until a time, as an argument; undefined where it is over. */
  function timeTo(expiresAt: number): string | undefined {
    const left = Math.ceil(expiresAt - clock());
    if (!Number.isFinite(left)) throw new TypeError("redisStore: expiresAt must be a time in milliseconds");
    return left > 0 ? String(Math.min(left, Number.MAX_SAFE_INTEGER)) : undefined;
  }

  /** Names the process that answers; empty where a service does not tell. */
  async function serverId(): Promise<string> {
    return /^run_id:(\w+)/m.exec(textOf("INFO", await send("INFO", "server")))?.[1] ?? "";
  }

  return {
    async get(key) {
      const reply = await send("GET", nameOf(key));
      return reply === null ? undefined : decode(textOf("GET", reply));
    },
    async set(key, value, expiresAt) {
      const name = nameOf(key);
      const left = timeTo(expiresAt);
      if (left === undefined) countOf("DEL", await send("DEL", name));
      else requireOk(await send("SET", name, encode(value), "PX", left));
    },
    async add(key, value, expiresAt) {
      const name = nameOf(key);
      const left = timeTo(expiresAt);
      if (left === undefined) return countOf("EXISTS", await send("EXISTS", name)) === 0;
      const reply = await send("SET", name, encode(value), "NX", "PX", left);
      if (reply === null) return false;
      requireOk(reply);
      return true;
    },
    async delete(key) {
      countOf("DEL", await send("DEL", nameOf(key)));
    },
    async list(prefix) {
      const start = nameOf(prefix);
      const server = await serverId();
      // Redis may say a key twice while it moves its table.
      const keys = new Set<string>();
      let cursor = "0";
      for (let scans = 1; scans <= maxScans; scans += 1) {
        const reply = await send("SCAN", cursor, "MATCH", `${escapeGlob(start)}*`, "COUNT", scanCount);
        if (!Array.isArray(reply) || reply.length !== 2 || !Array.isArray(reply[1])) throw unexpected("SCAN");
        for (const name of reply[1]) {
          const text = textOf("SCAN", name);
          if (!text.startsWith(start)) throw unexpected("SCAN");
          keys.add(text.slice(keyPrefix.length));
        }
        cursor = textOf("SCAN", reply[0]);
        if (cursor !== "0") continue;
        // A cursor means nothing to another server, or to the same one after a restart: it would pass over keys.
        if (scans > 1 && (await serverId()) !== server) throw new RedisFault("SCAN", "ServerChanged");
        return [...keys];
      }
      throw new RedisFault("SCAN", "TooManyKeys");
    },
  };
}

function encode(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
}

function decode(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : Number(text.endsWith("="));
  // Buffer skips what it cannot read; a value that is none of ours is not a shorter one of ours.
  if (bytes.length !== (text.length / 4) * 3 - padding) throw new RedisFault("GET", "ForeignValue");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Clients that are told to answer with bytes do. */
function textOf(command: string, reply: unknown): string {
  if (typeof reply === "string") return reply;
  if (Buffer.isBuffer(reply)) return reply.toString("utf8");
  throw unexpected(command);
}

/** Clients that are told to answer integers as strings do. */
function countOf(command: string, reply: unknown): number {
  const count = typeof reply === "string" && /^\d{1,15}$/.test(reply) ? Number(reply) : reply;
  if (typeof count !== "number" || !Number.isInteger(count)) throw unexpected(command);
  return count;
}

function requireOk(reply: unknown): void {
  if (textOf("SET", reply) !== "OK") throw unexpected("SET");
}

function unexpected(command: string): RedisFault {
  return new RedisFault(command, "UnexpectedReply");
}

/** Makes a pattern that matches a text and nothing else. */
function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, "\\$&");
}

import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisStore } from "poolgate/redis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testStoreContract } from "../stores/store-contract.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

let server: RedisServer;
let ioredis: Redis;
let nodeRedis: ReturnType<typeof createClient>;

beforeAll(async () => {
  server = await startRedis();
  ioredis = new Redis(server.address);
  nodeRedis = createClient({ socket: server.address });
  await nodeRedis.connect();
});

afterAll(async () => {
  ioredis.disconnect();
  nodeRedis.destroy();
  await server.close();
});

afterEach(async () => {
  await ioredis.flushall();
});

/** Redis counts time in whole milliseconds, and drops an entry in the one after its last. */
const advance = async (milliseconds: number) => void (await sleep(milliseconds + 20));
const now = () => Date.now();

testStoreContract("redisStore over ioredis", async () => ({
  store: redisStore(ioredis),
  other: redisStore(nodeRedis),
  now,
  advance,
}));

testStoreContract("redisStore over redis, with a prefix of patterns", async () => ({
  store: redisStore(nodeRedis, { keyPrefix: "a[b]*?\\:" }),
  other: redisStore(ioredis, { keyPrefix: "a[b]*?\\:" }),
  now,
  advance,
}));

testStoreContract("redisStore over clients that answer otherwise", async () => ({
  store: redisStore(nodeRedis.withTypeMapping({ 36: Buffer, 43: Buffer })),
  other: redisStore(strings),
  now,
  advance,
}));

/** A client of ioredis on RESP2 that answers integers as strings. */
const strings = {
  async call(command: string, ...args: string[]): Promise<unknown> {
    const reply = await ioredis.call(command, ...args);
    return typeof reply === "number" ? String(reply) : reply;
  },
};

describe("redisStore, on a real Redis", () => {
  const one = Uint8Array.of(1);

  it("leaves the end of an entry to Redis, which drops it with nobody asking", async () => {
    await redisStore(ioredis).set("a", one, Date.now() + 600_000);
    await redisStore(nodeRedis).add("b", one, Date.now() + 600_000);
    for (const key of ["a", "b"]) {
      const left = await ioredis.pttl(key);
      expect(left).toBeGreaterThan(500_000);
      expect(left).toBeLessThanOrEqual(600_000);
    }
  });

  it("goes by the clock of the gate: entries last, however wrong the clock of Redis is", async () => {
    const yearsAgo = Date.UTC(2020, 0, 1);
    const store = redisStore(ioredis, { clock: () => yearsAgo });
    await store.set("a", one, yearsAgo + 60_000);
    expect(await store.get("a")).toEqual(one);
  });

  it("sees nothing of other prefixes, nor of keys of other applications", async () => {
    const ours = redisStore(ioredis, { keyPrefix: "gate:" });
    await redisStore(ioredis, { keyPrefix: "gate2:" }).set("a", one, Date.now() + 600_000);
    await ioredis.set("session", "plain");
    await ours.set("a", one, Date.now() + 600_000);
    expect(await ours.list("")).toEqual(["a"]);
    await ours.delete("a");
    expect((await ioredis.keys("*")).toSorted()).toEqual(["gate2:a", "session"]);
  });

  it("rejects what is no value of a store, and names no key", async () => {
    await ioredis.lpush("s/AKIDSECRET", "element");
    await ioredis.set("t/AKIDSECRET", "no base64!");
    for (const client of [ioredis, nodeRedis]) {
      const store = redisStore(client);
      await expect(store.get("s/AKIDSECRET")).rejects.toMatchObject({ message: "GET: WRONGTYPE", code: "WRONGTYPE" });
      await expect(store.get("t/AKIDSECRET")).rejects.toMatchObject({ message: "GET: ForeignValue" });
    }
  });

  it("rejects where Redis is full, and loses nothing that it held", async () => {
    const store = redisStore(ioredis);
    await store.set("a", one, Date.now() + 600_000);
    await ioredis.config("SET", "maxmemory", "1");
    try {
      await expect(store.set("b", one, Date.now() + 600_000)).rejects.toThrow("SET: OOM");
      await expect(redisStore(nodeRedis).add("b", one, Date.now() + 600_000)).rejects.toThrow("SET: OOM");
      expect(await store.get("a")).toEqual(one);
    } finally {
      await ioredis.config("SET", "maxmemory", "0");
    }
  });

  it("rejects where the client is closed, or nobody listens", async () => {
    const closed = createClient({ socket: server.address });
    await expect(redisStore(closed).get("a")).rejects.toThrow("GET: ClientClosedError");
    const nobody = new Redis({ port: 1, host: "127.0.0.1", maxRetriesPerRequest: 0, retryStrategy: () => null });
    nobody.on("error", () => {});
    await expect(redisStore(nobody).get("a")).rejects.toMatchObject({ name: "RedisFault" });
  });

  it("fails what was open when Redis ended, and goes on when it is there again", async () => {
    const restarted = await startRedis();
    const client = new Redis({
      ...{ ...restarted.address, autoResendUnfulfilledCommands: false },
      ...{ retryStrategy: () => 50, maxRetriesPerRequest: null },
    });
    client.on("error", () => {});
    try {
      const store = redisStore(client, { maxPending: 100 });
      for (const _ of [1, 2, 3]) {
        expect(await store.get("a")).toBeUndefined();
        restarted.pause();
        const waiting = Array.from({ length: 100 }, () => store.get("a"));
        const ends = Promise.all(waiting.map((each) => each.catch(({ message }) => message)));
        await expect(store.get("a")).rejects.toThrow("GET: TooManyPending");
        await restarted.restart();
        expect(await ends).toEqual(waiting.map(() => "GET: ConnectionLost"));
      }
      await store.set("a", one, Date.now() + 600_000);
      expect(await store.get("a")).toEqual(one);
    } finally {
      client.disconnect();
      await restarted.close();
    }
  });

  it("answers at once, while Redis is silent, once as many commands wait as may; and goes on when Redis does", async () => {
    const store = redisStore(ioredis, { maxPending: 100 });
    await store.set("a", one, Date.now() + 600_000);
    server.pause();
    try {
      const waiting = Array.from({ length: 100 }, () => store.get("a"));
      await expect(store.get("a")).rejects.toThrow("GET: TooManyPending");
      server.resume();
      expect(await Promise.all(waiting)).toEqual(waiting.map(() => one));
      expect(await store.get("a")).toEqual(one);
    } finally {
      server.resume();
    }
  });
});

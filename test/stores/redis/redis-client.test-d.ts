import { Redis } from "ioredis";
import { redisStore } from "poolgate/redis";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { describe, expectTypeOf, it } from "vitest";
import type { Store } from "../../../src/stores/store.ts";

describe("redisStore", () => {
  it("takes a client of ioredis", () => {
    expectTypeOf(redisStore(new Redis())).toEqualTypeOf<Store>();
    redisStore(new Redis({ name: "main", sentinels: [{ host: "127.0.0.1", port: 26379 }] }));
  });

  it("takes a client of redis, or a pool of them", () => {
    expectTypeOf(redisStore(createClient())).toEqualTypeOf<Store>();
    redisStore(createClient({ RESP: 2 }), { keyPrefix: "gate:", maxPending: 100, clock: () => 0 });
    redisStore(createClientPool());
  });

  it("does not compile with what is no client, or with a misspelled option", () => {
    // @ts-expect-error an address is no client
    redisStore("redis://127.0.0.1:6379");
    // @ts-expect-error a map is no client
    redisStore(new Map());
    // @ts-expect-error nothing is no client
    redisStore();
    // @ts-expect-error the option is keyPrefix
    redisStore(new Redis(), { prefix: "gate:" });
  });

  it("does not compile with clients of redis whose commands need to be told a node", () => {
    // @ts-expect-error a cluster
    redisStore(createCluster({ rootNodes: [{ url: "redis://127.0.0.1:6379" }] }));
    // @ts-expect-error a sentinel
    redisStore(createSentinel({ name: "main", sentinelRootNodes: [{ host: "127.0.0.1", port: 26379 }] }));
  });
});

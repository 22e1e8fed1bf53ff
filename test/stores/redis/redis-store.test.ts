import { EventEmitter } from "node:events";
import { type RedisClient, type RedisStoreOptions, redisStore } from "poolgate/redis";
import { describe, expect, it } from "vitest";

const start = Date.UTC(2026, 0, 15, 12);
const soon = start + 1_000;
const one = Uint8Array.of(1);

/** What Redis says of itself. */
const info = (id: string) => `# Server\r\nredis_version:7.0.15\r\nprocess_id:1\r\nrun_id:${id}\r\ntcp_port:6379\r\n`;

/** A client of ioredis that answers from a list, the last answer again and again. */
function scripted(...replies: unknown[]): { readonly client: RedisClient; readonly sent: (readonly string[])[] } {
  const sent: (readonly string[])[] = [];
  const client = {
    async call(...command: string[]) {
      sent.push(command);
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply instanceof Error) throw reply;
      return reply;
    },
  };
  return { client, sent };
}

const storeOf = (client: RedisClient, options: RedisStoreOptions = {}) =>
  redisStore(client, { clock: () => start, ...options });

describe("redisStore", () => {
  it("sends one command for each operation, with the time that the gate's clock says is left", async () => {
    const { client, sent } = scripted(null, "OK", "OK", 1, info("a1"), ["0", []]);
    const store = storeOf(client, { keyPrefix: "app:" });
    await store.get("a");
    await store.set("a", one, start + 1_000);
    await store.add("b", one, start + 0.5);
    await store.delete("a");
    await store.list("a*");
    expect(sent).toEqual([
      ["GET", "app:a"],
      ["SET", "app:a", "AQ==", "PX", "1000"],
      ["SET", "app:b", "AQ==", "NX", "PX", "1"],
      ["DEL", "app:a"],
      ["INFO", "server"],
      ["SCAN", "0", "MATCH", "app:a\\**", "COUNT", "2000"],
    ]);
  });

  it("speaks to a client of redis in its own way", async () => {
    const sent: string[][] = [];
    const client = {
      async sendCommand(args: string[]) {
        sent.push(args);
        return "AQ==";
      },
    };
    expect(await redisStore(client).get("a")).toEqual(one);
    expect(sent).toEqual([["GET", "a"]]);
  });

  it("takes a client that has call and sendCommand for one of ioredis", async () => {
    const client = { call: async () => "AQ==", sendCommand: () => Promise.reject(new Error("not this way")) };
    expect(await redisStore(client).get("a")).toEqual(one);
  });

  it("reads answers of clients that give bytes, or integers as strings", async () => {
    expect(await storeOf(scripted(Buffer.from("AQ==")).client).get("a")).toEqual(one);
    expect(await storeOf(scripted(Buffer.from("OK")).client).add("a", one, soon)).toBe(true);
    expect(await storeOf(scripted("1").client).add("a", one, start)).toBe(false);
    await storeOf(scripted("0").client).delete("a");
    const scan = [Buffer.from("0"), [Buffer.from("\u00e4")]];
    expect(await storeOf(scripted(Buffer.from(info("a1")), scan).client).list("")).toEqual(["\u00e4"]);
  });

  it("follows the cursor to its end, and says each key once", async () => {
    const { client, sent } = scripted(
      info("a1"),
      ["7", ["p:k1", "p:k2"]],
      ["9", []],
      ["0", ["p:k2", "p:k3"]],
      info("a1"),
    );
    expect(await storeOf(client, { keyPrefix: "p:" }).list("k")).toEqual(["k1", "k2", "k3"]);
    expect(sent.filter(([command]) => command === "SCAN").map(([, cursor]) => cursor)).toEqual(["0", "7", "9"]);
  });

  it("gives a listing up in the midst of which another server took over, or the same one started again", async () => {
    const { client } = scripted(info("a1"), ["7", ["k1"]], ["0", ["k2"]], info("a2"));
    await expect(storeOf(client).list("k")).rejects.toThrow("SCAN: ServerChanged");
  });

  it("lists where a service does not tell which server it is", async () => {
    const { client } = scripted("# Server\r\n", ["7", ["k1"]], ["0", ["k2"]], "# Server\r\n");
    expect(await storeOf(client).list("k")).toEqual(["k1", "k2"]);
  });

  it("gives a listing up that does not end", async () => {
    const { client, sent } = scripted(info("a1"), ["7", []]);
    await expect(storeOf(client).list("k")).rejects.toThrow("SCAN: TooManyKeys");
    expect(sent.length).toBe(20_001);
  });

  describe("rejects an answer that is none of Redis, and never takes it for absent:", () => {
    const get = (reply: unknown) => storeOf(scripted(reply).client).get("a");
    const set = (reply: unknown) => storeOf(scripted(reply).client).set("a", one, soon);
    const setOver = (reply: unknown) => storeOf(scripted(reply).client).set("a", one, start);
    const add = (reply: unknown) => storeOf(scripted(reply).client).add("a", one, soon);
    const addOver = (reply: unknown) => storeOf(scripted(reply).client).add("a", one, start);
    const remove = (reply: unknown) => storeOf(scripted(reply).client).delete("a");
    const list = (reply: unknown) => storeOf(scripted(info("a1"), reply).client).list("a");
    const listAt = (reply: unknown) => storeOf(scripted(reply).client).list("a");

    it.each([
      ["GET", get, undefined],
      ["GET", get, 0],
      ["GET", get, false],
      ["GET", get, ["AQ=="]],
      ["GET", get, {}],
      ["SET", set, undefined],
      ["SET", set, null],
      ["SET", set, "QUEUED"],
      ["SET", set, 1],
      ["SET", set, true],
      ["DEL", setOver, "OK"],
      ["DEL", setOver, null],
      ["SET", add, undefined],
      ["SET", add, "ok"],
      ["SET", add, 0],
      ["SET", add, false],
      ["EXISTS", addOver, null],
      ["EXISTS", addOver, ""],
      ["EXISTS", addOver, undefined],
      ["EXISTS", addOver, false],
      ["DEL", remove, null],
      ["DEL", remove, Number.NaN],
      ["DEL", remove, "QUEUED"],
      ["INFO", listAt, null],
      ["INFO", listAt, {}],
      ["SCAN", list, null],
      ["SCAN", list, []],
      ["SCAN", list, ["0"]],
      ["SCAN", list, ["0", null]],
      ["SCAN", list, ["0", [5]]],
      ["SCAN", list, [0, []]],
      ["SCAN", list, ["0", ["b"]]],
      ["SCAN", list, ["0", [], "more"]],
    ])("%s answered by %o %j", async (command, ask, reply) => {
      await expect(ask(reply)).rejects.toMatchObject({ name: "RedisFault", code: "UnexpectedReply" });
      await expect(ask(reply)).rejects.toThrow(`${command}: UnexpectedReply`);
    });

    it.each(["A", "AQ", "AQ==\n", " AQ==", "AQ=", "A!==", "{}", "\u00e4"])(
      "GET of the foreign value %j",
      async (value) => {
        await expect(get(value)).rejects.toThrow("GET: ForeignValue");
      },
    );
  });

  it.each([
    [Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:6379"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [Object.assign(new Error("OOM command not allowed"), { name: "ReplyError" }), "OOM"],
    [new Error("WRONGTYPE Operation against a key"), "WRONGTYPE"],
    [
      Object.assign(new Error("Connection is closed."), { name: "MaxRetriesPerRequestError" }),
      "MaxRetriesPerRequestError",
    ],
    [Object.assign(new Error("failed"), { code: "a key: s/1", name: "secret value" }), "Error"],
    [Object.assign(new Error("failed"), { code: 5 }), "Error"],
  ])("names the fault of a client (%s) by a code, and keeps nothing else of it", async (fault, code) => {
    Object.assign(fault, { command: { name: "set", args: ["session/AKIDSECRET", "c2VjcmV0"] } });
    const rejected: unknown = await storeOf(scripted(fault).client)
      .get("session/AKIDSECRET")
      .catch((thrown: unknown) => thrown);
    expect(rejected).toMatchObject({ name: "RedisFault", code, message: `GET: ${code}` });
    expect(Object.getOwnPropertyNames(rejected).toSorted()).toEqual(["code", "message", "name", "stack"]);
    expect(`${(rejected as Error).stack}`).not.toMatch(/AKIDSECRET|c2VjcmV0/);
  });

  it("names what a client throws that is no error, or throws at once", async () => {
    const client = { call: () => Promise.reject("session/AKIDSECRET") };
    await expect(redisStore(client).get("a")).rejects.toThrow(/^GET: Error$/);
    const sudden = {
      call(): Promise<unknown> {
        throw new TypeError("session/AKIDSECRET");
      },
    };
    await expect(redisStore(sudden).get("a")).rejects.toThrow(/^GET: TypeError$/);
  });

  it("lets no more commands wait than it was told, and goes on when some are answered", async () => {
    const waiting: ((reply: unknown) => void)[] = [];
    const client = { call: () => new Promise<unknown>((resolve) => void waiting.push(resolve)) };
    const store = redisStore(client, { maxPending: 2 });
    const first = store.get("a");
    const second = store.get("b");
    await expect(store.get("c")).rejects.toThrow("GET: TooManyPending");
    await expect(store.add("c", one, Date.now() + 1_000)).rejects.toThrow("SET: TooManyPending");
    waiting[0]?.(null);
    expect(await first).toBeUndefined();
    const third = store.get("c");
    waiting[1]?.("AQ==");
    waiting[2]?.(null);
    expect([await second, await third]).toEqual([one, undefined]);
    expect(waiting.length).toBe(3);
  });

  it.each(["\ud800", "a\udc00b"])(
    "rejects %j as a key: without a UTF-8 of its own it would be another",
    async (key) => {
      const { client, sent } = scripted("OK");
      const store = storeOf(client);
      const message = "redisStore: a key must be well-formed Unicode";
      await expect(store.get(key)).rejects.toThrow(message);
      await expect(store.set(key, one, soon)).rejects.toThrow(message);
      await expect(store.add(key, one, soon)).rejects.toThrow(message);
      await expect(store.delete(key)).rejects.toThrow(message);
      await expect(store.list(key)).rejects.toThrow(message);
      expect(sent).toEqual([]);
    },
  );

  describe("of a client of ioredis that is not to say again what a lost connection left open", () => {
    /** A client whose commands nobody answers, as those that were open when the connection was lost. */
    class Forgetful extends EventEmitter {
      status: string;
      readonly options: object;

      constructor(status: string, options: object = { autoResendUnfulfilledCommands: false }) {
        super();
        this.status = status;
        this.options = options;
      }

      call(): Promise<unknown> {
        return new Promise(() => {});
      }
    }
    const settled = (work: Promise<unknown>) =>
      Promise.race([work.then(String, String), new Promise((resolve) => setImmediate(resolve, "open"))]);

    it("fails that, and has room for other commands again", async () => {
      const client = new Forgetful("ready");
      const store = storeOf(client, { maxPending: 2 });
      for (const _ of [1, 2, 3]) {
        const waiting = [store.get("a"), store.add("b", one, soon)];
        expect(await settled(store.get("c"))).toBe("RedisFault: GET: TooManyPending");
        client.emit("close");
        expect(await Promise.all(waiting.map(settled))).toEqual([
          "RedisFault: GET: ConnectionLost",
          "RedisFault: SET: ConnectionLost",
        ]);
        client.emit("ready");
      }
    });

    it("leaves what waits for the connection", async () => {
      const client = new Forgetful("connecting");
      const waiting = storeOf(client).get("a");
      client.emit("close");
      expect(await settled(waiting)).toBe("open");
      client.emit("ready");
      expect(await settled(waiting)).toBe("open");
      client.emit("close");
      expect(await settled(waiting)).toBe("RedisFault: GET: ConnectionLost");
      const next = storeOf(client).get("a");
      client.emit("close");
      expect(await settled(next)).toBe("open");
    });

    it("fails what went out before the connection was ready, whatever it says again", async () => {
      for (const options of [{}, { autoResendUnfulfilledCommands: false }]) {
        const client = new Forgetful("connect", options);
        const store = storeOf(client, { maxPending: 2 });
        const queued = store.get("a");
        for (const _ of [1, 2, 3]) {
          const listing = store.list("a");
          client.emit("close");
          expect(await settled(listing)).toBe("RedisFault: INFO: ConnectionLost");
        }
        expect(await settled(queued)).toBe("open");
        client.status = "reconnecting";
        const next = store.list("a");
        client.emit("close");
        expect(await settled(next)).toBe("open");
      }
    });

    it("leaves to a client what it says again", async () => {
      for (const options of [{}, { autoResendUnfulfilledCommands: true }]) {
        const client = new Forgetful("ready", options);
        const waiting = storeOf(client).get("a");
        client.emit("close");
        expect(await settled(waiting)).toBe("open");
      }
    });
  });

  it("rejects where its clock tells no time", async () => {
    const store = redisStore(scripted("OK").client, { clock: () => Number.NaN });
    await expect(store.set("a", one, soon)).rejects.toThrow("expiresAt must be a time in milliseconds");
  });

  it("keeps an entry of no foreseeable end for as long as can be said exactly", async () => {
    const { client, sent } = scripted("OK");
    await storeOf(client).set("a", one, Number.MAX_VALUE);
    expect(sent).toEqual([["SET", "a", "AQ==", "PX", "9007199254740991"]]);
  });

  it("goes by Date.now, and lets 10,000 commands wait, unless told otherwise", async () => {
    const { client, sent } = scripted("OK");
    await redisStore(client).set("a", one, Date.now() + 60_000);
    expect(Number(sent[0]?.[4])).toBeGreaterThan(59_000);
    expect(Number(sent[0]?.[4])).toBeLessThanOrEqual(60_000);
    const silent = redisStore({ call: () => new Promise<unknown>(() => {}) });
    for (let index = 0; index < 10_000; index += 1) silent.get("a").catch(() => {});
    await expect(silent.get("a")).rejects.toThrow("GET: TooManyPending");
  });

  const cluster = "redisStore: pass a client of one Redis or of a sentinel's primary; a cluster cannot be listed";
  const prefixed = "redisStore: leave keyPrefix out of the client's options; write redisStore(client, { keyPrefix })";
  const none = "redisStore: pass a client of ioredis (new Redis(...)) or of redis (createClient(...))";
  const call = async () => null;

  it.each([
    [undefined, none],
    [null, none],
    ["redis://127.0.0.1", none],
    [{}, none],
    [{ get: call, set: call }, none],
    [{ call: "GET" }, none],
    [{ sendCommand: async (_readonly: unknown, _args: unknown, _options: unknown) => null }, none],
    [{ call, isCluster: true }, cluster],
    [{ sendCommand: async (_args: unknown) => null, masters: [] }, cluster],
    [{ call, options: { keyPrefix: "app:" } }, prefixed],
    [{ sendCommand: async (_args: unknown) => null, options: { keyPrefix: Buffer.from("app:") } }, prefixed],
  ])("refuses the client %o", (client, message) => {
    const given: unknown = client;
    expect(() => redisStore(given as RedisClient)).toThrow(new TypeError(message));
  });

  it.each([{ keyPrefix: "" }, { keyPrefix: null }, {}, undefined, null])(
    "takes a client with options %o",
    (options) => {
      expect(() => redisStore({ call, options } as RedisClient)).not.toThrow();
    },
  );

  it.each([
    [{ prefix: "a" }, "redisStore.prefix: there is no such option"],
    [{ keyPrefix: 5 }, "redisStore.keyPrefix: must be a string"],
    [{ maxPending: 0 }, "redisStore.maxPending: must be a whole number from 1"],
    [{ maxPending: 1.5 }, "redisStore.maxPending: must be a whole number from 1"],
    [{ clock: 5 }, "redisStore.clock: must be a function such as Date.now"],
  ])("refuses the options %j", (options, message) => {
    const given: unknown = options;
    expect(() => redisStore({ call }, given as RedisStoreOptions)).toThrow(new TypeError(message));
  });
});

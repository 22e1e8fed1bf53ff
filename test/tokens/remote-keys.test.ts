import type { RequestListener } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import type { KeyEvent } from "../../src/tokens/key-event.ts";
import { remoteKeys } from "../../src/tokens/remote-keys.ts";
import { json, startJwksServer } from "./jwks-server.ts";
import { createSigner, now } from "./token-fixtures.ts";

const { jwk: one } = createSigner("one");
const { jwk: two } = createSigner("two");

const unknownKey = new AuthError("invalid_token", { reason: "kid is none of the issuer's keys" });
const unavailable = { code: "keys_unavailable", status: 503, retryAfter: 10 };

/** A clock that stands still until it is set. */
function stoppedClock(): (() => number) & { time: number } {
  const clock = Object.assign(() => clock.time, { time: now });
  return clock;
}

describe("remoteKeys", () => {
  it("fetches once for concurrent callers, and then no more", async () => {
    await using server = await startJwksServer(one, two);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    const found = await Promise.all(["one", "two", "one"].map((kid) => keys.find(kid)));
    expect(found.map(({ jwk }) => jwk)).toEqual([one, two, one]);
    expect((await keys.find("two")).jwk).toEqual(two);
    await keys.ready();
    expect(server.requests).toBe(1);
  });

  it("has the keys before the first token once it is ready", async () => {
    await using server = await startJwksServer(one);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    await keys.ready();
    server.answer = (_request, response) => void response.writeHead(500).end();
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(server.requests).toBe(1);
  });

  it("finds a key that was published later", async () => {
    await using server = await startJwksServer(one);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    await keys.find("one");
    server.answer = json({ keys: [two] });
    expect((await keys.find("two")).jwk).toEqual(two);
    await expect(keys.find("one")).rejects.toEqual(unknownKey);
  });

  it("fetches at most once in ten seconds for kids that do not exist, and serves the known ones meanwhile", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    await keys.find("one");
    const attempts = await Promise.allSettled(Array.from({ length: 50 }, (_, at) => keys.find(`forged-${at}`)));
    expect(attempts.every((attempt) => attempt.status === "rejected" && attempt.reason.code === "invalid_token")).toBe(
      true,
    );
    expect(server.requests).toBe(2);
    clock.time += 9_999;
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(server.requests).toBe(2);
    clock.time += 1;
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    expect(server.requests).toBe(3);
  });

  it("does not say that a key is unknown where its keys are too old to tell", async () => {
    const clock = stoppedClock();
    async function slowly(): Promise<Response> {
      clock.time += 4_000;
      return Response.json({ keys: [one] });
    }
    const uri = "https://keys.example/";
    const keys = remoteKeys({ uri, fetch: slowly, clock, refreshSeconds: 10, maxStaleSeconds: 10 });
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    clock.time += 6_000;
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    await expect(keys.find("forged")).rejects.toMatchObject(unavailable);
    clock.time += 4_000;
    expect((await keys.find("one")).jwk).toEqual(one);
  });

  it("starts no other fetch for unknown kids that arrive in the moment when one ends", async () => {
    let fetches = 0;
    const count = async () => {
      fetches += 1;
      return Response.json({ keys: [one] });
    };
    const keys = remoteKeys({ uri: "https://example.com/", fetch: count, clock: () => now });
    const attempts: Promise<unknown>[] = [];
    for (let at = 0; at < 500; at++) {
      attempts.push(expect(keys.find(`forged-${at}`)).rejects.toEqual(unknownKey));
      await undefined;
    }
    await Promise.all(attempts);
    expect(fetches).toBe(1);
  });

  it("does not stretch the pause when the clock is set back", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    clock.time -= 3_600_000;
    server.answer = json({ keys: [two] });
    expect((await keys.find("two")).jwk).toEqual(two);
  });

  it("cannot know while the endpoint is down, and asks again after ten seconds", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    server.answer = (_request, response) => void response.writeHead(500).end("down");
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    server.answer = json({ keys: [one] });
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(server.requests).toBe(1);
    clock.time += 10_000;
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(server.requests).toBe(2);
  });

  it("serves known keys while the endpoint is down, and calls an unknown kid neither good nor bad", async () => {
    await using server = await startJwksServer(one);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    await keys.find("one");
    server.answer = (request) => void request.socket.destroy();
    await expect(keys.find("two")).rejects.toMatchObject(unavailable);
    await expect(keys.find("two")).rejects.toMatchObject(unavailable);
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(server.requests).toBe(2);
  });

  it("tries again at once when asked whether it is ready", async () => {
    await using server = await startJwksServer(one);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    server.answer = json({ keys: [] });
    await expect(keys.ready()).rejects.toMatchObject(unavailable);
    server.answer = json({ keys: [one] });
    await keys.ready();
    expect((await keys.find("one")).jwk).toEqual(one);
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
  });

  it("fetches anew in the background once the keys are of age, one time for all, and serves them meanwhile", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    const key = await keys.find("one");
    clock.time += 599_999;
    expect(keys.find("one")).toBe(key);
    expect(server.requests).toBe(1);
    clock.time += 1;
    for (let call = 0; call < 100; call++)
      expect(call % 2 ? keys.trusts(key) : keys.find("one")).toBe(call % 2 ? true : key);
    await vi.waitFor(() => expect(server.requests).toBe(2), 30_000);
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    expect(keys.find("one")).toBe(key);
    expect(server.requests).toBe(2);
  });

  it("stops trusting a key that was withdrawn, or replaced under its name, and tells so", async () => {
    const events: KeyEvent[] = [];
    await using server = await startJwksServer(one, two);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock, onKeys: (event) => void events.push(event) });
    const [first, second] = [await keys.find("one"), await keys.find("two")];
    const { jwk: other } = createSigner("two");
    server.answer = json({ keys: [other] });
    clock.time += 600_000;
    expect([keys.trusts(first), keys.trusts(second)]).toEqual([true, true]);
    await vi.waitFor(() => expect(events).toHaveLength(3), 30_000);
    expect([keys.trusts(first), keys.trusts(second)]).toEqual([false, false]);
    expect((await keys.find("two")).jwk).toEqual(other);
    expect(keys.trusts(await keys.find("two"))).toBe(true);
    await expect(keys.find("one")).rejects.toEqual(unknownKey);
    const { uri } = server;
    expect(events).toEqual([
      { type: "fetched", uri, kids: ["one", "two"] },
      { type: "withdrawn", uri, kids: ["one", "two"] },
      { type: "fetched", uri, kids: ["two"] },
    ]);
    expect(JSON.stringify(events)).not.toContain(one.n);
  });

  it("trusts none of its keys once the issuer publishes none that can be used", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    const key = await keys.find("one");
    server.answer = json({ keys: [] });
    await expect(keys.find("two")).rejects.toMatchObject(unavailable);
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(server.requests).toBe(2);
  });

  it("serves keys up to the hard age while the endpoint is down, and refuses from then on until it is up", async () => {
    const events: KeyEvent[] = [];
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock, onKeys: (event) => void events.push(event) });
    const key = await keys.find("one");
    server.answer = (_request, response) => void response.writeHead(500).end("down");
    clock.time = now + 86_399_999;
    expect(keys.find("one")).toBe(key);
    await vi.waitFor(() => expect(events).toHaveLength(2), 30_000);
    expect(events[1]).toMatchObject({ type: "stale", trustedUntil: new Date(now + 86_400_000) });
    expect(keys.find("one")).toBe(key);
    expect(keys.trusts(key)).toBe(true);
    clock.time = now + 86_400_000;
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    expect(server.requests).toBe(2);
    clock.time += 10_000;
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    await vi.waitFor(() => expect(events).toHaveLength(3), 30_000);
    expect(events[2]).toMatchObject({ type: "failed", uri: server.uri });
    expect(server.requests).toBe(3);
    server.answer = json({ keys: [one] });
    clock.time += 10_000;
    expect(await keys.find("one")).toBe(key);
    expect(keys.trusts(key)).toBe(true);
  });

  it("asks at most once in ten seconds for keys of age while the endpoint is down", async () => {
    const clock = stoppedClock();
    let fetches = 0;
    const count = async () => {
      fetches += 1;
      if (fetches > 1) throw new TypeError("down");
      return Response.json({ keys: [one] });
    };
    const keys = remoteKeys({ uri: "https://example.com/", fetch: count, clock });
    const key = await keys.find("one");
    clock.time += 600_000;
    for (let call = 0; call < 20; call++) {
      expect(keys.trusts(key)).toBe(true);
      await new Promise(setImmediate);
    }
    expect(fetches).toBe(2);
    clock.time += 10_000;
    expect(keys.trusts(key)).toBe(true);
    expect(fetches).toBe(3);
  });

  it("asks again, and does not trust for ever, where the clock is set back", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    const key = await keys.find("one");
    server.answer = (request) => void request.socket.destroy();
    clock.time -= 365 * 86_400_000;
    expect(keys.trusts(key)).toBe(true);
    await vi.waitFor(() => expect(server.requests).toBe(2), 30_000);
    clock.time += 86_400_000 - 600_000;
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
  });

  it("asks before it serves keys that were left alone past the hard age", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock, refreshSeconds: 10, maxStaleSeconds: 20 });
    const key = await keys.find("one");
    server.answer = json({ keys: [two] });
    clock.time += 20_000;
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    await keys.ready();
    expect(keys.trusts(key)).toBe(false);
    expect(server.requests).toBe(2);
  });

  it.each([new Error("no"), "no", Object.create(null)])("goes on where onKeys throws, and warns", async (thrown) => {
    using warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using server = await startJwksServer(one);
    const onKeys = () => {
      throw thrown;
    };
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now, onKeys });
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(warned).toHaveBeenCalledOnce();
  });

  it("goes on where onKeys gives a promise that rejects, and warns", async () => {
    using warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await using server = await startJwksServer(one);
    const fault = new Error("no");
    const onKeys = () => Promise.reject(fault);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now, onKeys });
    expect((await keys.find("one")).jwk).toEqual(one);
    expect(warned).toHaveBeenCalledExactlyOnceWith(fault, { code: "POOLGATE_ON_KEYS" });
  });

  const failures: readonly (readonly [string, RequestListener])[] = [
    [
      "a status that is not 200",
      (_request, response) => void response.writeHead(404).end(JSON.stringify({ keys: [one] })),
    ],
    ["no content", (_request, response) => void response.writeHead(204).end()],
    ["an empty body", (_request, response) => void response.end()],
    ["HTML", (_request, response) => void response.end("<html>")],
    ["no JWKS", json({ jwks: [] })],
    ["no usable key", json({ keys: [{ ...one, use: "enc" }] })],
    ["more than 64 KiB", json({ keys: [one], pad: "x".repeat(64 * 1024) })],
    ["a body without end", (_request, response) => void response.write('{"keys":[')],
    ["nothing", () => {}],
    ["a closed connection", (request) => void request.socket.destroy()],
  ];
  it.each(failures)("is unavailable where the endpoint answers with %s", async (_name, answer) => {
    await using server = await startJwksServer();
    server.answer = answer;
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now, timeoutMilliseconds: 100 });
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
  });

  it("believes no fetch that has followed a redirect all the same", async () => {
    await using elsewhere = await startJwksServer(one);
    await using server = await startJwksServer();
    server.answer = (_request, response) => void response.writeHead(302, { location: elsewhere.uri }).end();
    const careless: typeof fetch = (input, init) => fetch(input, { ...init, redirect: "follow" });
    const keys = remoteKeys({ uri: server.uri, fetch: careless, clock: () => now });
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(elsewhere.requests).toBe(1);
  });

  it("does not follow a redirect", async () => {
    await using elsewhere = await startJwksServer(one);
    await using server = await startJwksServer();
    server.answer = (_request, response) => void response.writeHead(302, { location: elsewhere.uri }).end();
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(elsewhere.requests).toBe(0);
  });

  it("is unavailable where the fetch that was injected gives a response without body", async () => {
    const keys = remoteKeys({ uri: "https://example.com/", fetch: async () => new Response(null), clock: () => now });
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
  });
});

describe("the readiness of remoteKeys", () => {
  const answeredAt = new Date(now);
  const trustedUntil = new Date(now + 3_600_000);

  it("follows an outage from the first fetch to the last, and asks nobody", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock, maxStaleSeconds: 3_600 });
    expect(keys.readiness()).toEqual({ state: "not-asked" });
    const first = keys.find("one");
    expect(keys.readiness()).toEqual({ state: "not-asked" });
    await first;
    expect(keys.readiness()).toEqual({ state: "ready", answeredAt, trustedUntil });
    clock.time += 600_000;
    expect(keys.readiness()).toEqual({ state: "ready", answeredAt, trustedUntil });
    server.answer = (_request, response) => void response.writeHead(503).end();
    await keys.ready();
    await vi.waitFor(() => expect(keys.readiness().state).toBe("stale"), 30_000);
    const failedAt = new Date(now + 600_000);
    expect(keys.readiness()).toEqual({ state: "stale", answeredAt, trustedUntil, failedAt });
    clock.time = now + 3_600_000;
    expect(keys.readiness()).toEqual({
      ...{ state: "unavailable", code: "keys_unavailable" },
      ...{ answeredAt, trustedUntil, failedAt },
    });
    expect(server.requests).toBe(2);
    server.answer = json({ keys: [one] });
    await keys.ready();
    expect(keys.readiness()).toMatchObject({ state: "ready", answeredAt: new Date(clock.time) });
    expect(keys.readiness()).not.toHaveProperty("failedAt");
  });

  it("is unavailable where no key could ever be fetched, and where all have been withdrawn", async () => {
    await using server = await startJwksServer();
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    const down = { state: "unavailable", code: "keys_unavailable", failedAt: new Date(now) };
    await expect(keys.ready()).rejects.toMatchObject(unavailable);
    expect(keys.readiness()).toEqual(down);
    server.answer = json({ keys: [one] });
    await keys.ready();
    server.answer = json({ keys: [] });
    await expect(keys.find("two")).rejects.toMatchObject(unavailable);
    expect(keys.readiness()).toEqual(down);
  });

  it("is not touched by a kid that the issuer does not have", async () => {
    await using server = await startJwksServer(one);
    const keys = remoteKeys({ uri: server.uri, fetch, clock: () => now });
    await expect(keys.find("forged")).rejects.toEqual(unknownKey);
    expect(keys.readiness()).toMatchObject({ state: "ready", answeredAt });
  });

  it("has keys of age fetched anew by ready, without waiting for them", async () => {
    await using server = await startJwksServer(one);
    const clock = stoppedClock();
    const keys = remoteKeys({ uri: server.uri, fetch, clock });
    await keys.ready();
    clock.time += 599_999;
    await keys.ready();
    expect(server.requests).toBe(1);
    clock.time += 1;
    await keys.ready();
    expect(keys.readiness()).toMatchObject({ state: "ready", answeredAt });
    await vi.waitFor(() => expect(keys.readiness()).toMatchObject({ answeredAt: new Date(clock.time) }), 30_000);
    expect(server.requests).toBe(2);
  });
});

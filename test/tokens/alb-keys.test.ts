import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { type AlbKeysOptions, albKeys } from "../../src/tokens/alb-keys.ts";
import type { KeyEvent } from "../../src/tokens/key-event.ts";
import { createForeignKey } from "./foreign-key.ts";
import { now } from "./token-fixtures.ts";

const kidOf = (number: number) => `${String(number).padStart(8, "0")}-1111-2222-3333-444444444444`;
const one = kidOf(1);
const two = kidOf(2);
const pemOf = (kid: string) => {
  const key = createForeignKey("ES256", kid);
  return { ...key, pem: String(key.publicKey.export({ format: "pem", type: "spki" })) };
};
const first = pemOf(one);
const second = pemOf(two);

const unknownKey = new AuthError("invalid_token", { reason: "kid is none of the issuer's keys" });
const unavailable = { code: "keys_unavailable", status: 503, retryAfter: 10 };

/** An endpoint as that of a region: each key under its id, and 403 for all others. */
async function startKeys(published: Record<string, string>) {
  const asked: string[] = [];
  const answer: RequestListener = (request, response) => {
    const pem = published[String(request.url).slice("/keys/".length)];
    response.writeHead(pem === undefined ? 403 : 200).end(pem);
  };
  const endpoint = { asked, published, answer };
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    endpoint.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return Object.assign(endpoint, {
    uri,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Keys at an endpoint, with a clock that stands still and all that they tell. */
function keysAt(uri: string, options: Partial<AlbKeysOptions> = {}) {
  const clock = Object.assign(() => clock.time, { time: now });
  const events: KeyEvent[] = [];
  const onKeys = (event: KeyEvent) => void events.push(event);
  // On a busy machine a flood of 10,000 ids takes longer than a fetch may.
  const times = { refreshSeconds: 600, maxStaleSeconds: 3600, timeoutMilliseconds: 30_000 };
  const keys = albKeys({ uri, fetch, clock, onKeys, ...times, ...options });
  return { keys, clock, events };
}

const down: RequestListener = (_request, response) => void response.writeHead(500).end();
const silence: RequestListener = () => undefined;
const types = (events: readonly KeyEvent[]) => events.map(({ type }) => type);
/** Until a fetch in the background has ended, by which as many events have been told. */
const settle = (events: readonly KeyEvent[], count: number) =>
  vi.waitFor(() => expect(events).toHaveLength(count), 30_000);
/** As long as a fetch takes that should not be made. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

describe("albKeys", () => {
  it("fetches each key by its id when it is first needed, once for concurrent callers", async () => {
    await using server = await startKeys({ [one]: first.pem, [two]: second.pem });
    const { keys, events } = keysAt(server.uri);
    expect(keys.readiness()).toEqual({ state: "not-asked" });
    await keys.ready();
    expect(server.asked).toEqual([]);
    const found = await Promise.all([one, two, one].map((kid) => keys.find(kid)));
    expect(found.map(({ jwk }) => jwk)).toEqual([first.jwk, second.jwk, first.jwk]);
    expect((await keys.find(two)).jwk).toEqual(second.jwk);
    expect(server.asked).toEqual([`/keys/${one}`, `/keys/${two}`]);
    expect(events).toEqual([
      { type: "fetched", uri: `${server.uri}/${one}`, kids: [one] },
      { type: "fetched", uri: `${server.uri}/${two}`, kids: [two] },
    ]);
    expect(keys.readiness()).toEqual({ state: "ready", answeredAt: new Date(now) });
  });

  it.each([
    ["../../etc/passwd"],
    [`${one}/../${two}`],
    [`${one}?x`],
    [`${one}#`],
    [` ${one}`],
    [`${one}\n`],
    [`%2e%2e/${one}`],
    [`@evil.example/${one}`],
    [one.slice(1)],
    [`g${one.slice(1)}`],
    [""],
  ])("never asks for what is not the id of a key: %j", async (kid) => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys } = keysAt(server.uri);
    await expect(keys.find(kid)).rejects.toEqual(
      new AuthError("invalid_token", { reason: "kid is not the id of a load balancer's key" }),
    );
    expect(server.asked).toEqual([]);
  });

  it.each([403, 404])("refuses a key that the endpoint does not have, by its %i", async (status) => {
    await using server = await startKeys({});
    server.answer = (_request, response) => void response.writeHead(status).end("<Error/>");
    const { keys, events } = keysAt(server.uri);
    await expect(keys.find(one)).rejects.toEqual(unknownKey);
    await expect(keys.find(one)).rejects.toEqual(unknownKey);
    expect(server.asked).toHaveLength(1);
    expect(events).toEqual([]);
    expect(keys.readiness().state).toBe("ready");
  });

  it.each<readonly [string, RequestListener]>([
    ["an outage", down],
    ["a redirect", (_request, response) => void response.writeHead(302, { location: "https://evil.example/" }).end()],
    ["something else", (_request, response) => void response.end("<html>")],
    ["a key for another algorithm", (_request, response) => void response.end(pemOfRsa)],
    ["a document without an end", (_request, response) => void response.end(first.pem + "\n".repeat(4096))],
    ["silence", silence],
    ["a broken connection", (request) => void request.socket.destroy()],
  ])("cannot know while the endpoint answers with %s, and asks again after ten seconds", async (_, answer) => {
    await using server = await startKeys({ [one]: first.pem });
    const good = server.answer;
    server.answer = answer;
    // Short enough to be waited for, long enough for the good answer at the end on a busy machine.
    const { keys, clock, events } = keysAt(server.uri, answer === silence ? { timeoutMilliseconds: 2_000 } : {});
    await expect(keys.find(one)).rejects.toMatchObject(unavailable);
    server.answer = good;
    clock.time += 9_999;
    for (const kid of [one, two]) await expect(keys.find(kid)).rejects.toMatchObject(unavailable);
    expect(server.asked).toHaveLength(1);
    expect(events).toMatchObject([{ type: "failed", uri: `${server.uri}/${one}`, cause: expect.any(Error) }]);
    expect(keys.readiness()).toEqual({ state: "unavailable", failedAt: new Date(now), code: "keys_unavailable" });
    clock.time += 1;
    expect((await keys.find(one)).jwk).toEqual(first.jwk);
    expect(keys.readiness()).toEqual({ state: "ready", answeredAt: new Date(clock.time) });
  });

  it("fetches at most once in ten seconds for ids that are made up, and serves and renews the known ones meanwhile", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock } = keysAt(server.uri);
    await keys.find(one);
    for (let round = 0; round < 3; round++) {
      const forged = Array.from({ length: 10_000 }, (_, at) => keys.find(kidOf(1000 + round * 10_000 + at)));
      const outcomes = await Promise.allSettled(forged);
      const codes = outcomes.map((outcome) => outcome.status === "rejected" && (outcome.reason as AuthError).code);
      expect(new Set(codes)).toEqual(new Set(["keys_unavailable", "invalid_token"]));
      expect(codes.filter((code) => code === "invalid_token")).toHaveLength(1);
      expect((await keys.find(one)).jwk).toEqual(first.jwk);
      expect(server.asked).toHaveLength(2 + round);
      clock.time += 10_000;
    }
    clock.time += 600_000;
    await keys.find(one);
    await vi.waitFor(() => expect(server.asked.filter((path) => path.endsWith(one))).toHaveLength(2), 30_000);
  });

  it("lets a new key in with the next fetch, whatever is made up beside it", async () => {
    await using server = await startKeys({ [one]: first.pem, [two]: second.pem });
    const { keys, clock } = keysAt(server.uri);
    await keys.find(one);
    const attempts = Array.from({ length: 2_000 }, (_, at) => keys.find(at % 20 === 7 ? two : kidOf(1000 + at)));
    await Promise.allSettled(attempts);
    await expect(keys.find(two)).rejects.toMatchObject(unavailable);
    clock.time += 10_000;
    // Whoever comes first brings it about, and the flood goes on.
    await Promise.allSettled([keys.find(kidOf(9)), keys.find(kidOf(8))]);
    expect((await keys.find(two)).jwk).toEqual(second.jwk);
    expect(server.asked[2]).toBe(`/keys/${two}`);
  });

  it("lets a new key in although one that does not exist is asked for all the time", async () => {
    await using server = await startKeys({ [two]: second.pem });
    const { keys, clock } = keysAt(server.uri);
    await Promise.allSettled(Array.from({ length: 100 }, () => keys.find(one)));
    await expect(keys.find(two)).rejects.toMatchObject(unavailable);
    await Promise.allSettled(Array.from({ length: 100 }, () => keys.find(one)));
    clock.time += 10_000;
    await Promise.allSettled(Array.from({ length: 100 }, () => keys.find(one)));
    expect((await keys.find(two)).jwk).toEqual(second.jwk);
  });

  it("lets a new key in although several that do not exist are asked for by turns, more often than it", async () => {
    await using server = await startKeys({ [two]: second.pem });
    const { keys, clock } = keysAt(server.uri);
    const madeUp = [91, 92, 93].map(kidOf);
    const flood = () => Promise.allSettled([...madeUp, ...madeUp, ...madeUp].map((kid) => keys.find(kid)));
    for (let round = 0; round < 4; round++) {
      await flood();
      await Promise.allSettled([keys.find(two)]);
      clock.time += 10_000;
    }
    await flood();
    expect((await keys.find(two)).jwk).toEqual(second.jwk);
    // And each of them may come to exist in its time.
    server.published[kidOf(92)] = first.pem;
    clock.time += 600_000;
    await Promise.allSettled([keys.find(kidOf(92))]);
    expect((await keys.find(kidOf(92))).jwk.kid).toBe(kidOf(92));
  });

  it("asks again for a key that did not exist ten seconds ago", async () => {
    await using server = await startKeys({});
    const { keys, clock } = keysAt(server.uri);
    await expect(keys.find(one)).rejects.toEqual(unknownKey);
    server.published[one] = first.pem;
    clock.time += 10_000;
    expect((await keys.find(one)).jwk).toEqual(first.jwk);
  });

  it("keeps fifty keys, and lets nobody push them out faster than one in ten seconds", async () => {
    const kids = Array.from({ length: 60 }, (_, at) => kidOf(at + 1));
    await using server = await startKeys(Object.fromEntries(kids.map((kid) => [kid, first.pem])));
    const { keys, clock } = keysAt(server.uri);
    for (const kid of kids.slice(0, 50)) await keys.find(kid);
    await keys.find(one);
    await keys.find(kids[50] as string);
    await expect(keys.find(kids[51] as string)).rejects.toMatchObject(unavailable);
    expect((await keys.find(one)).jwk.kid).toBe(one);
    expect(server.asked).toHaveLength(51);
    clock.time += 10_000;
    await keys.find(kids[51] as string);
    await expect(keys.find(two)).rejects.toMatchObject(unavailable);
    expect(server.asked).toHaveLength(52);
  });

  it("asks again for the key that it could not fetch, when it is warmed up, so that a server without traffic comes back", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const good = server.answer;
    server.answer = down;
    const { keys, clock } = keysAt(server.uri);
    await expect(keys.find(one)).rejects.toMatchObject(unavailable);
    clock.time += 10_000;
    await expect(keys.ready()).rejects.toMatchObject(unavailable);
    expect(server.asked).toHaveLength(2);
    server.answer = good;
    clock.time += 10_000;
    await keys.ready();
    expect(keys.readiness().state).toBe("ready");
    await keys.ready();
    expect(server.asked).toHaveLength(3);
  });

  it("is ready again where the key that it could not fetch turns out not to exist", async () => {
    await using server = await startKeys({});
    const good = server.answer;
    server.answer = down;
    const { keys, clock } = keysAt(server.uri);
    await expect(keys.find(one)).rejects.toMatchObject(unavailable);
    server.answer = good;
    clock.time += 10_000;
    await keys.ready();
    expect(keys.readiness().state).toBe("ready");
  });

  it("renews a key of age in the background, and trusts it meanwhile", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock, events } = keysAt(server.uri);
    const key = await keys.find(one);
    clock.time += 599_999;
    expect(keys.find(one)).toBe(key);
    expect(server.asked).toHaveLength(1);
    clock.time += 1;
    expect(keys.find(one)).toBe(key);
    expect(keys.trusts(key)).toBe(true);
    await settle(events, 2);
    expect(server.asked).toHaveLength(2);
    expect(types(events)).toEqual(["fetched", "fetched"]);
    expect(keys.find(one)).toBe(key);
  });

  it("trusts a key while the endpoint is down until it is too old, and then cannot know", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const good = server.answer;
    const { keys, clock, events } = keysAt(server.uri);
    const key = await keys.find(one);
    server.answer = down;
    clock.time += 600_000;
    expect(keys.trusts(key)).toBe(true);
    await settle(events, 2);
    expect(keys.trusts(key)).toBe(true);
    await pause();
    expect(server.asked).toHaveLength(2);
    expect(events[1]).toMatchObject({ type: "stale", trustedUntil: new Date(now + 3_600_000) });
    expect(keys.readiness()).toMatchObject({
      state: "stale",
      answeredAt: new Date(now),
      failedAt: new Date(clock.time),
    });
    clock.time = now + 3_600_000;
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    await expect(keys.find(one)).rejects.toMatchObject(unavailable);
    await expect(keys.find(one)).rejects.toMatchObject(unavailable);
    expect(types(events)).toEqual(["fetched", "stale", "failed"]);
    expect(keys.readiness()).toMatchObject({ state: "unavailable", code: "keys_unavailable" });
    server.answer = good;
    clock.time += 10_000;
    expect((await keys.find(one)).jwk).toEqual(first.jwk);
    expect(keys.trusts(key)).toBe(true);
    expect(keys.readiness()).toEqual({ state: "ready", answeredAt: new Date(clock.time) });
  });

  it("no longer trusts a key that is gone", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock, events } = keysAt(server.uri);
    const key = await keys.find(one);
    delete server.published[one];
    clock.time += 600_000;
    expect(keys.trusts(key)).toBe(true);
    await settle(events, 2);
    expect(keys.trusts(key)).toBe(false);
    await expect(keys.find(one)).rejects.toEqual(unknownKey);
    expect(types(events)).toEqual(["fetched", "withdrawn"]);
  });

  it("no longer trusts a key that is gone when it was too old to be asked about in the background", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock } = keysAt(server.uri);
    await keys.find(one);
    delete server.published[one];
    clock.time += 3_600_000;
    await expect(keys.find(one)).rejects.toEqual(unknownKey);
  });

  it("no longer trusts a key that another has replaced under its id", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock, events } = keysAt(server.uri);
    const key = await keys.find(one);
    server.published[one] = second.pem;
    clock.time += 3_600_000;
    const fresh = await keys.find(one);
    expect(fresh.jwk).toEqual({ ...second.jwk, kid: one });
    expect(keys.trusts(key)).toBe(false);
    expect(keys.trusts(fresh)).toBe(true);
    expect(types(events)).toEqual(["fetched", "withdrawn", "fetched"]);
  });

  it("takes keys for old once the clock was set back, and gets along", async () => {
    await using server = await startKeys({ [one]: first.pem, [two]: second.pem });
    const { keys, clock } = keysAt(server.uri);
    const key = await keys.find(one);
    await expect(keys.find(kidOf(9))).rejects.toEqual(unknownKey);
    clock.time -= 86_400_000;
    expect(keys.trusts(key)).toBe(true);
    await vi.waitFor(() => expect(server.asked.filter((path) => path.endsWith(one))).toHaveLength(2), 30_000);
    expect((await keys.find(two)).jwk).toEqual(second.jwk);
  });

  it("cannot know whether to trust a key whose first renewal is still under way when it is too old", async () => {
    await using server = await startKeys({ [one]: first.pem });
    const { keys, clock, events } = keysAt(server.uri);
    const key = await keys.find(one);
    clock.time += 3_600_000;
    expect(() => keys.trusts(key)).toThrow(expect.objectContaining(unavailable));
    await settle(events, 2);
    expect(keys.trusts(key)).toBe(true);
  });
});

const pemOfRsa = String(createForeignKey("RS256").publicKey.export({ format: "pem", type: "spki" }));

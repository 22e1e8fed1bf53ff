import { describe, expect, it, vi } from "vitest";
import { discoveredKeys } from "../../src/tokens/discovered-keys.ts";
import type { KeyEvent } from "../../src/tokens/key-event.ts";
import { createForeignKey } from "./foreign-key.ts";
import { json, startJwksServer } from "./jwks-server.ts";
import { now } from "./token-fixtures.ts";

const issuer = "https://login.example.com";
const { jwk } = createForeignKey("ES256", "one");
const metadata = { issuer, jwks_uri: `${issuer}/jwks` };

/** A provider that answers each address with what it is told. */
function provider(answers: Record<string, () => Response | Promise<Response>>) {
  const asked: string[] = [];
  const told: object[] = [];
  let at = now;
  const keys = discoveredKeys({
    issuer,
    allowLoopbackHttp: false,
    algorithms: ["ES256"],
    clock: () => at,
    onKeys: (event) => void told.push(event),
    fetch: async (input) => {
      asked.push(String(input));
      const answer = answers[String(input)];
      if (answer === undefined) throw new Error("no such address");
      return answer();
    },
  });
  return { keys, asked, told, wait: (milliseconds: number) => (at += milliseconds) };
}

const discovery = `${issuer}/.well-known/openid-configuration`;
const good = { [discovery]: () => Response.json(metadata), [metadata.jwks_uri]: () => Response.json({ keys: [jwk] }) };

describe("discoveredKeys", () => {
  it("asks the issuer where its keys are, once for all who wait", async () => {
    const { keys, asked } = provider(good);
    const found = await Promise.all([keys.find("one"), keys.find("one"), keys.ready()]);
    expect(found[0]?.jwk).toEqual(jwk);
    await keys.find("one");
    expect(asked).toEqual([discovery, metadata.jwks_uri]);
  });

  it("trusts the keys that it has found, and no others", async () => {
    const { keys } = provider(good);
    const foreign = await provider(good).keys.find("one");
    expect(() => keys.trusts(foreign)).toThrow(expect.objectContaining({ code: "keys_unavailable" }));
    expect(keys.trusts(await keys.find("one"))).toBe(true);
    expect(keys.trusts(foreign)).toBe(false);
  });

  it("refuses a kid that the issuer does not have", async () => {
    await expect(provider(good).keys.find("other")).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("cannot know without metadata, asks again after ten seconds, and goes on", async () => {
    const answers: Record<string, () => Response> = { ...good, [discovery]: () => new Response("", { status: 500 }) };
    const { keys, asked, wait } = provider(answers);
    const unavailable = { code: "keys_unavailable", status: 503, retryAfter: 10 };
    await expect(keys.ready()).rejects.toMatchObject(unavailable);
    wait(9_999);
    await expect(keys.find("one")).rejects.toMatchObject(unavailable);
    expect(asked).toEqual([discovery]);
    answers[discovery] = () => Response.json(metadata);
    wait(1);
    await expect(keys.find("one")).resolves.toMatchObject({ jwk });
    expect(asked).toEqual([discovery, discovery, metadata.jwks_uri]);
  });

  it("tells of metadata that it could not read, once in ten seconds, and then of the keys", async () => {
    const answers: Record<string, () => Response> = { ...good, [discovery]: () => new Response("", { status: 500 }) };
    const { keys, told, wait } = provider(answers);
    await expect(keys.find("one")).rejects.toMatchObject({ code: "keys_unavailable" });
    await expect(keys.find("one")).rejects.toMatchObject({ code: "keys_unavailable" });
    const failed = { type: "failed", uri: discovery, cause: new Error("the endpoint answered with status 500") };
    expect(told).toEqual([failed]);
    answers[discovery] = good[discovery] as () => Response;
    wait(10_000);
    await keys.find("one");
    expect(told).toEqual([failed, { type: "fetched", uri: metadata.jwks_uri, kids: ["one"] }]);
  });

  it("does not wait longer because the clock was set back", async () => {
    const answers: Record<string, () => Response> = { ...good, [discovery]: () => new Response("", { status: 500 }) };
    const { keys, wait } = provider(answers);
    await expect(keys.ready()).rejects.toMatchObject({ code: "keys_unavailable" });
    answers[discovery] = () => Response.json(metadata);
    wait(-3_600_000);
    await expect(keys.ready()).resolves.toBeUndefined();
  });

  it.each<readonly [string, () => Response]>([
    ["another issuer", () => Response.json({ ...metadata, issuer: `${issuer}/` })],
    ["keys without https", () => Response.json({ ...metadata, jwks_uri: "http://login.example.com/jwks" })],
    ["no JSON", () => new Response("<html>")],
    [
      "the issuer twice",
      () => new Response(JSON.stringify(metadata).replace("{", `{"issuer":"https://evil.example",`)),
    ],
    ["more than 64 KiB", () => Response.json({ ...metadata, more: "x".repeat(65_536) })],
    ["nothing", () => new Response(null, { status: 204 })],
  ])("cannot know where the metadata hold %s", async (_name, answer) => {
    const { keys, asked } = provider({ ...good, [discovery]: answer });
    await expect(keys.find("one")).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(asked).toEqual([discovery]);
  });

  it("follows no redirect, and waits for no slow issuer", async () => {
    await using server = await startJwksServer();
    const origin = new URL(server.uri).origin;
    const local = { issuer: origin, jwks_uri: server.uri };
    const create = (options: Partial<Parameters<typeof discoveredKeys>[0]> = {}) =>
      discoveredKeys({
        ...{ issuer: origin, allowLoopbackHttp: true, algorithms: ["ES256"], clock: Date.now },
        ...{ fetch: globalThis.fetch, timeoutMilliseconds: 30_000, ...options },
      });
    server.answer = (request, response) => {
      if (request.url === "/moved") return json(local)(request, response);
      response.writeHead(302, { location: "/moved" }).end();
    };
    await expect(create().ready()).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(server.requests).toBe(1);
    server.answer = () => {};
    await expect(create({ timeoutMilliseconds: 100 }).ready()).rejects.toMatchObject({ code: "keys_unavailable" });
    server.answer = (request, response) => {
      const document = request.url === new URL(server.uri).pathname ? { keys: [jwk] } : local;
      json(document)(request, response);
    };
    await expect(create().find("one")).resolves.toMatchObject({ jwk });
  });
});

/** An issuer on a server of ours, which may move its keys, and whose clock is set by hand. */
async function startIssuer() {
  const server = await startJwksServer();
  const { origin } = new URL(server.uri);
  const clock = { time: now };
  const asked: string[] = [];
  const events: KeyEvent[] = [];
  const documents: Record<string, unknown> = {
    "/.well-known/openid-configuration": { issuer: origin, jwks_uri: `${origin}/old` },
    "/old": { keys: [jwk] },
  };
  server.answer = (request, response) => {
    const path = String(request.url);
    asked.push(path);
    if (!Object.hasOwn(documents, path)) return void response.writeHead(404).end();
    json(documents[path])(request, response);
  };
  const keys = discoveredKeys({
    ...{ issuer: origin, allowLoopbackHttp: true, algorithms: ["ES256"], fetch: globalThis.fetch },
    ...{ clock: () => clock.time, refreshSeconds: 600, maxStaleSeconds: 3600 },
    onKeys: (event) => void events.push(event),
  });
  return {
    ...{ keys, clock, asked, events, documents, origin },
    tell: (metadata: object) => {
      documents["/.well-known/openid-configuration"] = { issuer: origin, ...metadata };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const both = ["/.well-known/openid-configuration", "/old"];
const moved = ["/.well-known/openid-configuration", "/new"];

describe("an issuer that moves its keys", () => {
  const { jwk: next } = createForeignKey("ES256", "two");

  it("is followed for a kid that is unknown, at once", async () => {
    await using drill = await startIssuer();
    const old = await drill.keys.find("one");
    drill.tell({ jwks_uri: `${drill.origin}/new` });
    drill.documents["/new"] = { keys: [next] };
    expect((await drill.keys.find("two")).jwk).toEqual(next);
    expect(drill.asked).toEqual([...both, ...moved]);
    expect(drill.keys.trusts(old)).toBe(false);
    expect(drill.events).toEqual([
      { type: "fetched", uri: `${drill.origin}/old`, kids: ["one"] },
      { type: "withdrawn", uri: `${drill.origin}/new`, kids: ["one"] },
      { type: "fetched", uri: `${drill.origin}/new`, kids: ["two"] },
    ]);
  });

  it("is followed when the keys are refreshed, however well the old address answers, and they stay the same keys", async () => {
    await using drill = await startIssuer();
    const known = await drill.keys.find("one");
    drill.tell({ jwks_uri: `${drill.origin}/new` });
    drill.documents["/new"] = { keys: [jwk, next] };
    drill.clock.time += 600_000;
    expect(drill.keys.trusts(known)).toBe(true);
    await vi.waitFor(() => expect(drill.events).toHaveLength(2), 30_000);
    expect(drill.asked).toEqual([...both, ...moved]);
    expect(drill.keys.trusts(known)).toBe(true);
    expect(drill.keys.find("two")).toMatchObject({ jwk: next });
  });

  it("is asked at most once in ten seconds under kids that do not exist, whether it answers or not", async () => {
    await using drill = await startIssuer();
    await drill.keys.ready();
    const flood = () => Promise.allSettled(Array.from({ length: 100 }, (_, at) => drill.keys.find(`forged-${at}`)));
    for (let second = 0; second < 20; second++) {
      if (second === 10) drill.tell({ issuer: "https://evil.example" });
      await flood();
      drill.clock.time += 1_000;
    }
    expect(drill.asked).toEqual([...both, ...both, "/.well-known/openid-configuration"]);
  });

  it.each<readonly [string, (origin: string) => object]>([
    ["another issuer", (origin) => ({ issuer: `${origin}/`, jwks_uri: `${origin}/new` })],
    ["no address", () => ({ jwks_uri: undefined })],
    ["an address elsewhere without https", () => ({ jwks_uri: "http://login.example.com/new" })],
    ["an address that does not answer", (origin) => ({ jwks_uri: `${origin}/gone` })],
    ["too much", (origin) => ({ jwks_uri: `${origin}/new`, more: "x".repeat(65_536) })],
  ])("keeps the keys at hand, until they are too old, where its metadata hold %s", async (_name, metadata) => {
    await using drill = await startIssuer();
    const known = await drill.keys.find("one");
    drill.documents["/new"] = { keys: [next] };
    drill.tell(metadata(drill.origin));
    drill.clock.time += 600_000;
    expect(drill.keys.find("one")).toBe(known);
    await vi.waitFor(() => expect(drill.events).toHaveLength(2), 30_000);
    const trustedUntil = new Date(now + 3_600_000);
    expect(drill.events[1]).toMatchObject({ type: "stale", trustedUntil });
    await expect(drill.keys.find("two")).rejects.toMatchObject({ code: "keys_unavailable" });
    drill.clock.time = now + 3_599_999;
    expect(drill.keys.trusts(known)).toBe(true);
    await vi.waitFor(() => expect(drill.events).toHaveLength(3), 30_000);
    drill.clock.time += 1;
    expect(() => drill.keys.trusts(known)).toThrow(expect.objectContaining({ code: "keys_unavailable" }));
    // Neither the address of before is asked again, nor one that was told by metadata that are not to be believed.
    expect(drill.asked.filter((path) => path === "/old" || path === "/new")).toEqual(["/old"]);
    drill.tell({ jwks_uri: `${drill.origin}/new` });
    drill.clock.time += 10_000;
    await expect(drill.keys.find("two")).resolves.toMatchObject({ jwk: next });
  });
});

import type { RequestListener } from "node:http";
import { expect, it, vi } from "vitest";
import { type Authorizer, createAuthorizer } from "../../src/authorizer.ts";
import { authenticated } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import type { KeyEvent } from "../../src/tokens/key-event.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { json, startJwksServer } from "./jwks-server.ts";
import { accessClaims, clientId, createSigner, now, userPoolId } from "./token-fixtures.ts";

/** What a caller is answered. */
export interface DrillAnswer {
  readonly status: number;
  readonly code?: string | undefined;
  /** `Retry-After`, in seconds. */
  readonly retryAfter?: number | undefined;
  /** `WWW-Authenticate`. */
  readonly challenge?: string | undefined;
}

/** Asks for `GET /articles` with a token. */
export type Ask = (raw: string) => Promise<DrillAnswer>;

const one = createSigner("one");
const two = createSigner("two");
const day = 86_400_000;
const served = { status: 200 };
const unavailable = { status: 503, code: "keys_unavailable", retryAfter: 10 };
const invalid = { status: 401, code: "invalid_token", challenge: 'Bearer realm="poolgate", error="invalid_token"' };

/** A gate whose keys are on a server of ours, and whose clock is set by hand. */
async function startDrill(open: (authorizer: Authorizer) => Promise<Ask> | Ask) {
  const server = await startJwksServer(one.jwk);
  const events: KeyEvent[] = [];
  const clock = { time: now };
  const read = () => clock.time;
  const pool = userPool({
    userPoolId,
    clientId,
    tokenUse: "access",
    jwksUri: server.uri,
    allowLoopbackHttp: true,
    // Without the signal that gives up: on a busy machine a flood takes longer than a fetch may.
    fetch: (input, init) => fetch(input, { ...init, signal: null }),
    clock: read,
    onKeys: (event) => void events.push(event),
  });
  const authorizer = createAuthorizer({
    verifiers: [bearer({ issuers: [pool], clock: read })],
    policy: definePolicy({ routes: { "GET /articles": authenticated } }),
    clock: read,
  });
  return {
    server,
    clock,
    ask: await open(authorizer),
    ready: pool.ready,
    told: (type: KeyEvent["type"]) =>
      vi.waitFor(() => expect(events.map((event) => event.type)).toContain(type), 30_000),
    fresh(signer = one) {
      const seconds = Math.floor(clock.time / 1000);
      return signer.sign(accessClaims({ iat: seconds, auth_time: undefined, exp: seconds + 3600 }));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A token with a `kid` that nobody has published. */
function unknownKid(raw: string, kid: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url");
  return [header, ...raw.split(".").slice(1)].join(".");
}

/**
 * What a gate holds to while the JWKS endpoint of its issuer is out of order, or its keys change.
 *
 * @param open gives a way to ask a gate.
 */
export function holdsThroughOutages(open: (authorizer: Authorizer) => Promise<Ask> | Ask): void {
  it("answers 503 with Retry-After as long as no key was ever fetched", async () => {
    await using drill = await startDrill(open);
    drill.server.answer = (request) => void request.socket.destroy();
    expect(await drill.ask(drill.fresh())).toEqual(unavailable);
    await expect(drill.ready()).rejects.toMatchObject(unavailable);
    const asked = drill.server.requests;
    drill.server.answer = json({ keys: [one.jwk] });
    drill.clock.time += 9_999;
    expect(await drill.ask(drill.fresh())).toEqual(unavailable);
    expect(drill.server.requests).toBe(asked);
    drill.clock.time += 1;
    expect(await drill.ask(drill.fresh())).toEqual(served);
  });

  it("lets the keys at hand serve for a day, and then no token, not even one that was verified before", async () => {
    await using drill = await startDrill(open);
    await drill.ready();
    drill.server.answer = (_request, response) => void response.writeHead(503).end();
    drill.clock.time += day - 60_000;
    const raw = drill.fresh();
    expect(await drill.ask(raw)).toEqual(served);
    await drill.told("stale");
    drill.clock.time += 59_999;
    expect(await drill.ask(raw)).toEqual(served);
    drill.clock.time += 1;
    expect(await drill.ask(raw)).toEqual(unavailable);
    expect(await drill.ask(drill.fresh())).toEqual(unavailable);
    drill.server.answer = json({ keys: [one.jwk] });
    drill.clock.time += 10_000;
    expect(await drill.ask(raw)).toEqual(served);
  });

  it("fetches at most once in ten seconds under 10,000 tokens with unknown kids", async () => {
    await using drill = await startDrill(open);
    await drill.ready();
    for (let batch = 0; batch < 10; batch++) {
      const good = drill.fresh();
      const flood = Array.from({ length: 1000 }, (_, at) => drill.ask(unknownKid(good, `forged-${batch}-${at}`)));
      expect(new Set((await Promise.all(flood)).map(({ status, code }) => `${status} ${code}`))).toEqual(
        new Set(["401 invalid_token"]),
      );
      drill.clock.time += 999;
    }
    expect(drill.server.requests).toBe(2);
    expect(await drill.ask(drill.fresh())).toEqual(served);
  });

  it("accepts a new key at once, and refuses a withdrawn one after the refresh, for tokens verified before too", async () => {
    await using drill = await startDrill(open);
    const raw = drill.fresh();
    expect(await drill.ask(raw)).toEqual(served);
    drill.server.answer = json({ keys: [one.jwk, two.jwk] });
    expect(await drill.ask(drill.fresh(two))).toEqual(served);
    drill.server.answer = json({ keys: [two.jwk] });
    expect(await drill.ask(raw)).toEqual(served);
    drill.clock.time += 600_000;
    await drill.ask(raw);
    await drill.told("withdrawn");
    expect(await drill.ask(raw)).toEqual(invalid);
    expect(await drill.ask(drill.fresh())).toEqual(invalid);
    expect(await drill.ask(drill.fresh(two))).toEqual(served);
  });

  it("accepts a new key within ten seconds while unknown kids keep coming", async () => {
    await using drill = await startDrill(open);
    await drill.ready();
    expect(await drill.ask(unknownKid(drill.fresh(), "forged"))).toEqual(invalid);
    drill.server.answer = json({ keys: [one.jwk, two.jwk] });
    drill.clock.time += 9_999;
    expect(await drill.ask(drill.fresh(two))).toEqual(invalid);
    drill.clock.time += 1;
    expect(await drill.ask(unknownKid(drill.fresh(), "forged-too"))).toEqual(invalid);
    expect(await drill.ask(drill.fresh(two))).toEqual(served);
    expect(drill.server.requests).toBe(3);
  });

  const large = JSON.stringify({ keys: [one.jwk, two.jwk], padding: "x".repeat(64 * 1024) });
  it.each<readonly [string, RequestListener]>([
    ["a document of more than 64 KiB", (_request, response) => void response.end(large)],
    [
      "a document of more than 64 KiB that comes without its length",
      (_request, response) => {
        response.write(large.slice(0, 1000));
        response.end(large.slice(1000));
      },
    ],
    [
      "a redirect, even to its own keys",
      (request, response) => {
        if (request.url === "/keys") json({ keys: [one.jwk, two.jwk] })(request, response);
        else response.writeHead(302, { location: "/keys" }).end();
      },
    ],
  ])("takes no keys from %s, and keeps those that it has", async (_name, listener) => {
    await using drill = await startDrill(open);
    drill.server.answer = listener;
    expect(await drill.ask(drill.fresh())).toEqual(unavailable);
    expect(drill.server.requests).toBe(1);
    drill.server.answer = json({ keys: [one.jwk] });
    drill.clock.time += 10_000;
    expect(await drill.ask(drill.fresh())).toEqual(served);
    drill.server.answer = listener;
    drill.clock.time += 600_000;
    expect(await drill.ask(drill.fresh())).toEqual(served);
    await drill.told("stale");
    expect(await drill.ask(drill.fresh(two))).toEqual(unavailable);
    expect(await drill.ask(drill.fresh())).toEqual(served);
    expect(drill.server.requests).toBe(3);
  });
}

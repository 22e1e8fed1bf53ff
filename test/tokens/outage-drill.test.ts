import { describe, expect, it, vi } from "vitest";
import type { KeyEvent } from "../../src/tokens/key-event.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { json, startJwksServer } from "./jwks-server.ts";
import { accessClaims, clientId, createSigner, now, requestWith, userPoolId } from "./token-fixtures.ts";

const one = createSigner("one");
const two = createSigner("two");
const day = 86_400_000;
const unavailable = { code: "keys_unavailable", status: 503, retryAfter: 10 };
const invalid = { code: "invalid_token", status: 401 };

/** A gate whose keys are on a server of ours, and whose clock is set by hand. */
async function startDrill() {
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
    clock: read,
    onKeys: (event) => void events.push(event),
  });
  const gate = bearer({ issuers: [pool], clock: read });
  return {
    server,
    events,
    clock,
    ready: pool.ready,
    verify: (raw: string) => Promise.resolve(gate.verify(requestWith(`Bearer ${raw}`))),
    fresh(signer = one) {
      const seconds = Math.floor(clock.time / 1000);
      return signer.sign(accessClaims({ iat: seconds, auth_time: undefined, exp: seconds + 3600 }));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe("an outage of the JWKS endpoint", () => {
  it("answers 503 with Retry-After as long as no key was ever fetched", async () => {
    await using drill = await startDrill();
    drill.server.answer = (request) => void request.socket.destroy();
    await expect(drill.verify(drill.fresh())).rejects.toMatchObject(unavailable);
    await expect(drill.ready()).rejects.toMatchObject(unavailable);
    drill.server.answer = json({ keys: [one.jwk] });
    drill.clock.time += 10_000;
    await expect(drill.verify(drill.fresh())).resolves.toBeDefined();
  });

  it("lets the keys at hand serve for a day, and then no token, not even one that was verified before", async () => {
    await using drill = await startDrill();
    await drill.ready();
    drill.server.answer = (_request, response) => void response.writeHead(503).end();
    drill.clock.time += day - 60_000;
    const raw = drill.fresh();
    await expect(drill.verify(raw)).resolves.toBeDefined();
    await vi.waitFor(() => expect(drill.events.map(({ type }) => type)).toEqual(["fetched", "stale"]));
    drill.clock.time += 59_999;
    await expect(drill.verify(raw)).resolves.toBeDefined();
    drill.clock.time += 1;
    await expect(drill.verify(raw)).rejects.toMatchObject(unavailable);
    await expect(drill.verify(drill.fresh())).rejects.toMatchObject(unavailable);
    drill.server.answer = json({ keys: [one.jwk] });
    drill.clock.time += 10_000;
    await expect(drill.verify(raw)).resolves.toBeDefined();
  });

  it("fetches at most once in ten seconds under 10,000 tokens with unknown kids", async () => {
    await using drill = await startDrill();
    await drill.ready();
    const forged = drill.fresh().split(".").slice(1).join(".");
    for (let batch = 0; batch < 10; batch++) {
      const flood = Array.from({ length: 1000 }, (_, at) => {
        const header = JSON.stringify({ alg: "RS256", kid: `forged-${batch}-${at}` });
        return drill.verify(`${Buffer.from(header).toString("base64url")}.${forged}`).catch(({ code }) => code);
      });
      expect(new Set(await Promise.all(flood))).toEqual(new Set(["invalid_token"]));
      drill.clock.time += 999;
    }
    expect(drill.server.requests).toBe(2);
    await expect(drill.verify(drill.fresh())).resolves.toBeDefined();
  });

  it("accepts a new key at once, and refuses a withdrawn one after the refresh, for tokens verified before too", async () => {
    await using drill = await startDrill();
    const raw = drill.fresh();
    await expect(drill.verify(raw)).resolves.toBeDefined();
    drill.server.answer = json({ keys: [one.jwk, two.jwk] });
    await expect(drill.verify(drill.fresh(two))).resolves.toBeDefined();
    drill.server.answer = json({ keys: [two.jwk] });
    await expect(drill.verify(raw)).resolves.toBeDefined();
    drill.clock.time += 600_000;
    await drill.verify(raw);
    await vi.waitFor(() => expect(drill.events.map(({ type }) => type)).toContain("withdrawn"));
    await expect(drill.verify(raw)).rejects.toMatchObject(invalid);
    await expect(drill.verify(drill.fresh(two))).resolves.toBeDefined();
  });
});

import { inspect } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type Outage, startPools } from "../../src/testing/index.ts";
import { createRevocations } from "../../src/tokens/create-revocations.ts";
import { liveCheck } from "../../src/tokens/live-check.ts";
import type { LiveCheckOptions } from "../../src/tokens/live-check-options.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { type BearerOptions, bearer } from "../../src/verify/bearer.ts";
import { accessClaims, clientId, createSigner, now, requestWith, userPoolId } from "../tokens/token-fixtures.ts";

const signer = createSigner("one");
const clock = () => now;
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock });
const raw = signer.sign(accessClaims({ jti: "j" }));
const request = requestWith(`Bearer ${raw}`);
const revoked = new AuthError("invalid_token", { reason: "revoked" });

/** The pool, as one that asks; what it was asked about, and what it says from now on. */
function setUp(options: Partial<BearerOptions> = {}) {
  const state: { asked: string[]; verdict?: AuthError } = { asked: [] };
  const asking: TokenIssuer = {
    ...access,
    async verify(token) {
      const verified = await access.verify(token);
      return {
        ...verified,
        async confirm(shown) {
          state.asked.push(shown);
          if (state.verdict !== undefined) throw state.verdict;
        },
      };
    },
  };
  return { state, gate: bearer({ issuers: [asking], clock, ...options }) };
}

describe("bearer with an issuer that asks whether a token is still good", () => {
  it.each([{}, "off"] as const)("has it asked for every request, with the cache %j", async (cache) => {
    const { gate, state } = setUp({ cache });
    await gate.verify(request);
    await gate.verify(request);
    expect(state.asked).toEqual([raw, raw]);
    state.verdict = revoked;
    await expect(gate.verify(request)).rejects.toBe(revoked);
    delete state.verdict;
    await expect(gate.verify(request)).resolves.toBeDefined();
  });

  it("waits for a promise of another class", async () => {
    // biome-ignore lint/suspicious/noThenProperty: a promise as some libraries make it
    const foreign = { then: (_: unknown, reject: (fault: unknown) => void) => void setTimeout(reject, 5, revoked) };
    const asking: TokenIssuer = {
      ...access,
      verify: async (token) => ({
        ...(await access.verify(token)),
        confirm: () => foreign as unknown as Promise<void>,
      }),
    };
    await expect(bearer({ issuers: [asking], clock }).verify(request)).rejects.toBe(revoked);
  });

  it("does not have it asked about a token that is refused anyway", async () => {
    const revocations = createRevocations({ store: memoryStore({ clock }), audience: "api.example.com", clock });
    await revocations.revoke({ jti: "j" });
    const { gate, state } = setUp({ revocations });
    await expect(gate.verify(request)).rejects.toMatchObject({ code: "invalid_token" });
    const forged = requestWith(`Bearer ${createSigner("one").sign(accessClaims())}`);
    await expect(gate.verify(forged)).rejects.toMatchObject({ code: "invalid_token" });
    const expired = requestWith(`Bearer ${signer.sign(accessClaims({ exp: now / 1000 }))}`);
    await expect(gate.verify(expired)).rejects.toMatchObject({ code: "token_expired" });
    expect(state.asked).toEqual([]);
  });
});

describe("bearer with a pool that asks Cognito", async () => {
  const time = { now };
  const pools = await startPools({ clock: () => time.now });
  afterEach(() => pools.recover());
  afterAll(() => pools.close());
  const ada = { name: "ada" };

  function live(asking: LiveCheckOptions = {}) {
    const { userPoolId, clientId, jwks, endpoints } = pools;
    const options = { userPoolId, clientId, jwks, tokenUse: "access", clock: () => time.now } as const;
    const pool = userPool({
      ...options,
      allowLoopbackHttp: true,
      liveCheck: liveCheck({ endpoint: endpoints.userPool, ...asking }),
    });
    const gate = bearer({ issuers: [pool], clock: options.clock });
    const outcome = (token: string) =>
      gate.verify(requestWith(`Bearer ${token}`)).then(
        ({ principal }) => principal.userId,
        (fault: AuthError) => {
          expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain(token);
          return fault.code;
        },
      );
    const before = pools.calls("GetUser");
    return { outcome, calls: () => pools.calls("GetUser") - before };
  }

  it("asks once about many requests with one token", async () => {
    const { outcome, calls } = live();
    const token = pools.accessToken(ada);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => outcome(token)));
    expect(new Set(outcomes)).toEqual(new Set([pools.userId(ada)]));
    expect(await outcome(token)).toBe(pools.userId(ada));
    expect(calls()).toBe(1);
  });

  it("notices a sign-out when the verdict has come of age, whatever the cache holds", async () => {
    const { outcome, calls } = live({ maxAgeSeconds: 10 });
    const token = pools.accessToken(ada);
    await outcome(token);
    pools.signOut(ada);
    time.now += 9_999;
    expect(await outcome(token)).toBe(pools.userId(ada));
    time.now += 1;
    expect([await outcome(token), await outcome(token)]).toEqual(["invalid_token", "invalid_token"]);
    expect(calls()).toBe(2);
  });

  it("asks nobody about a token that has ended", async () => {
    const { outcome, calls } = live({ maxStaleSeconds: 3_600 });
    const token = pools.accessToken(ada, { expiresInSeconds: 30 });
    await outcome(token);
    time.now += 30_000;
    expect(await outcome(token)).toBe("token_expired");
    expect(calls()).toBe(1);
  });

  it.each<[string, Outage]>([
    ["is down", { status: 500 }],
    ["is too slow", { delayMs: 2_000, times: 1 }],
    ["cuts the connection", { reset: true }],
    ["talks nonsense", { status: 200, body: "{}", contentType: "application/x-amz-json-1.1" }],
    [
      "throttles",
      { status: 400, body: '{"__type":"TooManyRequestsException"}', contentType: "application/x-amz-json-1.1" },
    ],
  ])("cannot know while Cognito %s, and knows again after it", async (_, outage) => {
    const { outcome, calls } = live({ timeoutSeconds: 1 });
    const token = pools.accessToken(ada);
    pools.fail("userPool", outage);
    expect([await outcome(token), await outcome(token)]).toEqual(["upstream_unavailable", "upstream_unavailable"]);
    expect(calls()).toBe(1);
    pools.recover();
    time.now += 5_000;
    expect(await outcome(token)).toBe(pools.userId(ada));
  });
});

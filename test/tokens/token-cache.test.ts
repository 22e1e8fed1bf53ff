import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { closedGroups, createPrincipal } from "../../src/principal.ts";
import { createTokenCache, noTokenCache, type TokenCacheSetup } from "../../src/tokens/token-cache.ts";
import type { VerifiedToken } from "../../src/tokens/token-issuer.ts";

/** A cache on a clock that the test sets, what was verified, and what a look at a kept token throws. */
function setUp(changes: Partial<TokenCacheSetup> = {}) {
  const time = { now: 1_000_000 };
  const state: { fault?: AuthError } = {};
  const verified: string[] = [];
  const through = createTokenCache({ entries: 2, maxAge: 1_000, clock: () => time.now, ...changes });
  async function verify(raw: string): Promise<VerifiedToken> {
    verified.push(raw);
    if (raw.startsWith("bad")) throw new AuthError("invalid_token");
    return {
      principal: createPrincipal({
        ...{ kind: "user", id: raw, issuer: "i", verifiedBy: "test" },
        groups: closedGroups(["editors"]),
        scopes: new Set(["read"]),
        tags: new Map([["tenant", "acme"]]),
        authenticatedAt: new Date(time.now),
        expiresAt: new Date(time.now),
      }),
      facts: { user: raw, issuedAt: time.now },
      recheck() {
        if (state.fault !== undefined) throw state.fault;
      },
    };
  }
  return { time, state, verified, verify, ask: (raw: string) => through(raw, verify) };
}

describe("createTokenCache", () => {
  it("verifies a token once, and gives the same for it", async () => {
    const { ask, verified } = setUp();
    const first = await ask("a");
    expect(await ask("a")).toBe(first);
    expect(verified).toEqual(["a"]);
  });

  it.each(["A", "a ", "a=", "", "\u0430"])("does not take %j for a token that it knows as a", async (other) => {
    const { ask, verified } = setUp();
    await ask("a");
    await ask(other);
    expect(verified).toEqual(["a", other]);
  });

  it("keeps nothing of a token that was refused", async () => {
    const { ask, verified } = setUp();
    for (let time = 0; time < 3; time++) await expect(ask("bad")).rejects.toThrow(new AuthError("invalid_token"));
    expect(verified).toEqual(["bad", "bad", "bad"]);
  });

  it("keeps a token for its age and no longer, counted from before it was verified", async () => {
    const { ask, verified, time } = setUp();
    await ask("a");
    time.now += 999;
    await ask("a");
    expect(verified).toEqual(["a"]);
    time.now += 1;
    await ask("a");
    expect(verified).toEqual(["a", "a"]);
  });

  it.each([-1, Number.NaN])("believes nothing when the clock goes by %i", async (step) => {
    const { ask, verified, time } = setUp();
    await ask("a");
    time.now += step;
    await ask("a");
    expect(verified).toEqual(["a", "a"]);
  });

  it("verifies anew what a look refuses, so that verification has the last word", async () => {
    const { ask, verified, state } = setUp();
    await ask("a");
    state.fault = new AuthError("invalid_token");
    await ask("a");
    expect(verified).toEqual(["a", "a"]);
  });

  it("holds no more than its entries, those used last", async () => {
    const { ask, verified } = setUp();
    await ask("a");
    await ask("b");
    await ask("a");
    await ask("c");
    verified.length = 0;
    await ask("a");
    await ask("c");
    expect(verified).toEqual([]);
    await ask("b");
    expect(verified).toEqual(["b"]);
  });

  it("gives concurrent callers what each would have alone", async () => {
    const { ask } = setUp();
    const [one, two] = await Promise.all([ask("a"), ask("a")]);
    expect(one.principal).toEqual(two.principal);
  });

  it("locks the principal, which many requests share from now on", async () => {
    const { ask } = setUp();
    const { principal } = await ask("a");
    expect(principal).toMatchObject({ groups: { names: new Set(["editors"]) }, scopes: new Set(["read"]) });
    const { groups, scopes, tags, authenticatedAt, expiresAt } = principal;
    const names = (groups ?? closedGroups()).names as Set<string>;
    expect(() => names.add("admins")).toThrow(TypeError);
    expect(() => (scopes as Set<string>).add("write")).toThrow(TypeError);
    expect(() => (tags as Map<string, string>).set("tenant", "globex")).toThrow(TypeError);
    expect(() => (tags as Map<string, string>).clear()).toThrow(TypeError);
    expect(() => authenticatedAt?.setHours(0)).toThrow(TypeError);
    expect(() => expiresAt?.setTime(0)).toThrow(TypeError);
    expect([names.has("editors"), tags.get("tenant")]).toEqual([true, "acme"]);
    expect(expiresAt?.toISOString()).toBe("1970-01-01T00:16:40.000Z");
  });
});

describe("noTokenCache", () => {
  it("verifies every time", async () => {
    const { verify, verified } = setUp();
    await noTokenCache("a", verify);
    await noTokenCache("a", verify);
    expect(verified).toEqual(["a", "a"]);
  });
});

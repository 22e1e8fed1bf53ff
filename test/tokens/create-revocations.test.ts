import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { createRevocations, type RevocationsOptions } from "../../src/tokens/create-revocations.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const audience = "api.example.com";

describe("createRevocations", () => {
  it("heeds what it revokes, and what another node of the store does", async () => {
    const time = { now: noon };
    const clock = () => time.now;
    const store = memoryStore({ clock });
    const [here, there] = [0, 1].map(() => createRevocations({ store, audience, clock, revocationSeconds: 30 }));
    const facts = { user: "user:pool:ada", originJti: "o", issuedAt: noon - 1_000 };
    expect(await there?.covers(facts)).toBe(false);
    await here?.revoke({ originJti: "o" });
    expect(await here?.covers({ ...facts })).toBe(true);
    time.now += 30_000;
    expect(await there?.covers(facts)).toBe(true);
  });

  it("remembers for a day, as long as a token of Cognito lives, and an hour for clocks apart", async () => {
    const store = memoryStore({ clock: () => noon });
    const revocations = createRevocations({ store, audience, clock: () => noon });
    await revocations.revoke({ jti: "j" });
    expect(await store.list(`poolgate/1/revoked/${audience}/`)).toEqual([
      expect.stringMatching(new RegExp(`/-/${noon + 90_000_000}$`)),
    ]);
  });

  it("asks the store for every request where it is told to", async () => {
    const store = memoryStore();
    const revocations = createRevocations({ store, audience, revocationSeconds: 0 });
    const user = "user:pool:ada";
    expect(await revocations.covers({ user, issuedAt: 0 })).toBe(false);
    await createRevocations({ store, audience }).revoke({ user });
    expect(await revocations.covers({ user, issuedAt: 0 })).toBe(true);
  });

  const store = memoryStore();
  it.each<[unknown, string]>([
    [undefined, "createRevocations"],
    [{ audience }, "createRevocations.store"],
    [{ store: null, audience }, "createRevocations.store"],
    [{ store: { set: () => {} }, audience }, "createRevocations.store"],
    [{ store: { list: () => [] }, audience }, "createRevocations.store"],
    [{ store }, "createRevocations.audience"],
    [{ store, audience: "a/b" }, "createRevocations.audience"],
    [{ store, audience, clock: noon }, "createRevocations.clock"],
    [{ store, audience, revocationSeconds: 61 }, "createRevocations.revocationSeconds"],
    [{ store, audience, lifetime: 1 }, "createRevocations.lifetime"],
  ])("refuses the options %j", (options, option) => {
    let thrown: unknown;
    try {
      createRevocations(options as RevocationsOptions);
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ option });
  });
});

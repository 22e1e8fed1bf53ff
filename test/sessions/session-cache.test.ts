import { describe, expect, it, vi } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import type { Session } from "../../src/sessions/session.ts";
import { createSessionCache, type SessionCacheOptions } from "../../src/sessions/session-cache.ts";

const principal = createPrincipal({ kind: "guest", id: "guest:x", issuer: "x", verifiedBy: "signed-request" });
const sessionOf = (accessKeyId: string): Session => {
  return { accessKeyId, mode: "opened", principal, notAfter: 2_000_000, signingKey: () => undefined };
};

/** A cache on a clock that the test sets, and the questions that it asked a store that knows ids beginning with A. */
function setUp(options: Partial<SessionCacheOptions<Session>> = {}) {
  const time = { now: 1_000_000 };
  const asked: string[] = [];
  const load = async (id: string) => {
    asked.push(id);
    return id.startsWith("A") ? sessionOf(id) : undefined;
  };
  return {
    time,
    asked,
    cache: createSessionCache({ load, entries: 2, maxAge: 10_000, clock: () => time.now, ...options }),
  };
}

/** The same with a store that answers when the test says so. */
function slowSetUp(options: Partial<SessionCacheOptions<Session>> = {}) {
  const waiting: { resolve: (session: Session | undefined) => void; reject: (fault: Error) => void }[] = [];
  const load = () =>
    new Promise<Session | undefined>((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  return { ...setUp({ load, ...options }), waiting };
}

describe("createSessionCache", () => {
  it("believes a session until maxAge is over, and gives it without a promise", async () => {
    const { cache, time, asked } = setUp();
    const session = await cache.find("A");
    expect(session).toEqual({ ...sessionOf("A"), signingKey: expect.any(Function) });
    time.now += 9_999;
    expect(cache.find("A")).toBe(session);
    time.now += 1;
    expect(cache.find("A")).toBeInstanceOf(Promise);
    expect(asked).toEqual(["A", "A"]);
  });

  it("tells whoever asks the store what it said before, unless that was forgotten", async () => {
    const told: (string | undefined)[] = [];
    const load = async (id: string, before: Session | undefined) => {
      told.push(before?.accessKeyId);
      return sessionOf(id);
    };
    const { cache } = setUp({ maxAge: 0, load });
    await cache.find("A");
    await cache.find("A");
    cache.forget("A");
    await cache.find("A");
    expect(told).toEqual([undefined, "A", undefined]);
  });

  it("believes for one second that an id is unknown, whatever maxAge is", async () => {
    const { cache, time, asked } = setUp();
    expect(await cache.find("U")).toBeUndefined();
    time.now += 999;
    expect(cache.find("U")).toBeUndefined();
    time.now += 1;
    expect(cache.find("U")).toBeInstanceOf(Promise);
    expect(asked).toEqual(["U", "U"]);
  });

  it("counts the age from the question and not from the answer", async () => {
    const { cache, time, waiting } = slowSetUp();
    const question = cache.find("A");
    time.now += 9_999;
    waiting[0]?.resolve(sessionOf("A"));
    await question;
    expect(cache.find("A")).not.toBeInstanceOf(Promise);
    time.now += 1;
    expect(cache.find("A")).toBeInstanceOf(Promise);
  });

  it("keeps no session where maxAge is 0", async () => {
    const { cache, asked } = setUp({ maxAge: 0 });
    await cache.find("A");
    await cache.find("A");
    expect(asked).toEqual(["A", "A"]);
  });

  it("asks again after the clock was set back", async () => {
    const { cache, time, asked } = setUp();
    await cache.find("A");
    await cache.find("U");
    time.now -= 1;
    await cache.find("A");
    await cache.find("U");
    expect(asked).toEqual(["A", "U", "A", "U"]);
  });

  it("does not believe again, after the clock was set back, what it had found too old", async () => {
    const { cache, time, waiting } = slowSetUp();
    const first = cache.find("A");
    waiting[0]?.resolve(sessionOf("A"));
    await first;
    time.now += 10_000;
    const second = cache.find("A");
    waiting[1]?.reject(new Error("down"));
    await expect(second).rejects.toThrow("down");
    time.now -= 5_000;
    expect(cache.find("A")).toBeInstanceOf(Promise);
    expect(waiting).toHaveLength(3);
  });

  it("keeps as many sessions as entries says, those used last", async () => {
    const { cache, asked } = setUp({ entries: 2 });
    for (const id of ["A1", "A2", "A3", "A2", "A3"]) await cache.find(id);
    expect(asked).toEqual(["A1", "A2", "A3"]);
    await cache.find("A1");
    expect(asked).toEqual(["A1", "A2", "A3", "A1"]);
  });

  it("lets no flood of unknown ids push a session out", async () => {
    const { cache, asked } = setUp({ entries: 2 });
    await cache.find("A");
    for (let index = 0; index < 20; index += 1) await cache.find(`U${index}`);
    expect(cache.find("A")).toMatchObject({ accessKeyId: "A" });
    expect(asked.filter((id) => id === "A")).toEqual(["A"]);
  });

  it("shares one question between concurrent look-ups of one id, and none between two ids", async () => {
    const { cache, asked } = setUp();
    const found = await Promise.all(["A1", "A1", "A2", "A1"].map((id) => cache.find(id)));
    expect(found.map((session) => session?.accessKeyId)).toEqual(["A1", "A1", "A2", "A1"]);
    expect(asked).toEqual(["A1", "A2"]);
  });

  it.each([
    [0, 1],
    [1_000, 1_000],
  ])(
    "answers no look-up, where maxAge is %i, by a question asked %i ms before it, but by the next",
    async (maxAge, age) => {
      const { cache, time, waiting } = slowSetUp({ maxAge });
      const early = cache.find("A");
      time.now += age;
      const late = [cache.find("A"), cache.find("A")];
      await Promise.resolve();
      expect(waiting).toHaveLength(1);
      waiting[0]?.resolve(sessionOf("A"));
      expect(await early).toBeDefined();
      // It was closed at another node before the late ones came.
      await vi.waitFor(() => expect(waiting).toHaveLength(2), 30_000);
      time.now += 1;
      waiting[1]?.resolve(undefined);
      expect(await Promise.all(late)).toEqual([undefined, undefined]);
      expect(waiting).toHaveLength(2);
    },
  );

  it("shares a question between look-ups of one millisecond even where maxAge is 0", async () => {
    const { cache, waiting } = slowSetUp({ maxAge: 0 });
    const both = [cache.find("A"), cache.find("A")];
    waiting[0]?.resolve(sessionOf("A"));
    for (const session of await Promise.all(both)) expect(session).toMatchObject({ accessKeyId: "A" });
    expect(waiting).toHaveLength(1);
  });

  it("spares a look-up that came too late to share a question the next one, where the id turns out to be unknown", async () => {
    const { cache, time, waiting } = slowSetUp({ maxAge: 0 });
    const early = cache.find("U");
    time.now += 500;
    const late = cache.find("U");
    waiting[0]?.resolve(undefined);
    expect(await Promise.all([early, late])).toEqual([undefined, undefined]);
    expect(waiting).toHaveLength(1);
  });

  it("gives a look-up that came too late to share a question the outage all the same", async () => {
    const { cache, time, waiting } = slowSetUp({ maxAge: 0 });
    const early = cache.find("A");
    time.now += 500;
    const late = cache.find("A");
    waiting[0]?.reject(new Error("down"));
    for (const question of [early, late]) await expect(question).rejects.toThrow("down");
    expect(waiting).toHaveLength(1);
  });

  it("gives every concurrent look-up the same outage, and asks anew afterwards", async () => {
    const { cache, waiting } = slowSetUp();
    const both = [cache.find("A"), cache.find("A")];
    expect(waiting).toHaveLength(1);
    waiting[0]?.reject(new Error("down"));
    for (const question of both) await expect(question).rejects.toThrow("down");
    const again = cache.find("A");
    expect(waiting).toHaveLength(2);
    waiting[1]?.resolve(undefined);
    expect(await again).toBeUndefined();
  });
});

describe("forget", () => {
  it.each(["A", "U"])("makes the next look-up of %s ask again, and of no other id", async (id) => {
    const { cache, asked } = setUp();
    for (const each of ["A", "U"]) await cache.find(each);
    cache.forget(id);
    for (const each of ["A", "U"]) await cache.find(each);
    expect(asked).toEqual(["A", "U", id]);
  });

  it("keeps the answer to a question under way from being believed", async () => {
    const { cache, waiting } = slowSetUp();
    const outdated = cache.find("A");
    cache.forget("A");
    waiting[0]?.resolve(sessionOf("A"));
    expect(await outdated).toMatchObject({ accessKeyId: "A" });
    expect(cache.find("A")).toBeInstanceOf(Promise);
    expect(waiting).toHaveLength(2);
  });

  it.each(["answer", "outage"])(
    "keeps the %s of an outdated question from ending the one that followed",
    async (end) => {
      const { cache, waiting } = slowSetUp();
      const outdated = cache.find("A");
      cache.forget("A");
      const current = cache.find("A");
      if (end === "answer") waiting[0]?.resolve(sessionOf("A"));
      else waiting[0]?.reject(new Error("down"));
      await Promise.allSettled([outdated]);
      expect(cache.find("A")).toBe(current);
      waiting[1]?.resolve(undefined);
      expect(await current).toBeUndefined();
      expect(cache.find("A")).toBeUndefined();
      expect(waiting).toHaveLength(2);
    },
  );
});

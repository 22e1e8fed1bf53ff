import { beforeEach, describe, expect, it } from "vitest";
import { type ClientSession, createSessionKeeper } from "../../src/client/session-keeper.ts";

const minute = 60_000;
let now = 0;
let opened = 0;
let failing = false;
let life = 60 * minute;

const clock = { now: () => now, correct: () => {} };

async function open(): Promise<ClientSession> {
  opened += 1;
  if (failing) throw new Error("not now");
  const credentials = { accessKeyId: `AKID${opened}`, secretAccessKey: "s" };
  return { credentials, region: "eu-west-1", service: "a.b", notAfter: now + life, keys: new Map() };
}

beforeEach(() => {
  now = 1_000_000;
  opened = 0;
  failing = false;
  life = 60 * minute;
});

describe("the keeper of a session", () => {
  it.each([
    [60, 54, 56],
    [15, 11, 13],
    [1, 0.7, 0.9],
  ])("renews a session of %d minutes between minute %d and minute %d", async (length, stillThere, renewed) => {
    life = length * minute;
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    now += stillThere * minute;
    expect(await keeper.session()).toBe(first);
    now += (renewed - stillThere) * minute;
    expect(await keeper.session()).not.toBe(first);
    expect(opened).toBe(2);
  });

  it("renews a session in time that was opened while the clock was hours ahead", async () => {
    life = -60 * minute;
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    now -= 120 * minute;
    expect(await keeper.session()).toBe(first);
    life = 60 * minute;
    now += 56 * minute;
    expect(await keeper.session()).not.toBe(first);
  });

  it("keeps a session for good whose end nobody told", async () => {
    life = Number.POSITIVE_INFINITY;
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    now += 1_000 * minute;
    expect(await keeper.session()).toBe(first);
  });

  it("goes on with a session that cannot be renewed until it ends, and tries again every ten seconds", async () => {
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    failing = true;
    now += 57 * minute;
    expect(await keeper.session()).toBe(first);
    expect(await keeper.session()).toBe(first);
    expect(opened).toBe(2);
    now += 10_000;
    expect(await keeper.session()).toBe(first);
    expect(opened).toBe(3);
    now += 3 * minute;
    await expect(keeper.session()).rejects.toThrow("not now");
    failing = false;
    expect(await keeper.session()).not.toBe(first);
  });

  it("replaces a session that was refused, at most one a second", async () => {
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    now += 999;
    expect(keeper.drop(first)).toBe(false);
    expect(await keeper.session()).toBe(first);
    now += 1;
    expect(keeper.drop(first)).toBe(true);
    expect(await keeper.session()).not.toBe(first);
    expect(opened).toBe(2);
  });

  it("does not forget the session that has taken the refused one's place", async () => {
    const keeper = createSessionKeeper(open, clock);
    const first = await keeper.session();
    now += minute;
    keeper.drop(first);
    const second = await keeper.session();
    expect(keeper.drop(first)).toBe(true);
    expect(await keeper.session()).toBe(second);
    expect(opened).toBe(2);
  });

  it("opens one session for those who ask at the same time, and another where that failed", async () => {
    failing = true;
    const keeper = createSessionKeeper(open, clock);
    const failed = await Promise.allSettled([keeper.session(), keeper.session()]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(opened).toBe(1);
    failing = false;
    await keeper.session();
    expect(opened).toBe(2);
  });
});

import { describe, expect, it } from "vitest";
import { createCallLimit } from "../../src/tokens/call-limit.ts";

function setUp(perSecond = 2) {
  const time = { now: 1_000_000 };
  const limit = createCallLimit({ perSecond, clock: () => time.now });
  const call = (worked: boolean) => {
    const wait = limit.begin("ada");
    if (wait === undefined) limit.end(worked);
    return wait;
  };
  return { time, limit, call };
}

describe("createCallLimit", () => {
  it("lets so many calls begin in a second, and as many in the next", () => {
    const { time, call } = setUp();
    expect([call(true), call(true), call(true)]).toEqual([undefined, undefined, 1]);
    time.now += 999;
    expect(call(true)).toBe(1);
    time.now += 1;
    expect([call(true), call(true), call(true)]).toEqual([undefined, undefined, 1]);
  });

  it("lets so many of them be about one user, and as many in the next second", () => {
    const time = { now: 1_000_000 };
    const limit = createCallLimit({ perSecond: 3, perUser: 2, clock: () => time.now });
    const begin = (user: string) => limit.begin(user);
    expect(["ada", "ada", "ada", "ben", "ben", "eve"].map(begin)).toEqual([undefined, undefined, 1, undefined, 1, 1]);
    time.now += 1_000;
    expect(["ada", "ada", "ada"].map(begin)).toEqual([undefined, undefined, 1]);
  });

  it("begins another second where the clock is set back", () => {
    const { time, call } = setUp(1);
    call(true);
    time.now -= 3_600_000;
    expect([call(true), call(true)]).toEqual([undefined, 1]);
  });

  it("pauses after three failures in a row, and says for how long", () => {
    const { time, call } = setUp(10);
    expect([call(false), call(false), call(false)]).toEqual([undefined, undefined, undefined]);
    expect(call(true)).toBe(5);
    time.now += 4_001;
    expect(call(true)).toBe(1);
    time.now += 998;
    expect(call(true)).toBe(1);
    time.now += 1;
    expect(call(true)).toBeUndefined();
  });

  it("does not pause while one of three works", () => {
    const { call } = setUp(10);
    expect([false, false, true, false, false, true].map(call)).toEqual(Array(6).fill(undefined));
  });

  it("tries an endpoint that fails with one call at a time, until one works", () => {
    const { time, limit, call } = setUp(10);
    for (let failure = 0; failure < 3; failure += 1) call(false);
    time.now += 5_000;
    expect([limit.begin("ada"), limit.begin("ada")]).toEqual([undefined, 1]);
    limit.end(false);
    expect(limit.begin("ada")).toBe(5);
    time.now += 5_000;
    expect([limit.begin("ada"), limit.begin("ada")]).toEqual([undefined, 1]);
    limit.end(true);
    expect([limit.begin("ada"), limit.begin("ada")]).toEqual([undefined, undefined]);
  });

  it("does not pause for longer where the clock is set back", () => {
    const { time, call } = setUp(10);
    for (let failure = 0; failure < 3; failure += 1) call(false);
    time.now -= 3_600_000;
    expect(call(true)).toBeUndefined();
  });
});

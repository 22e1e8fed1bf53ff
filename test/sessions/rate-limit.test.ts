import { describe, expect, it } from "vitest";
import { createRateLimit } from "../../src/sessions/rate-limit.ts";

describe("createRateLimit", () => {
  it("gives the whole allowance at once, then one after each part of the minute", () => {
    let now = 1_000_000;
    const limit = createRateLimit(3, () => now);
    expect([1, 2, 3].map(() => limit.take("a"))).toEqual([undefined, undefined, undefined]);
    expect(limit.take("a")).toBe(20);
    now += 19_999;
    expect(limit.take("a")).toBe(1);
    now += 1;
    expect(limit.take("a")).toBeUndefined();
    expect(limit.take("a")).toBe(20);
    now += 60_000;
    expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([undefined, undefined, undefined, 20]);
  });

  it.each([1, 7, 60, 999])("gives exactly %d at once", (perMinute) => {
    const limit = createRateLimit(perMinute, () => 5_000);
    let taken = 0;
    while (limit.take("a") === undefined) taken += 1;
    expect(taken).toBe(perMinute);
  });

  it("charges nothing for what it refuses", () => {
    let now = 0;
    const limit = createRateLimit(1, () => now);
    limit.take("a");
    for (let index = 0; index < 100; index += 1) limit.take("a");
    now = 60_000;
    expect(limit.take("a")).toBeUndefined();
  });

  it("keeps keys apart", () => {
    const limit = createRateLimit(1, () => 0);
    expect(limit.take("a")).toBeUndefined();
    expect(limit.take("b")).toBeUndefined();
    expect(limit.take("__proto__")).toBeUndefined();
    expect(limit.take("a")).toBe(60);
  });

  it("locks nobody out for longer than a minute when the clock is set back", () => {
    let now = 10_000_000;
    const limit = createRateLimit(1, () => now);
    limit.take("a");
    now = 0;
    expect(limit.take("a")).toBe(60);
  });

  it("may be charged beyond the allowance, up to the debt", () => {
    let now = 1_000_000;
    const limit = createRateLimit(6, () => now, 12);
    for (let count = 0; count < 6; count += 1) limit.take("a");
    limit.charge("a", 5);
    expect(limit.take("a")).toBe(60);
    now += 60_000;
    expect([1, 2].map(() => limit.take("a"))).toEqual([undefined, 10]);
    limit.charge("a", 1_000);
    expect(limit.take("a")).toBe(130);
    now = 0;
    expect(limit.take("a")).toBe(130);
    expect(limit.take("b")).toBeUndefined();
  });

  it("has no debt where none was said", () => {
    const limit = createRateLimit(6, () => 0);
    limit.charge("a", 1_000);
    expect(limit.take("a")).toBe(10);
  });

  it("remembers 10,000 keys", () => {
    const limit = createRateLimit(1, () => 0);
    for (let index = 0; index < 10_000; index += 1) limit.take(String(index));
    expect(limit.take("0")).toBe(60);
    limit.take("one more");
    // The key that was quiet for longest begins anew.
    expect(limit.take("1")).toBeUndefined();
  });
});

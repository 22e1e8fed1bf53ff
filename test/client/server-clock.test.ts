import { describe, expect, it } from "vitest";
import { createServerClock, signingTime } from "../../src/client/server-clock.ts";

describe("the server's clock", () => {
  it("is the client's until the server tells, and runs on with the client's", () => {
    let own = 1_000_000;
    const clock = createServerClock(() => own);
    expect(clock.now()).toBe(1_000_000);
    clock.correct(new Date(5_000_000));
    expect(clock.now()).toBe(5_000_000);
    own += 1_500;
    expect(clock.now()).toBe(5_001_500);
    clock.correct(new Date(2_000_000));
    expect(clock.now()).toBe(2_000_000);
  });
});

describe("a time of signing", () => {
  it("is in the basic format, in whole seconds", () => {
    expect(signingTime(Date.parse("2026-11-21T03:04:05.678Z"))).toBe("20261121T030405Z");
  });
});

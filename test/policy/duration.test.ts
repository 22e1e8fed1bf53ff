import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationText, readDuration } from "../../src/policy/duration.ts";
import { type PolicyFault, placeOf } from "../../src/policy/policy-error.ts";

function read(value: unknown) {
  const faults: PolicyFault[] = [];
  return { seconds: readDuration(value, placeOf("maxAge", faults)), faults };
}

describe("a duration", () => {
  it.each([
    [1, 1],
    [900, 900],
    ["1s", 1],
    ["90s", 90],
    ["15m", 900],
    ["12h", 43_200],
    ["7d", 604_800],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])("of %j is %j seconds", (value, seconds) => {
    expect(read(value)).toEqual({ seconds, faults: [] });
  });

  it.each([
    0,
    -1,
    1.5,
    Number.NaN,
    2 ** 53,
    true,
    null,
    undefined,
    ["15m"],
    "",
    "15",
    "m",
    "0m",
    "015m",
    "15 m",
    " 15m",
    "15m ",
    "15M",
    "15min",
    "1.5h",
    "1h30m",
    "-15m",
    "+15m",
    "1e2s",
    "１５m",
    "15m\n",
    "9007199254740992s",
    "999999999999999d",
    `${"9".repeat(100_000)}s`,
    "PT15M",
  ])("is not %.20j", (value) => {
    expect(read(value)).toEqual({
      seconds: undefined,
      faults: [
        {
          where: "maxAge",
          fault: "write a whole number of seconds from 1 up, or one with a unit such as 90s, 15m, 12h or 7d",
        },
      ],
    });
  });

  it("is spelled in the largest unit that leaves no rest", () => {
    expect([1, 60, 90, 900, 3_600, 5_400, 86_400, 90_000].map(durationText)).toEqual([
      "1s",
      "1m",
      "90s",
      "15m",
      "1h",
      "90m",
      "1d",
      "25h",
    ]);
  });

  it("is the same again after it was spelled", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seconds) => {
        expect(read(durationText(seconds)).seconds).toBe(seconds);
      }),
    );
  });
});

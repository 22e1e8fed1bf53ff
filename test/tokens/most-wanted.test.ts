import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostWanted } from "../../src/tokens/most-wanted.ts";

describe("mostWanted", () => {
  it("gives the name that was asked for most, and starts anew", () => {
    const wanted = mostWanted(3);
    for (const name of ["a", "b", "b", "c"]) wanted.note(name);
    expect(wanted.take()).toBe("b");
    expect(wanted.take()).toBeUndefined();
  });

  it("passes over names, and forgets them too", () => {
    const wanted = mostWanted(3);
    for (const name of ["a", "b", "b"]) wanted.note(name);
    expect(wanted.take((name) => name === "b")).toBe("a");
    expect(wanted.take()).toBeUndefined();
    wanted.note("b");
    expect(wanted.take((name) => name === "b")).toBeUndefined();
  });

  it("finds the name that makes a third of the requests among many that are made up, in whatever order", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.infiniteStream(fc.nat()), (others, positions) => {
        const requests = Array.from({ length: others }, (_, at) => `made up ${at}`);
        for (let count = 0; count < Math.floor(others / 3) + 3; count++) {
          requests.splice((positions.next().value as number) % (requests.length + 1), 0, "real");
        }
        const wanted = mostWanted(3);
        for (const name of requests) wanted.note(name);
        expect(wanted.take()).toBe("real");
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { suggestion } from "../../src/policy/suggestion.ts";

const known = ["group", "scope", "not", "anyOf", "allOf", "maxAge", "it's"];

describe("a suggestion", () => {
  it.each([
    ["groups", "group"],
    ["gruop", "group"],
    ["GROUP", "group"],
    ["gropu", "group"],
    ["scoep", "scope"],
    ["alof", "allOf"],
    ["anyof", "anyOf"],
    ["nto", "not"],
    ["no", undefined],
    ["max_age", "maxAge"],
    ["its", "it's"],
    ["group", undefined],
    ["", undefined],
    ["a", undefined],
    ["permission", undefined],
    ["group".repeat(1_000_000), undefined],
  ])("for %.20j is %j", (name, meant) => {
    expect(suggestion(name, known)).toBe(meant === undefined ? "" : ` (did you mean "${meant}"?)`);
  });

  it("is the nearest name, and the first of those that are equally near", () => {
    expect(suggestion("reader", ["leaders", "readers", "header"])).toBe(' (did you mean "readers"?)');
  });

  it("is never a name that is too long to be compared", () => {
    expect(suggestion("a".repeat(64), ["a".repeat(65)])).toBe("");
    expect(suggestion("a".repeat(63), ["a".repeat(64)])).not.toBe("");
  });
});

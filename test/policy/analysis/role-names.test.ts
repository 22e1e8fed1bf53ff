import { describe, expect, it } from "vitest";
import { createDiagrams, TooComplex } from "../../../src/policy/analysis/decision-diagram.ts";
import { tellingNames } from "../../../src/policy/analysis/role-names.ts";
import { matchesRole } from "../../../src/policy/role-pattern.ts";

const inAccount = { arn: "", partition: "aws", account: "111111111111" };

function matched(patterns: readonly string[], name: string): string {
  return patterns.filter((pattern) => matchesRole({ ...inAccount, name: pattern }, { ...inAccount, name })).join(" ");
}

describe("names of roles that tell patterns apart", () => {
  it.each([
    [["Editor"], ["", "Editor"]],
    [["batch-*"], ["", "batch-*"]],
    [["*"], ["*"]],
    [
      ["a*", "*b"],
      ["", "*b", "a*", "a* *b"],
    ],
    [
      ["a*", "ab*", "abc"],
      ["", "a*", "a* ab*", "a* ab* abc"],
    ],
    [
      ["*a*b*", "*b*", "ab"],
      ["", "*a*b* *b*", "*a*b* *b* ab", "*b*"],
    ],
    [
      ["**", "a"],
      ["**", "** a"],
    ],
    [
      [`${"x".repeat(63)}*`, "x*x"],
      ["", "x*x", `${"x".repeat(63)}*`, `${"x".repeat(63)}* x*x`],
    ],
  ])("of %j are one for each way to match", (patterns, ways) => {
    const names = tellingNames(patterns, createDiagrams(200_000).spend);
    expect(names.map((name) => matched(patterns, name)).sort()).toEqual([...ways].sort());
    for (const name of names) expect(name).toMatch(/^[\w+=,.@-]{1,64}$/);
  });

  it("come from what is there where patterns name each character", () => {
    const each = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"].map((one) => `${one}*`);
    expect(tellingNames(each, createDiagrams(200_000).spend)).toHaveLength(each.length);
  });

  it("are given up where there are too many patterns", () => {
    const patterns = Array.from({ length: 12 }, (_, index) => `*${"abcdefghijkl"[index]}*${"mnopqrstuvwx"[index]}*`);
    expect(() => tellingNames(patterns, createDiagrams(200_000).spend)).toThrow(TooComplex);
  });
});

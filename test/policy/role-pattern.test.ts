import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesRole } from "../../src/policy/role-pattern.ts";
import { processorTime } from "../processor-time.ts";

const role = (name: string) => ({ arn: "", partition: "aws", account: "123456789012", name });
const matches = (pattern: string, name: string) => matchesRole(role(pattern), role(name));

describe("a role's pattern", () => {
  it.each([
    ["Editor", "Editor"],
    ["*", "Editor"],
    ["Edit*", "Editor"],
    ["Edit*", "Edit"],
    ["*tor", "Editor"],
    ["*Editor*", "Editor"],
    ["E*r", "Editor"],
    ["E*i*r", "Editor"],
    ["a*a", "aa"],
    ["a*b*c", "aXbYbc"],
    ["**", "x"],
    ["a**b", "ab"],
    ["*.*", "a.b"],
    ["a+b", "a+b"],
  ])("%s takes %s", (pattern, name) => {
    expect(matches(pattern, name)).toBe(true);
  });

  it.each([
    ["Editor", "editor"],
    ["Editor", "Editors"],
    ["Edit*", "XEdit"],
    ["*tor", "tors"],
    ["a*a", "a"],
    ["ab*ba", "aba"],
    ["a*b*c", "ac"],
    ["a*b*c", "acb"],
    ["a*bc*c", "abc"],
    ["a.b", "axb"],
    ["a+b", "aab"],
  ])("%s does not take %s", (pattern, name) => {
    expect(matches(pattern, name)).toBe(false);
  });

  it("takes a role of its own account and partition only", () => {
    expect(matchesRole(role("*"), { ...role("x"), account: "210987654321" })).toBe(false);
    expect(matchesRole(role("*"), { ...role("x"), partition: "aws-cn" })).toBe(false);
  });

  it("agrees with a regular expression", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 6 }).map((list) => list.join(""));
    fc.assert(
      fc.property(letters, fc.array(fc.constantFrom("a", "b"), { maxLength: 7 }), (pattern, list) => {
        const name = list.join("");
        expect(matches(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
      }),
    );
  });

  it("takes no long time over many stars", () => {
    const started = processorTime();
    expect(matches(`${"*a".repeat(32)}b`, "a".repeat(64))).toBe(false);
    expect(processorTime() - started).toBeLessThan(2_000);
  });
});

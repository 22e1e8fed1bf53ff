import { expect, it } from "vitest";
import { ruleText } from "../../../src/policy/analysis/rule-text.ts";

it.each<[unknown, string]>([
  ["x", '"x"'],
  [1, "1"],
  [null, "null"],
  [{ userId: true }, "userId"],
  [{ group: "a" }, 'group("a")'],
  [{ group: ["a", "b"] }, 'group("a", "b")'],
  [{ equal: [{ userId: true }, { param: "id" }] }, 'equal(userId, param("id"))'],
  [{ oneOf: [{ tag: "t" }, ["a", 1]] }, 'oneOf(tag("t"), ["a", 1])'],
  [{ not: "guest" }, "not(guest)"],
  [{ anyOf: ["authenticated", { not: { group: "a" } }] }, 'anyOf(authenticated, not(group("a")))'],
])("spells %j as %s", (rule, text) => {
  expect(ruleText(rule)).toBe(text);
});

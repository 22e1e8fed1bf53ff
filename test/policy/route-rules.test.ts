import { describe, expect, it } from "vitest";
import { noPolicy } from "../../src/policy/named-rules.ts";
import { placeOf } from "../../src/policy/policy-error.ts";
import { readRule } from "../../src/policy/read-rule.ts";
import { createRouteRules } from "../../src/policy/route-rules.ts";
import type { Rule } from "../../src/policy/rule.ts";
import type { RuleNode } from "../../src/policy/rule-node.ts";
import { editor, ruleInput } from "./rule-input.ts";

const nodeOf = (rule: Rule) => readRule(rule, placeOf("rule", []), noPolicy) as RuleNode;

describe("the rules of routes", () => {
  it("are one where they read alike, and else are not", () => {
    const join = createRouteRules(undefined);
    const first = join(nodeOf({ group: ["editors", "staff"] }));
    expect(join(nodeOf({ group: ["editors", "staff"] }))).toBe(first);
    for (const other of [
      { group: ["staff", "editors"] },
      { group: ["editors"] },
      { group: "editors" },
      { scope: "editors" },
      { not: { group: ["editors", "staff"] } },
    ] satisfies Rule[]) {
      expect(join(nodeOf(other)), JSON.stringify(other)).not.toBe(first);
    }
  });

  it("are not one where only the type of a value differs", () => {
    const join = createRouteRules(undefined);
    const text = join(nodeOf({ equal: [{ claim: "level" }, "3"] }));
    const number = join(nodeOf({ equal: [{ claim: "level" }, 3] }));
    const input = ruleInput({ principal: editor });
    expect(text.compiled.evaluate(input)).toBeUndefined();
    expect(number.compiled.evaluate(input)).toBe(true);
  });

  it("hold together with what is required, but for those for anyone", () => {
    const join = createRouteRules(nodeOf({ group: "staff" }));
    const open = join(nodeOf({ not: { group: "staff" } }));
    expect(open.own.source).toEqual({ not: { group: "staff" } });
    expect(open.compiled.source).toEqual({ allOf: [{ group: "staff" }, { not: { group: "staff" } }] });
    expect(join(nodeOf("anyone")).compiled.source).toBe("anyone");
  });
});

import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import { rememberingCompiler } from "../../src/policy/remembering-compiler.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { editor, ruleInput } from "./rule-input.ts";

const open = definePolicy({ rules: { who: "authenticated" }, routes: {} });
const closed = definePolicy({ rules: { who: { group: "admins" } }, require: { not: { group: "staff" } }, routes: {} });
const input = ruleInput({ principal: editor });

describe("the rules of guards", () => {
  it("are compiled once for each object", () => {
    const compile = rememberingCompiler();
    const rule: Rule = { group: "editors" };
    expect(compile(rule, undefined)).toBe(compile(rule, undefined));
    expect(compile(rule, open)).toBe(compile(rule, open));
    expect(compile({ group: "editors" }, undefined)).not.toBe(compile(rule, undefined));
  });

  it("mean what the policy says in which they are asked for, whichever was asked first", () => {
    for (const policies of [
      [undefined, open, closed],
      [closed, open, undefined],
    ]) {
      const compile = rememberingCompiler();
      const rule: Rule = { group: "editors" };
      const outcomes = policies.map((policy) => [policy, compile(rule, policy).evaluate(input)]);
      // Once more, as all are remembered.
      expect(policies.map((policy) => [policy, compile(rule, policy).evaluate(input)])).toEqual(outcomes);
      expect(new Map(outcomes as [unknown, unknown][])).toEqual(
        new Map<unknown, unknown>([
          [undefined, true],
          [open, true],
          [closed, false],
        ]),
      );
    }
  });

  it("take their names from the policy, and have none without", () => {
    const compile = rememberingCompiler();
    const rule: Rule = { rule: "who" };
    expect(compile(rule, open).evaluate(input)).toBe(true);
    expect(compile(rule, closed).evaluate(input)).toBe(false);
    expect(() => compile(rule, undefined)).toThrow(PolicyError);
  });

  it("may be words, which are no objects to remember by", () => {
    const compile = rememberingCompiler();
    for (const policy of [undefined, open]) {
      expect(compile("authenticated", policy).evaluate(input)).toBe(true);
      expect(compile("guest", policy).evaluate(input)).toBe(false);
    }
  });

  it.each([undefined, null, 7, "nobody", {}, { group: "" }])("are refused again and again: %j", (rule) => {
    const compile = rememberingCompiler();
    for (const policy of [undefined, undefined, open, open]) {
      expect(() => compile(rule as Rule, policy)).toThrow(PolicyError);
    }
  });

  it("stay what they were when they were compiled first, whatever becomes of the object", () => {
    const compile = rememberingCompiler();
    const rule = { group: "admins" };
    expect(compile(rule, undefined).evaluate(input)).toBe(false);
    rule.group = "editors";
    expect(compile(rule, undefined).evaluate(input)).toBe(false);
  });

  it("are not shared between two that remember", () => {
    const rule: Rule = { group: "editors" };
    expect(rememberingCompiler()(rule, undefined)).not.toBe(rememberingCompiler()(rule, undefined));
  });
});

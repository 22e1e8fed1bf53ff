import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { compileRule } from "../../src/policy/compile.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";
import type { Principal } from "../../src/principal.ts";
import { editor, editorRole, machine, ruleInput, signedEditor } from "./rule-input.ts";

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

describe("compileRule", () => {
  it("makes a rule that is frozen together with its source", () => {
    const compiled = compileRule({ allOf: [{ group: ["a", "b"] }, { not: "guest" }] });
    expect(compiled.source).toStrictEqual({ allOf: [{ group: ["a", "b"] }, { not: "guest" }] });
    expect(Object.isFrozen(compiled)).toBe(true);
    expect(isDeepFrozen(compiled.source)).toBe(true);
  });

  it("refuses a rule by name, since no policy holds it", () => {
    expect(() => compileRule({ anyOf: [{ rule: "office" }, "guest"] })).toThrow(
      new PolicyError("rule", [
        {
          where: "rule.anyOf[0].rule",
          fault: 'there is no policy here, so no rule of the name "office"; write the rule itself',
        },
      ]),
    );
  });

  it("tells every fault at once", () => {
    const faulty = { allOf: [{ anyOf: [] }, "nobody", { group: 1 }] } as unknown as Rule;
    expect(() => compileRule(faulty)).toThrow(ConfigurationError);
    try {
      compileRule(faulty);
      expect.unreachable();
    } catch (thrown) {
      const { code, option, message, faults } = thrown as PolicyError;
      expect({ code, option, wheres: faults.map(({ where }) => where) }).toEqual({
        code: "invalid_policy",
        option: "rule",
        wheres: ["rule.allOf[0].anyOf", "rule.allOf[1]", "rule.allOf[2].group"],
      });
      expect(message.split("\n")).toHaveLength(4);
      expect(message.split("\n")[0]).toBe("rule: 3 faults");
    }
  });
});

const wanting: readonly (readonly [rule: Rule, principal: Principal, missing: readonly string[] | undefined])[] = [
  [{ scope: "articles/write" }, editor, ["articles/write"]],
  [{ scope: ["a", "b"] }, editor, ["a", "b"]],
  [{ scope: "articles/read" }, editor, undefined],
  [{ scope: "articles/write" }, signedEditor, undefined],
  [{ group: "admins" }, editor, undefined],
  [{ allOf: [{ group: "editors" }, { scope: "w" }] }, editor, ["w"]],
  [{ allOf: [{ group: "admins" }, { scope: "w" }] }, editor, undefined],
  [{ allOf: [{ scope: "w" }, { scope: "x" }, { scope: "w" }] }, editor, ["w", "x"]],
  [{ allOf: [{ scope: "w" }, { equal: [{ tag: "none" }, "x"] }] }, editor, undefined],
  [{ anyOf: [{ group: "admins" }, { scope: "w" }] }, editor, ["w"]],
  [{ anyOf: [{ scope: "w" }, { scope: "x" }] }, editor, ["w", "x"]],
  [{ anyOf: [{ allOf: [{ scope: "w" }, { group: "admins" }] }, { scope: "x" }] }, editor, ["x"]],
  [{ anyOf: [{ group: "admins" }, "guest"] }, editor, undefined],
  [{ allOf: [{ anyOf: [{ group: "editors" }, { scope: "w" }] }, { scope: "x" }] }, editor, ["x"]],
  [{ allOf: [{ not: { scope: "w" } }, { scope: "x" }] }, editor, ["x"]],
  [{ not: { scope: "articles/read" } }, editor, undefined],
  [{ not: { not: { scope: "w" } } }, editor, undefined],
  [{ allOf: [{ scope: "delete" }, { group: "editors" }] }, machine, undefined],
  [{ allOf: [{ scope: "delete" }, { not: { group: "editors" } }] }, machine, ["delete"]],
  [{ allOf: [{ scope: "w" }, { group: "editors" }] }, editorRole, undefined],
];

describe("the scopes for want of which a rule is not true", () => {
  it.each(wanting)("of %j", (rule, principal, missing) => {
    expect(compileRule(rule).remedy(ruleInput({ principal }))?.scopes).toEqual(missing);
  });

  it("are found in named rules too", () => {
    const policy = definePolicy({
      require: { scope: "api" },
      rules: { write: { allOf: ["authenticated", { scope: "articles/write" }] } },
      routes: {},
    });
    const compiled = policy.compile({ rule: "write" });
    expect(compiled.remedy(ruleInput({ principal: editor }))?.scopes).toEqual(["api", "articles/write"]);
  });
});

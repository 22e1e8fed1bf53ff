import { describe, expect, it } from "vitest";
import { compileRule } from "../../src/policy/compile.ts";
import type { Ternary } from "../../src/policy/evaluation.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { editor, ruleInput, signedEditor } from "./rule-input.ts";

const office: Rule = { ip: ["10.0.0.0/8", "2001:DB8::/32"] };

describe("a rule on addresses", () => {
  it.each<[rule: Rule, address: string | undefined, value: Ternary]>([
    [office, "10.1.2.3", true],
    [office, "::ffff:10.1.2.3", true],
    [office, "2001:db8::1", true],
    [office, "192.0.2.1", false],
    [{ ip: "192.0.2.1" }, "192.0.2.1", true],
    [{ not: { ip: "192.0.2.1" } }, "192.0.2.2", true],
    [office, undefined, undefined],
    [office, "unknown", undefined],
    [{ not: office }, undefined, undefined],
    [{ not: office }, "10.1.2.3, 192.0.2.1", undefined],
  ])("%j for %s is %s", (rule, remoteAddress, value) => {
    const given = ruleInput({ principal: editor, ...(remoteAddress !== undefined && { remoteAddress }) });
    expect(compileRule(rule).evaluate(given)).toBe(value);
  });

  it("shows the address that it looked at", () => {
    expect(compileRule(office).explain(ruleInput({ remoteAddress: "192.0.2.1" }))).toEqual({
      rule: 'ip("10.0.0.0/8", "2001:DB8::/32")',
      value: false,
      operands: [{ operand: "remoteAddress", state: "present", value: "192.0.2.1" }],
    });
  });

  it("says where the address is not known, and where it is none", () => {
    expect(compileRule({ ip: "::1" }).explain(ruleInput({ principal: signedEditor }))).toEqual({
      rule: 'ip("::1")',
      value: "indeterminate",
      operands: [{ operand: "remoteAddress", state: "missing" }],
      missing: "the address of a signed caller is not known",
    });
    expect(compileRule({ ip: "::1" }).explain(ruleInput({ remoteAddress: "\u202eunknown" }))).toMatchObject({
      operands: [{ operand: "remoteAddress", state: "unreadable" }],
      missing: "what the adapter tells of an anonymous caller is no address",
    });
  });

  it("keeps the entries as they were written, in a copy of its own", () => {
    const ranges: [string, ...string[]] = ["2001:DB8::/32"];
    const compiled = compileRule({ ip: ranges });
    ranges[0] = "::/0";
    expect(compiled.source).toStrictEqual({ ip: ["2001:DB8::/32"] });
    expect(compileRule({ ip: "10.0.0.0/8" }).source).toStrictEqual({ ip: "10.0.0.0/8" });
    expect(compiled.evaluate(ruleInput({ remoteAddress: "2001:db9::1" }))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { noPolicy, readNamedRules } from "../../src/policy/named-rules.ts";
import type { PolicyFault } from "../../src/policy/policy-error.ts";

function read(rules: Readonly<Record<string, unknown>>) {
  const faults: PolicyFault[] = [];
  const { nodes } = readNamedRules(new Map(Object.entries(rules)), noPolicy, faults);
  return { names: [...nodes.keys()].sort(), faults };
}

function chain(length: number): Record<string, unknown> {
  const rules: Record<string, unknown> = {};
  for (let index = 1; index < length; index++) rules[`r${index}`] = { rule: `r${index + 1}` };
  rules[`r${length}`] = "guest";
  return rules;
}

describe("named rules", () => {
  it("may use one another in any order, and have any name", () => {
    const rules = JSON.parse(
      '{"a":{"rule":"__proto__"},"__proto__":{"not":{"rule":"constructor"}},"constructor":"guest"}',
    );
    expect(read(rules)).toEqual({ names: ["__proto__", "a", "constructor"], faults: [] });
  });

  it("are reported once where they do not exist", () => {
    expect(read({ a: { rule: "b" }, c: { rule: "a" } })).toEqual({
      names: [],
      faults: [{ where: "rules.a.rule", fault: 'there is no rule of the name "b" in rules; it has "a", "c"' }],
    });
    expect(read({ a: { rule: "toString" } }).faults).toEqual([
      { where: "rules.a.rule", fault: 'there is no rule of the name "toString" in rules; it has "a"' },
    ]);
  });

  it.each([
    [{ a: { rule: "a" } }, "rules.a.rule", '"a", "a"'],
    [
      { a: { not: { rule: "b" } }, b: { anyOf: ["guest", { rule: "c" }] }, c: { rule: "a" } },
      "rules.c.rule",
      '"a", "b", "c", "a"',
    ],
    [{ start: { rule: "b" }, b: { rule: "c" }, c: { rule: "b" } }, "rules.c.rule", '"b", "c", "b"'],
  ])("are reported where they go round in a circle: %j", (rules, where, circle) => {
    expect(read(rules)).toEqual({
      names: [],
      faults: [{ where, fault: `the named rules go round in a circle: ${circle}` }],
    });
  });

  it("may form a chain of 32 levels and no more", () => {
    expect(read(chain(32)).faults).toEqual([]);
    const fault = "the rule is nested deeper than 32 levels, named rules included; make it flatter";
    expect(read(chain(33)).faults).toEqual([{ where: "rules.r32.rule", fault }]);
    const backwards = Object.fromEntries(Object.entries(chain(33)).reverse());
    expect(read(backwards).faults).toEqual([{ where: "rules.r1.rule", fault }]);
  });

  it("may form a chain of any length without exhausting the stack", () => {
    expect(read(chain(20_000)).faults.length).toBeGreaterThan(0);
  });
});

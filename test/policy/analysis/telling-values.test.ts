import { describe, expect, it } from "vitest";
import { operandSource } from "../../../src/policy/analysis/operand-source.ts";
import { tellingValues, type ValueTest } from "../../../src/policy/analysis/telling-values.ts";
import type { Literal, Operand } from "../../../src/policy/rule.ts";

const source = (operand: Operand) => operandSource(operand, new Map());
const isOne = (key: string, ...literals: readonly Literal[]): ValueTest => ({
  ...{ key, literals, judge: (value: Literal) => literals.includes(value) },
});

describe("tellingValues", () => {
  it("takes each value that a test names, and one that no test names", () => {
    const found = tellingValues([source({ tag: "t" })], [isOne("tag:t", "acme", "beta")]);
    expect(found.map(({ value, other }) => [value, other])).toEqual([
      ["acme", false],
      [expect.any(String), true],
    ]);
  });

  it("asks a test of the values that its operand can have, and of no others", () => {
    const judged: Literal[] = [];
    const test: ValueTest = {
      ...isOne("claim:level", 3),
      judge(value) {
        judged.push(value);
        return value === 3;
      },
    };
    const found = tellingValues(
      [source({ claim: "level" }), source({ header: "x" })],
      [test, isOne("header:x", "\u20ac")],
    );
    const keysOf = (wanted: Literal) => [...(found.find(({ value }) => value === wanted)?.keys ?? [])];
    // No header can carry the text, and no header is a number.
    expect(keysOf(3)).toEqual(["claim:level"]);
    expect(keysOf("\u20ac")).toEqual(["claim:level"]);
    expect(judged).toContain(3);
  });

  it("does not ask a test of a value that another operand alone can have", () => {
    const never: ValueTest = {
      ...{ key: "header:x", literals: [7] },
      judge: () => {
        throw new Error("a header is never a number");
      },
    };
    const found = tellingValues([source({ claim: "level" })], [isOne("claim:level", 7), never]);
    expect(found.map(({ value }) => value)).toContain(7);
  });
});

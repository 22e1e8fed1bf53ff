import { describe, expect, it } from "vitest";
import { createDiagrams, TooComplex, unlessTooComplex } from "../../../src/policy/analysis/decision-diagram.ts";

function binary(limit = 10_000) {
  const diagrams = createDiagrams(limit);
  const variable = (level: number) => diagrams.choose(level, [diagrams.never, diagrams.always]);
  return { ...diagrams, variable };
}

describe("decision diagrams", () => {
  it("are the same object where they mean the same", () => {
    const { and, or, not, variable, always, never } = binary();
    const [a, b, c] = [variable(0), variable(1), variable(2)];
    expect(and(a, or(b, c))).toBe(or(and(c, a), and(a, b)));
    expect(not(and(a, b))).toBe(or(not(b), not(a)));
    expect(not(not(or(a, c)))).toBe(or(a, c));
    expect(or(a, not(a))).toBe(always);
    expect(and(a, b, not(a))).toBe(never);
    expect(and(a, b)).not.toBe(and(a, c));
    expect([and(), or()]).toEqual([always, never]);
  });

  it("ask about variables of more than two values", () => {
    const { and, choose, always, never } = binary();
    const isFirst = choose(0, [always, never, never]);
    const isNotLast = choose(0, [always, always, never]);
    expect(and(isFirst, isNotLast)).toBe(isFirst);
    expect(choose(0, [isNotLast, isNotLast, isNotLast])).toBe(isNotLast);
  });

  it("tell what holds whatever some variables are", () => {
    const { and, or, variable, whatever, always, never, not } = binary();
    const [a, b, c] = [variable(0), variable(1), variable(2)];
    expect(whatever(new Set([1]), or(a, b))).toBe(a);
    expect(whatever(new Set([0]), or(and(a, c), and(not(a), c), b))).toBe(or(b, c));
    expect(whatever(new Set([1, 2]), and(b, c))).toBe(never);
    const parity = or(and(a, not(b)), and(not(a), b));
    expect(whatever(new Set([3]), or(and(parity, c), and(not(parity), not(c))))).toBe(
      or(and(parity, c), and(not(parity), not(c))),
    );
    expect(whatever(new Set(), and(b, c))).toBe(and(b, c));
    expect(whatever(new Set([0]), always)).toBe(always);
  });

  it("find the cheapest way to a yes, and no more of it than matters", () => {
    const { and, or, not, variable, cheapest, always, never } = binary();
    const [a, b, c] = [variable(0), variable(1), variable(2)];
    const cost = (level: number, value: number) => value * (level === 2 ? 1 : 5);
    expect(cheapest(or(and(a, b), c), cost)).toEqual({
      cost: 1,
      values: new Map([
        [0, 0],
        [2, 1],
      ]),
    });
    expect(cheapest(and(a, not(b)), cost)).toEqual({
      cost: 5,
      values: new Map([
        [0, 1],
        [1, 0],
      ]),
    });
    expect(cheapest(always, cost)).toEqual({ cost: 0, values: new Map() });
    expect(cheapest(never, cost)).toBeUndefined();
  });

  it("give up at their limit", () => {
    const { and, or, variable } = binary(1_000);
    const spread = () => or(...Array.from({ length: 16 }, (_, index) => and(variable(index), variable(index + 16))));
    expect(spread).toThrow(TooComplex);
    expect(unlessTooComplex(spread)).toBeUndefined();
    expect(unlessTooComplex(() => 1)).toBe(1);
    expect(() => unlessTooComplex(() => JSON.parse("{"))).toThrow(SyntaxError);
  });
});

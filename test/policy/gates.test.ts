import { describe, expect, it } from "vitest";
import type { CompiledRule, RuleInput, Ternary } from "../../src/policy/evaluation.ts";
import { closedGates, type Gate, isHopeless, questionsOf } from "../../src/policy/gates.ts";
import type { Question } from "../../src/policy/replies.ts";
import { ruleInput } from "./rule-input.ts";

const input = ruleInput({});
const question = (key: string) => ({ key }) as Question;

/** A gate whose rule says this, and would ask these. */
function gate(outcome: Ternary, asks: boolean, questions: readonly Question[] | undefined): Gate {
  const rule = { asks, evaluate: () => outcome, questions: () => questions } as Partial<CompiledRule>;
  return { rule: rule as CompiledRule, input };
}

describe("a gate", () => {
  it.each<[Ternary, number]>([
    [true, 0],
    [false, 1],
    [undefined, 1],
  ])("whose rule is %s is open by nothing but true", (outcome, closed) => {
    expect(closedGates([gate(outcome, false, undefined)])).toHaveLength(closed);
  });

  it("is closed or open by itself, and stays in its place", () => {
    const gates = [gate(undefined, false, []), gate(true, false, []), gate(false, false, [])];
    expect(closedGates(gates)).toEqual([gates[0], gates[2]]);
    expect(closedGates([])).toEqual([]);
  });

  it("is judged on its own input", () => {
    const seen: RuleInput[] = [];
    const rule = {
      evaluate: (given: RuleInput) => {
        seen.push(given);
        return true;
      },
    } as Partial<CompiledRule> as CompiledRule;
    const other = ruleInput({ method: "POST" });
    closedGates([
      { rule, input },
      { rule, input: other },
    ]);
    expect(seen).toEqual([input, other]);
    expect(seen[1]).toBe(other);
  });

  it.each<[string, boolean, readonly Question[] | undefined, boolean]>([
    ["asks nobody", false, [], true],
    ["asks nobody, whatever it says of questions", false, [question("a")], true],
    ["asks, and no answer opens it", true, undefined, true],
    ["asks, and an answer may open it", true, [question("a")], false],
    ["asks, and nothing is open to ask", true, [], false],
  ])("that %s is hopeless or not", (_, asks, questions, hopeless) => {
    expect(isHopeless(gate(false, asks, questions))).toBe(hopeless);
  });
});

describe("the questions of gates", () => {
  const [a, b, c] = [question("a"), question("b"), question("c")] as const;

  it.each<[string, readonly Gate[], readonly Question[]]>([
    ["of none", [], []],
    ["of one", [gate(undefined, true, [a, b])], [a, b]],
    ["of several, in their order", [gate(undefined, true, [c]), gate(undefined, true, [a, b])], [c, a, b]],
    ["of one beside an open one", [gate(true, false, []), gate(undefined, true, [a])], [a]],
    ["of none beside a hopeless one", [gate(undefined, true, [a]), gate(false, true, undefined)], []],
    ["of none behind a hopeless one", [gate(false, false, undefined), gate(undefined, true, [a])], []],
  ])("are those %s", (_, gates, expected) => {
    expect(questionsOf(gates)).toEqual(expected);
  });

  it("are not looked for where no rule asks", () => {
    const silent = {
      rule: {
        asks: false,
        questions: () => {
          throw new Error("looked for");
        },
      } as Partial<CompiledRule> as CompiledRule,
      input,
    };
    expect(questionsOf([silent, silent])).toEqual([]);
    expect(() => questionsOf([silent, gate(undefined, true, [a])])).toThrow("looked for");
  });
});

import type { RuleInput } from "./evaluation.ts";
import { type ExplainedOperand, type OperandState, quote } from "./explain.ts";
import type { Literal, Operand } from "./rule.ts";

/** What stands in a request under one name. */
export type Found =
  | { readonly state: "present"; readonly value: Literal }
  | { readonly state: Exclude<OperandState, "present"> };

/** An operand that has been read, or a literal in the place of one. */
export interface OperandNode<Source extends Operand | Literal = Operand | Literal> {
  readonly source: Source;
  /** The operand in the spelling of the combinators. */
  readonly text: string;
  /** The header that it reads, in lower case. */
  readonly header?: string;
  /** The parameter of the route that it reads. */
  readonly param?: string;
  /** What it comes to; undefined where that is not known. */
  value(input: RuleInput): Literal | undefined;
  /** Looks again, for an explanation; absent for literals, which are in the text of the rule. */
  observe?(input: RuleInput): ObservedOperand;
}

/** What an explanation tells of an operand. */
export interface ObservedOperand {
  readonly shown: ExplainedOperand;
  /** Why it has no value, and whose fault that is; absent where it has one. */
  readonly lack?: string;
}

export const missing: Found = Object.freeze({ state: "missing" });
export const repeated: Found = Object.freeze({ state: "repeated" });
export const unreadable: Found = Object.freeze({ state: "unreadable" });

/** An optional text as it is found. */
export function foundText(value: string | undefined): Found {
  return value === undefined ? missing : { state: "present", value };
}

type OperandFacts = Pick<OperandNode<Operand>, "source" | "text" | "header" | "param">;

/** Why an operand has no value, and whose fault that is. */
export interface Lack {
  readonly state: Exclude<OperandState, "present">;
  readonly lack: string;
}

/** An operand whose value explanations show. */
export function shownOperand(
  facts: OperandFacts,
  value: (input: RuleInput) => Literal | undefined,
  lackOf: (input: RuleInput) => Lack,
): OperandNode<Operand> {
  return {
    ...facts,
    source: Object.freeze(facts.source),
    value,
    observe(input) {
      const known = value(input);
      if (known !== undefined) return { shown: { operand: facts.text, state: "present", value: known } };
      const { state, lack } = lackOf(input);
      return { shown: { operand: facts.text, state }, lack };
    },
  };
}

/** An operand whose value may be a secret, so that explanations show its state alone. */
export function hiddenOperand(
  facts: OperandFacts,
  phrase: string,
  find: (input: RuleInput) => Found,
): OperandNode<Operand> {
  const lacks = {
    missing: `the request has no ${phrase}`,
    repeated: `the ${phrase} occurs more than once`,
    unreadable: `the ${phrase} cannot be read in one way only`,
  } as const;
  return {
    ...facts,
    source: Object.freeze(facts.source),
    value(input) {
      const found = find(input);
      return found.state === "present" ? found.value : undefined;
    },
    observe(input) {
      const { state } = find(input);
      const shown = { operand: facts.text, state };
      return state === "present" ? { shown } : { shown, lack: lacks[state] };
    },
  };
}

/** A literal in the place of an operand. JSON has no negative zero, so it becomes zero. */
export function literalNode(literal: Literal): OperandNode<Literal> {
  const source = literal === 0 ? 0 : literal;
  return { source, text: literalText(source), value: () => source };
}

/** A literal as JSON, safe to print. */
export function literalText(literal: Literal): string {
  return typeof literal === "string" ? quote(literal) : String(literal);
}

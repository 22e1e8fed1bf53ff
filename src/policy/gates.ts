import type { CompiledRule, RuleInput } from "./evaluation.ts";
import type { Question } from "./replies.ts";

/** One rule that a request must pass, with all that it is judged on. */
export interface Gate {
  readonly rule: CompiledRule;
  readonly input: RuleInput;
}

const none: readonly Question[] = Object.freeze([]);

/** The gates that are not open. */
export function closedGates(gates: readonly Gate[]): readonly Gate[] {
  return gates.filter(({ rule, input }) => rule.evaluate(input) !== true);
}

/** Whether a gate that is not open stays closed whatever is answered. */
export function isHopeless({ rule, input }: Gate): boolean {
  return !rule.asks || rule.questions(input) === undefined;
}

/** The questions whose answers could open all of the gates; none where one of them is hopeless, for then nobody is asked. */
export function questionsOf(gates: readonly Gate[]): readonly Question[] {
  if (!gates.some(({ rule }) => rule.asks)) return none;
  const questions: Question[] = [];
  for (const { rule, input } of gates) {
    const own = rule.questions(input);
    if (own === undefined) return none;
    for (const question of own) questions.push(question);
  }
  return questions;
}

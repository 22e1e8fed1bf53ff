import type { Ternary } from "../evaluation.ts";
import type { Choice } from "./decision-diagram.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** Leaves whose outcome no analysis can foresee: functions and engines that are asked when a request comes. */
export interface OpaqueLeaves {
  /** Leaves of one text have one outcome. */
  condition(text: string): Condition;
  levels(): ReadonlySet<number>;
  describe(choice: Choice): ReadonlyMap<string, Ternary>;
}

export function opaqueLeaves({ add }: Variables): OpaqueLeaves {
  const outcomes = new Map<string, Variable<Ternary>>();
  return {
    condition(text) {
      const outcome = outcomes.get(text) ?? add<Ternary>([true, false, undefined]);
      outcomes.set(text, outcome);
      return { yes: outcome.where((value) => value === true), no: outcome.where((value) => value === false) };
    },
    levels: () => new Set([...outcomes.values()].map(({ level }) => level)),
    describe: (choice) => new Map([...outcomes].map(([text, outcome]) => [text, outcome.valueIn(choice)])),
  };
}

import { type Choice, createDiagrams, type Diagram, TooComplex } from "./decision-diagram.ts";

/** Something about a caller or a request that takes one of a few values. */
export interface Variable<Value> {
  readonly level: number;
  readonly values: readonly Value[];
  /** Yes for the values that pass the test. */
  where(test: (value: Value) => boolean): Diagram;
  /** The value in a choice; the cheapest where the choice leaves it open. */
  valueIn(choice: Choice): Value;
}

/** The variables of one question, and the diagrams over them. */
export interface Variables {
  readonly diagrams: ReturnType<typeof createDiagrams>;
  /**
   * Adds a variable behind those that are there. Throws TooComplex where there are too many, or it has too many values.
   *
   * @param costOf what a value adds to a witness that needs it; nothing by default.
   */
  add<Value>(values: readonly Value[], costOf?: (value: Value) => number): Variable<Value>;
  /** How many there are. */
  count(): number;
  /** The choice of values that costs least and says yes; undefined where nothing does. */
  cheapest(diagram: Diagram): Choice | undefined;
}

/** Diagrams are as deep as there are variables, and what walks them takes the stack. */
const mostVariables = 1_000;
const mostValues = 10_000;

/** @param limit how many steps of work the diagrams may take. */
export function createVariables(limit: number): Variables {
  const diagrams = createDiagrams(limit);
  const costs: (readonly number[])[] = [];
  return {
    diagrams,
    add(values, costOf = () => 0) {
      if (costs.length >= mostVariables || values.length > mostValues) throw new TooComplex();
      const level = costs.length;
      const own = values.map(costOf);
      costs.push(own);
      const plainest = own.indexOf(Math.min(...own));
      return {
        level,
        values,
        where: (test) =>
          diagrams.choose(
            level,
            values.map((value) => (test(value) ? diagrams.always : diagrams.never)),
          ),
        valueIn: (choice) => values[choice.values.get(level) ?? plainest] as (typeof values)[number],
      };
    },
    count: () => costs.length,
    // What a choice leaves open costs as much as its plainest value, which costs nothing but for callers.
    cheapest: (diagram) =>
      diagrams.cheapest(diagram, (level, value) => (costs[level] as readonly number[])[value] as number),
  };
}

/** Where a rule is true and where it is false; elsewhere it is indeterminate. */
export interface Condition {
  readonly yes: Diagram;
  readonly no: Diagram;
}

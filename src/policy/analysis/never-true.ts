import type { Rule } from "../rule.ts";
import { anyCallers } from "./any-callers.ts";
import type { BoundRule } from "./bound-rule.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { isPlainlyPassable } from "./plainly-passable.ts";
import { createWorld } from "./world.ts";

/** How many steps the look at one rule may take, and those at all rules of a policy together, so that none is slow to load. */
const loadLimit = 30_000;
const allSteps = 1_500_000;
/** What a look takes beside the steps that are counted. */
const [glance, look] = [10, 100];

/** The steps that the rules of a policy may still take. */
export interface LoadReserve {
  steps: number;
}

/** The steps that all rules of one policy may take together. */
export function loadReserve(): LoadReserve {
  return { steps: allSteps };
}

/**
 * Whether nobody can ever pass a rule, whichever verifiers there are. False where it cannot be told, and where the reserve is
 * used up: a rule is refused only where it is certain.
 */
export function isNeverTrue(bound: BoundRule, reserve: LoadReserve): boolean {
  reserve.steps -= glance;
  if (reserve.steps <= 0 || isPlainlyPassable(bound)) return false;
  const limit = Math.min(loadLimit, reserve.steps);
  let spent = () => limit;
  const passable = unlessTooComplex(() => {
    const world = createWorld(anyCallers, [bound], limit);
    spent = world.spent;
    return world.find(world.condition(bound).yes) !== undefined;
  });
  reserve.steps -= look + spent();
  return passable === false;
}

/** A part of a rule, and the steps that lead to it, such as `.allOf[1]`. */
interface RulePart {
  readonly steps: string;
  readonly rule: Rule;
}

/** The part of a rule that nobody can ever pass, the innermost of which that is so; undefined where somebody can pass the rule. */
export function neverTruePart(bound: BoundRule, reserve: LoadReserve): RulePart | undefined {
  if (!isNeverTrue(bound, reserve)) return undefined;
  const { rule } = bound;
  if (typeof rule === "object" && "allOf" in rule) {
    for (const [index, part] of rule.allOf.entries()) {
      const inner = neverTruePart({ ...bound, rule: part }, reserve);
      if (inner !== undefined) return { ...inner, steps: `.allOf[${index}]${inner.steps}` };
    }
  }
  return { steps: "", rule };
}

/** Two parts of an `allOf` that exclude each other, where two suffice for that. */
export function excludingParts(bound: BoundRule, reserve: LoadReserve): readonly [number, number] | undefined {
  const { rule } = bound;
  if (typeof rule !== "object" || !("allOf" in rule)) return undefined;
  const parts: readonly Rule[] = rule.allOf;
  for (const [second, later] of parts.entries()) {
    if (reserve.steps <= 0) return undefined;
    const first = parts
      .slice(0, second)
      .findIndex((part) => isNeverTrue({ ...bound, rule: { allOf: [part, later] } }, reserve));
    if (first !== -1) return [first, second];
  }
  return undefined;
}

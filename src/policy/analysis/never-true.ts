import type { Rule } from "../rule.ts";
import type { BoundRule } from "./bound-rule.ts";
import { anyCallers } from "./caller-model.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { isPlainlyPassable } from "./plainly-passable.ts";
import { createWorld } from "./world.ts";

/** How many steps the look at one rule may take, so that no policy is slow to load. */
const loadLimit = 30_000;

/**
 * Whether nobody can ever pass a rule, whichever verifiers there are. False where it cannot be told: a rule is refused only
 * where it is certain.
 */
export function isNeverTrue(bound: BoundRule): boolean {
  if (isPlainlyPassable(bound)) return false;
  const passable = unlessTooComplex(() => {
    const world = createWorld(anyCallers, [bound], loadLimit);
    return world.find(world.condition(bound).yes) !== undefined;
  });
  return passable === false;
}

/** A part of a rule, and the steps that lead to it, such as `.allOf[1]`. */
interface RulePart {
  readonly steps: string;
  readonly rule: Rule;
}

/** The part of a rule that nobody can ever pass, the innermost of which that is so; undefined where somebody can pass the rule. */
export function neverTruePart(bound: BoundRule): RulePart | undefined {
  if (!isNeverTrue(bound)) return undefined;
  const { rule } = bound;
  if (typeof rule === "object" && "allOf" in rule) {
    for (const [index, part] of rule.allOf.entries()) {
      const inner = neverTruePart({ ...bound, rule: part });
      if (inner !== undefined) return { ...inner, steps: `.allOf[${index}]${inner.steps}` };
    }
  }
  return { steps: "", rule };
}

/** Two parts of an `allOf` that exclude each other, where two suffice for that. */
export function excludingParts(bound: BoundRule): readonly [number, number] | undefined {
  const { rule } = bound;
  if (typeof rule !== "object" || !("allOf" in rule)) return undefined;
  const parts: readonly Rule[] = rule.allOf;
  for (const [second, later] of parts.entries()) {
    const first = parts.slice(0, second).findIndex((part) => isNeverTrue({ ...bound, rule: { allOf: [part, later] } }));
    if (first !== -1) return [first, second];
  }
  return undefined;
}

import type { Rule } from "../rule.ts";
import type { BoundRule } from "./bound-rule.ts";
import { type Diagram, TooComplex } from "./decision-diagram.ts";
import { conditionWithout, type RulePart } from "./rule-part.ts";
import type { Condition } from "./variables.ts";
import type { World } from "./world.ts";

/** A part of a rule that could be left out without a change to what the rule says. */
export interface RedundantPart {
  readonly part: RulePart;
  /** `alternative`: it lets nobody in whom the rest does not. `condition`: it shuts nobody out whom the rest does not. */
  readonly kind: "alternative" | "condition";
  /** Whether it is so by itself: an alternative that nobody fulfills, a condition that everybody does. */
  readonly alone: boolean;
}

/** More parts are not looked at one by one. */
const maximumParts = 300;

/**
 * Finds parts of `own`, which is a part of `whole`, that can be left out, all of them together; of two that say the same, the
 * later one. The last part that is left of anything is none of them.
 *
 * @param meaning the diagrams of a condition of the whole that must stay as they are, such as where it is true.
 * @throws TooComplex where it would take too long.
 */
export function redundantParts(
  world: World,
  bound: BoundRule,
  whole: RulePart,
  own: RulePart,
  meaning: (condition: Condition) => readonly Diagram[],
): readonly RedundantPart[] {
  if (countOf(own) > maximumParts) throw new TooComplex();
  const leaves = new Map<Rule, Condition>();
  const leafCondition = (rule: Rule): Condition => {
    const known = leaves.get(rule) ?? world.condition({ ...bound, rule });
    leaves.set(rule, known);
    return known;
  };
  const left = new Set<RulePart>();
  const found: RedundantPart[] = [];
  const wanted = meant();
  visit(own);
  return found.reverse();

  function meant(): readonly Diagram[] {
    return meaning(conditionWithout(world, whole, left, leafCondition)).map(world.possible);
  }

  function visit(part: RulePart): void {
    if (part.joins === "allOf" || part.joins === "anyOf") {
      for (const inner of [...part.parts].reverse()) {
        if (part.parts.filter((other) => !left.has(other)).length === 1) break;
        left.add(inner);
        if (meant().every((diagram, index) => diagram === wanted[index])) found.push(describe(part, inner));
        else left.delete(inner);
      }
    }
    for (const inner of part.parts) if (!left.has(inner)) visit(inner);
  }

  function describe({ joins, negated }: RulePart, part: RulePart): RedundantPart {
    const kind = (joins === "anyOf") === negated ? "condition" : "alternative";
    const { yes } = conditionWithout(world, part, new Set(), leafCondition);
    const settled = kind === "condition" ? world.not(yes) : yes;
    return { part, kind, alone: !negated && world.find(settled) === undefined };
  }
}

function countOf(part: RulePart): number {
  return part.parts.reduce((sum, inner) => sum + countOf(inner), 1);
}

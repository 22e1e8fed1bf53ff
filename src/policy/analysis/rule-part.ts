import type { Rule } from "../rule.ts";
import { ruleEntry } from "./bound-rule.ts";
import type { Diagram } from "./decision-diagram.ts";
import type { Condition } from "./variables.ts";
import type { World } from "./world.ts";

/** A part of a rule, with the parts that it is made of; named rules are not opened. */
export interface RulePart {
  readonly rule: Rule;
  /** The steps that lead to it, such as `.allOf[1]`. */
  readonly steps: string;
  readonly joins?: "allOf" | "anyOf" | "not";
  readonly parts: readonly RulePart[];
  /** Whether it stands below an odd number of `not`. */
  readonly negated: boolean;
}

/** Takes a rule apart. */
export function partsOf(rule: Rule, steps = "", negated = false): RulePart {
  const [key, argument] = ruleEntry(rule);
  if (key === "not") {
    const inner = partsOf(argument as Rule, `${steps}.not`, !negated);
    return { rule, steps, joins: key, parts: [inner], negated };
  }
  if (key !== "allOf" && key !== "anyOf") return { rule, steps, parts: [], negated };
  const parts = (argument as readonly Rule[]).map((part, index) => partsOf(part, `${steps}.${key}[${index}]`, negated));
  return { rule, steps, joins: key, parts, negated };
}

/** Where a part is true and false when some of what it is made of is left out. */
export function conditionWithout(
  world: World,
  part: RulePart,
  left: ReadonlySet<RulePart>,
  leafCondition: (leaf: Rule) => Condition,
): Condition {
  if (part.joins === undefined) return leafCondition(part.rule);
  const conditions = part.parts
    .filter((inner) => !left.has(inner))
    .map((inner) => conditionWithout(world, inner, left, leafCondition));
  if (part.joins === "not") {
    const { yes, no } = conditions[0] as Condition;
    return { yes: no, no: yes };
  }
  const all = world.and(...conditions.map((own) => (part.joins === "allOf" ? own.yes : own.no)));
  const any = anyOf(
    world,
    conditions.map((own) => (part.joins === "allOf" ? own.no : own.yes)),
  );
  return part.joins === "allOf" ? { yes: all, no: any } : { yes: any, no: all };
}

function anyOf(world: World, diagrams: readonly Diagram[]): Diagram {
  return world.not(world.and(...diagrams.map(world.not)));
}

/** Whether a rule says by its words that everybody passes: it is `anyone`, by whatever name. */
export function isWrittenAnyone(rule: Rule, rules: Readonly<Record<string, Rule>>): boolean {
  const [key, argument] = ruleEntry(rule);
  if (key === "rule") return isWrittenAnyone(rules[argument as string] as Rule, rules);
  if (key === "allOf") return (argument as readonly Rule[]).every((part) => isWrittenAnyone(part, rules));
  if (key !== "anyOf") return key === "anyone";
  const parts = argument as readonly Rule[];
  return parts.length === 1 && isWrittenAnyone(parts[0] as Rule, rules);
}

import type { Rule } from "../rule.ts";
import type { PathParts } from "./operand-source.ts";

/** A rule with all that it takes from its policy and its route. */
export interface BoundRule {
  readonly rule: Rule;
  /** The named rules of its policy. */
  readonly rules: Readonly<Record<string, Rule>>;
  readonly acrLevels: readonly string[];
  /** Where the parameters of its route are in the path. */
  readonly parts: PathParts;
}

/** The key of a rule and what follows it. */
export function ruleEntry(rule: Rule): readonly [key: string, argument: unknown] {
  return typeof rule === "string" ? [rule, undefined] : (Object.entries(rule)[0] as [string, unknown]);
}

/** The leaves of a rule, each object once, those of named rules included. */
export function leavesOf(rule: Rule, rules: BoundRule["rules"]): readonly Rule[] {
  const seen = new Set<Rule>();
  const leaves: Rule[] = [];
  function visit(part: Rule): void {
    if (seen.has(part)) return;
    seen.add(part);
    const [key, argument] = ruleEntry(part);
    if (key === "allOf" || key === "anyOf") for (const inner of argument as readonly Rule[]) visit(inner);
    else if (key === "not") visit(argument as Rule);
    else if (key === "rule") visit(rules[argument as string] as Rule);
    else leaves.push(part);
  }
  visit(rule);
  return leaves;
}

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
  /** Where it stands, if functions and engines, which are told, may answer otherwise elsewhere. */
  readonly route?: string;
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

/** Whether a leaf asks a function or an engine, whose answers no analysis can foresee. */
export function isOpaque(leaf: Rule): boolean {
  return ["custom", "delegate"].includes(ruleEntry(leaf)[0]);
}

/** What tells a leaf that cannot be foreseen from others: of two alike, the answers are alike. */
export function opaqueKey(leaf: Rule, { parts, route }: BoundRule): string {
  return JSON.stringify([leaf, route, ...paramsIn(leaf).map((name) => parts.get(name)?.key)]);
}

/** The parameters of the route that the operands in a leaf read. */
export function paramsIn(leaf: unknown): readonly string[] {
  if (typeof leaf !== "object" || leaf === null) return [];
  const names = Object.values(leaf).flatMap(paramsIn);
  return "param" in leaf && typeof leaf.param === "string" ? [leaf.param, ...names] : names;
}

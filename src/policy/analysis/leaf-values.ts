import type { PolicyDocument } from "../define-policy.ts";
import type { RuleInput, Ternary } from "../evaluation.ts";
import { noPolicy } from "../named-rules.ts";
import { placeOf } from "../policy-error.ts";
import { readRule } from "../read-rule.ts";
import type { Rule } from "../rule.ts";
import type { RuleNode } from "../rule-node.ts";
import { leavesOf, ruleEntry } from "./bound-rule.ts";

/** A leaf as it came out for somebody. */
export interface LeafValue {
  readonly leaf: Rule;
  /** The leaf in the spelling of the combinators. */
  readonly text: string;
  readonly value: Ternary;
}

/** How the leaves of a rule come out for a caller and his request, each text once. */
export function leafValues(
  rule: Rule,
  { rules, acrLevels }: PolicyDocument,
  input: RuleInput,
  opaque: (leaf: Rule) => { readonly text: string; readonly value: Ternary } | undefined,
): readonly LeafValue[] {
  return leavesOf(rule, rules).map((leaf) => {
    const foreseen = opaque(leaf);
    if (foreseen !== undefined) return { leaf, ...foreseen };
    // It has been read before, as part of its policy.
    const node = readRule(leaf, placeOf("rule", []), { ...noPolicy, acrLevels }) as RuleNode;
    return { leaf, text: node.text(), value: node.evaluate(input) };
  });
}

/** How a rule comes out where its leaves have the given values. */
export function evaluateLeaves(
  rule: Rule,
  rules: PolicyDocument["rules"],
  outcomeOf: (leaf: Rule) => Ternary,
): Ternary {
  const known = new Map<Rule, Ternary>();
  function evaluate(part: Rule): Ternary {
    if (known.has(part)) return known.get(part);
    const value = join(part);
    known.set(part, value);
    return value;
  }
  function join(part: Rule): Ternary {
    const [key, argument] = ruleEntry(part);
    if (key === "rule") return evaluate(rules[argument as string] as Rule);
    if (key === "not") {
      const value = evaluate(argument as Rule);
      return value === undefined ? undefined : !value;
    }
    if (key !== "allOf" && key !== "anyOf") return outcomeOf(part);
    const values = (argument as readonly Rule[]).map(evaluate);
    const decisive = key === "anyOf";
    if (values.includes(decisive)) return decisive;
    return values.includes(undefined) ? undefined : !decisive;
  }
  return evaluate(rule);
}

import { compiledRule, narrowed } from "./compile.ts";
import type { CompiledRule } from "./evaluation.ts";
import type { RuleNode } from "./rule-node.ts";

/** The rule of a route, joined with the policy's `require`. */
export interface RouteRule {
  /** As it was written for the route. */
  readonly own: RuleNode;
  /** The same where nothing is required, or the rule is exactly `anyone`. */
  readonly whole: RuleNode;
  /** {@link whole}, ready to judge. */
  readonly compiled: CompiledRule;
}

/**
 * Makes what joins the rules of routes with `require`. Rules that read alike become one: policies have many routes and few rules,
 * and what ten thousand routes share stays at hand for the processor.
 */
export function createRouteRules(required: RuleNode | undefined): (own: RuleNode) => RouteRule {
  const known = new Map<string, RouteRule>();
  return function join(own) {
    const text = JSON.stringify(own.source);
    const alike = known.get(text);
    if (alike !== undefined) return alike;
    const whole = narrowed(own, required);
    const rule: RouteRule = { own, whole, compiled: compiledRule(whole) };
    known.set(text, rule);
    return rule;
  };
}

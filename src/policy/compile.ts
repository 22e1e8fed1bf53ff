import type { CompiledRule } from "./evaluation.ts";
import { noPolicy } from "./named-rules.ts";
import { PolicyError, type PolicyFault, placeOf } from "./policy-error.ts";
import { type RuleContext, readRule } from "./read-rule.ts";
import { isNothing } from "./remedy.ts";
import type { Rule } from "./rule.ts";
import { allOfNode, type RuleNode } from "./rule-node.ts";

/**
 * Compiles the rule of a guard that stands without a policy.
 *
 * @throws PolicyError with every fault of the rule; a rule by name is one, since no policy holds it.
 */
export function compileRule(rule: Rule): CompiledRule {
  return compileWith(rule, noPolicy, undefined);
}

/** Compiles a rule with the named rules and the `require` of a policy. */
export function compileWith(rule: unknown, context: RuleContext, required: RuleNode | undefined): CompiledRule {
  const faults: PolicyFault[] = [];
  const node = readRule(rule, placeOf("rule", faults), context);
  if (node === undefined) throw new PolicyError("rule", faults);
  return compiledRule(narrowed(node, required));
}

/** The rule and `require`, which holds everywhere but where the rule is exactly `anyone`. */
export function narrowed(node: RuleNode, required: RuleNode | undefined): RuleNode {
  return required === undefined || node.source === "anyone" ? node : allOfNode([required, node]);
}

/** What the stages behind the policy see of a rule. */
export function compiledRule(node: RuleNode): CompiledRule {
  const { source, headers, asks, evaluate, explain } = node;
  return Object.freeze({
    source,
    headers,
    asks,
    questions: (input) => node.questionsFor(true, input),
    evaluate,
    explain,
    remedy(input) {
      const remedy = node.remedy(input);
      return remedy === undefined || isNothing(remedy) ? undefined : remedy;
    },
  } satisfies CompiledRule);
}

import { compileRule } from "./compile.ts";
import type { Policy } from "./define-policy.ts";
import type { CompiledRule } from "./evaluation.ts";
import type { Rule } from "./rule.ts";

/**
 * Makes what compiles the rules of guards, with those of the policy where there is one: each rule object once. It lets go of a
 * rule with the guard that holds it.
 */
export function rememberingCompiler(policy: Policy | undefined): (rule: Rule) => CompiledRule {
  const known = new WeakMap<object, CompiledRule>();
  return function compile(rule) {
    const key = typeof rule === "object" && rule !== null ? rule : undefined;
    const earlier = key && known.get(key);
    if (earlier !== undefined) return earlier;
    const fresh = policy === undefined ? compileRule(rule) : policy.compile(rule);
    if (key !== undefined) known.set(key, fresh);
    return fresh;
  };
}

import { compileRule } from "./compile.ts";
import type { Policy } from "./define-policy.ts";
import type { CompiledRule } from "./evaluation.ts";
import type { Rule } from "./rule.ts";

type Known = WeakMap<object, CompiledRule>;

/**
 * Makes what compiles the rules of guards, with those of a policy where there is one: each rule object once for each policy.
 * It lets go of a rule with the guard that holds it, and of all rules of a policy with that policy.
 */
export function rememberingCompiler(): (rule: Rule, policy: Policy | undefined) => CompiledRule {
  const alone: Known = new WeakMap();
  const byPolicy = new WeakMap<Policy, Known>();

  function knownOf(policy: Policy): Known {
    const known = byPolicy.get(policy) ?? new WeakMap();
    byPolicy.set(policy, known);
    return known;
  }

  return function compile(rule, policy) {
    const known = policy === undefined ? alone : knownOf(policy);
    const key = typeof rule === "object" && rule !== null ? rule : undefined;
    const earlier = key && known.get(key);
    if (earlier !== undefined) return earlier;
    const fresh = policy === undefined ? compileRule(rule) : policy.compile(rule);
    if (key !== undefined) known.set(key, fresh);
    return fresh;
  };
}

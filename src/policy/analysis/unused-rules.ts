import type { PolicyDocument } from "../define-policy.ts";
import type { Rule } from "../rule.ts";
import { ruleEntry } from "./bound-rule.ts";

/** The names of the rules that neither a route, a field, `connect` nor `require` uses, not even by way of another one. */
export function unusedRules({ require, rules, routes, fields = {}, connect }: PolicyDocument): readonly string[] {
  const used = new Set<string>();
  function visit(rule: Rule): void {
    const [key, argument] = ruleEntry(rule);
    if (key === "allOf" || key === "anyOf") for (const part of argument as readonly Rule[]) visit(part);
    else if (key === "not") visit(argument as Rule);
    else if (key === "rule" && !used.has(argument as string)) {
      used.add(argument as string);
      visit(rules[argument as string] as Rule);
    }
  }
  for (const rule of [...Object.values(routes), ...Object.values<Rule>(fields)]) visit(rule);
  if (connect !== undefined) visit(connect);
  if (require !== undefined) visit(require);
  return Object.keys(rules).filter((name) => !used.has(name));
}

import { isNeverTrue, loadReserve } from "./analysis/never-true.ts";
import { narrowed } from "./compile.ts";
import { quote } from "./explain.ts";
import type { FieldContext } from "./field-rules.ts";
import { type PolicyFault, placeOf } from "./policy-error.ts";
import { readRule } from "./read-rule.ts";
import type { RuleNode } from "./rule-node.ts";

/** Reads the rule for opening a WebSocket connection, which has no path; undefined where a fault has been reported. */
export function readConnectRule(source: unknown, context: FieldContext, faults: PolicyFault[]): RuleNode | undefined {
  const { required, nodes, acrLevels } = context;
  const at = placeOf("connect", faults);
  const own = readRule(source, at, context);
  if (own === undefined) return undefined;
  const whole = narrowed(own, required);
  for (const name of whole.params) {
    at.report(`the rule or require reads param(${quote(name)}), but a WebSocket is opened without a path`);
  }
  const rules = Object.fromEntries([...nodes].map(([name, node]) => [name, node.source]));
  if (
    whole.params.size === 0 &&
    isNeverTrue({ rule: whole.source, rules, acrLevels, parts: new Map() }, loadReserve())
  ) {
    at.report("nobody can ever pass this rule; mend it, or leave it out, since without it nobody may connect");
  }
  return own;
}

import type { Place } from "../policy-error.ts";
import type { RoutePattern } from "../route-key.ts";
import type { RuleNode } from "../rule-node.ts";
import type { BoundRule } from "./bound-rule.ts";
import { excludingParts, isNeverTrue, type LoadReserve, loadReserve, neverTruePart } from "./never-true.ts";
import { partsOfPattern } from "./path-parts.ts";

/** Reports the rule of a route that nobody can ever pass, by itself or as a whole, beside `require`. */
export type PassableCheck = (own: RuleNode, whole: RuleNode, pattern: RoutePattern, at: Place) => void;

const advice = "mend it, or leave the route out, since what no route matches is denied";

/** Makes the check of one policy; rules that read alike are looked at once. */
export function createPassableCheck(named: ReadonlyMap<string, RuleNode>, acrLevels: readonly string[]): PassableCheck {
  const rules = Object.fromEntries([...named].map(([name, { source }]) => [name, source]));
  const passable = new Set<string>();
  const reserve = loadReserve();

  return function check(own, whole, pattern, at) {
    const parts = partsOfPattern(pattern);
    const reads = [...whole.params].map((name) => parts.get(name)?.key);
    // A parameter that the path lacks has been reported.
    if (reads.includes(undefined)) return;
    const key = JSON.stringify([own.source, reads]);
    if (passable.has(key)) return;
    const bound: BoundRule = { rule: own.source, rules, acrLevels, parts };
    const part = neverTruePart(bound, reserve);
    if (part !== undefined) {
      const reason = because({ ...bound, rule: part.rule }, reserve);
      at.inside(part.steps).report(`nobody can ever pass this rule${reason}; ${advice}`);
    } else if (isNeverTrue({ ...bound, rule: whole.source }, reserve)) {
      at.report(`nobody can ever pass both its rule and require; ${advice}`);
    } else passable.add(key);
  };
}

function because(bound: BoundRule, reserve: LoadReserve): string {
  const parts = excludingParts(bound, reserve);
  return parts === undefined ? "" : `, whose parts .allOf[${parts[0]}] and .allOf[${parts[1]}] exclude each other`;
}

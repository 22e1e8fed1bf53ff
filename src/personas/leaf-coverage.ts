import type { Decision } from "../decision.ts";
import type { Policy } from "../policy/define-policy.ts";
import type { ExplainedRule } from "../policy/explain.ts";
import type { FieldName } from "../policy/field-key.ts";
import { keyStep } from "../policy/policy-error.ts";
import type { Rule } from "../policy/rule.ts";

/** A leaf of a policy, and which of its outcomes decisions have come to. */
export interface CoveredLeaf {
  /** Where it is, such as `routes["GET /a"].allOf[1]`. */
  readonly where: string;
  readonly leaf: Rule;
  /** Whether it came out true once. */
  readonly held: boolean;
  /** Whether it came out otherwise once: false or indeterminate. */
  readonly failed: boolean;
}

/** What decisions have reached of a policy. */
export interface LeafCoverage {
  /** Every leaf but `anyone`, which has one outcome: `require` first, then named rules, routes, fields and `connect`. */
  readonly leaves: readonly CoveredLeaf[];
  /** How many outcomes were seen, of two for each leaf. */
  readonly seen: number;
  readonly total: number;
  /** The routes, the keys of fields, as `fields Mutation.*`, and `connect`, that no decision was about. */
  readonly untested: readonly string[];
}

/** Follows which leaves decisions reach. */
export interface CoverageRecorder {
  record(decision: Decision): void;
  coverage(): LeafCoverage;
}

/** Follows the decisions of a policy. */
export function recordCoverage(policy: Policy): CoverageRecorder {
  const { require: required, rules } = policy.document;
  const ruled = ruledBy(policy);
  const leaves = new Map<string, { where: string; leaf: Rule; held: boolean; failed: boolean }>();
  const tested = new Set<string>();

  function register(where: string, leaf: Rule): void {
    if (leaf !== "anyone") leaves.set(where, { where, leaf, held: false, failed: false });
  }

  /** Visits the leaves of a rule; those behind a name are at the place of the name's rule. */
  function visit(rule: Rule, where: string, see: (where: string, leaf: Rule) => void): void {
    for (const [part, place] of partsOf(rule, where) ?? []) visit(part, place, see);
    if (partsOf(rule, where) === undefined) see(where, rule);
  }

  function note(rule: Rule, explained: ExplainedRule, where: string): void {
    if (typeof rule === "object" && "rule" in rule) {
      note(rules[rule.rule] as Rule, explained.children?.[0] as ExplainedRule, `rules${keyStep(rule.rule)}`);
      return;
    }
    const parts = partsOf(rule, where);
    for (const [index, [part, place]] of (parts ?? []).entries()) {
      note(part, explained.children?.[index] as ExplainedRule, place);
    }
    const leaf = parts === undefined ? leaves.get(where) : undefined;
    if (leaf === undefined) return;
    if (explained.value === true) leaf.held = true;
    else leaf.failed = true;
  }

  if (required !== undefined) visit(required, "require", register);
  for (const [name, rule] of Object.entries(rules)) visit(rule, `rules${keyStep(name)}`, register);
  for (const { rule, where } of ruled.values()) visit(rule, where, register);

  return {
    record(decision) {
      const { rules: explained } = decision.explain();
      for (const [index, name] of judgedBy(decision, policy).entries()) {
        const [judged, account] = [ruled.get(name), explained[index]];
        if (judged === undefined || account === undefined) continue;
        const { rule, where } = judged;
        tested.add(name);
        if (required === undefined || rule === "anyone") {
          note(rule, account, where);
          continue;
        }
        note(required, account.children?.[0] as ExplainedRule, "require");
        note(rule, account.children?.[1] as ExplainedRule, where);
      }
    },
    coverage() {
      const all = [...leaves.values()].map((leaf) => ({ ...leaf }));
      const seen = all.reduce((sum, { held, failed }) => sum + Number(held) + Number(failed), 0);
      const untested = [...ruled.keys()].filter((name) => !tested.has(name));
      return { leaves: all, seen, total: 2 * all.length, untested };
    },
  };
}

/** A rule of a policy, and where it is. */
interface PlacedRule {
  readonly rule: Rule;
  readonly where: string;
}

/** What a policy has a rule for, by the name that a table of tests has for it. */
function ruledBy({ document }: Policy): ReadonlyMap<string, PlacedRule> {
  const { routes, fields = {}, connect } = document;
  const ruled = new Map<string, PlacedRule>();
  for (const [key, rule] of Object.entries(routes)) ruled.set(key, { rule, where: `routes${keyStep(key)}` });
  for (const [key, rule] of Object.entries(fields))
    ruled.set(`fields ${key}`, { rule, where: `fields${keyStep(key)}` });
  if (connect !== undefined) ruled.set("connect", { rule: connect, where: "connect" });
  return ruled;
}

/** The names of what a decision judged, in the order of its rules. */
function judgedBy({ route, fields }: Decision, policy: Policy): readonly string[] {
  if (fields !== undefined) return fields.map((field) => `fields ${policy.matchField(field as FieldName)?.field}`);
  if (route === undefined) return [];
  return [route === "$connect" ? "connect" : route];
}

/** The parts of a rule with their places, none for a rule by name; undefined for a leaf. */
function partsOf(rule: Rule, where: string): readonly (readonly [Rule, string])[] | undefined {
  if (typeof rule === "string") return undefined;
  if ("allOf" in rule) return rule.allOf.map((part, index) => [part, `${where}.allOf[${index}]`]);
  if ("anyOf" in rule) return rule.anyOf.map((part, index) => [part, `${where}.anyOf[${index}]`]);
  if ("not" in rule) return [[rule.not, `${where}.not`]];
  return "rule" in rule ? [] : undefined;
}

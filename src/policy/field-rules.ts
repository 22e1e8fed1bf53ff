import type { Principal } from "../principal.ts";
import { leavesOf } from "./analysis/bound-rule.ts";
import { isNeverTrue, loadReserve } from "./analysis/never-true.ts";
import { compiledRule, narrowed } from "./compile.ts";
import type { CompiledRule } from "./evaluation.ts";
import { quote } from "./explain.ts";
import { checkFieldKey, type FieldKey, type FieldName, wholeTypeKey } from "./field-key.ts";
import { type Granting, granting } from "./grants.ts";
import { keyStep, type Place, type PolicyFault, placeOf } from "./policy-error.ts";
import { type RuleContext, readRule } from "./read-rule.ts";
import type { Rule } from "./rule.ts";
import type { RuleNode } from "./rule-node.ts";

/** What a GraphQL field was found under in the table of fields. */
export interface FieldMatch {
  /** The key, as it was written: the field itself, its type with `*`, or `*`. */
  readonly field: FieldKey;
  /** The rule that must be true, `require` included. */
  readonly rule: CompiledRule;
}

/** A key of `fields`, and what it gives to one caller. */
export type FieldGrant = { readonly field: FieldKey } & Granting;

/** The rules of GraphQL fields, ready to judge. */
export interface FieldRules {
  /** Each key with its rule, `*` last. */
  readonly document: { readonly [key in FieldName]: Rule } & { readonly "*": Rule };
  match(field: string): FieldMatch;
  grants(caller: Principal): readonly FieldGrant[];
}

/** What the rules of fields take from their policy. */
export interface FieldContext extends RuleContext {
  readonly required: RuleNode | undefined;
  /** The named rules that could be read. */
  readonly nodes: ReadonlyMap<string, RuleNode>;
}

const elsewhere = "*";

/**
 * Reads the rules of fields. Every fault has been reported, and what was at fault is left out.
 *
 * What no key names is for every authenticated caller, unless `*` says otherwise: a schema has too many fields to write them
 * all, and most are safe with whoever may ask what leads to them.
 */
export function readFieldRules(
  entries: readonly (readonly [string, unknown])[],
  context: FieldContext,
  faults: PolicyFault[],
): FieldRules {
  const { required, nodes, acrLevels } = context;
  const rules = Object.fromEntries([...nodes].map(([name, { source }]) => [name, source]));
  const read = new Map<string, RuleNode>();
  const reserve = loadReserve();
  const byDefault = entries.some(([key]) => key === elsewhere) ? [] : [[elsewhere, "authenticated"] as const];
  for (const [key, source] of [...entries, ...byDefault]) {
    const at = placeOf(`fields${keyStep(key)}`, faults);
    checkFieldKey(key, at);
    const own = readRule(source, at, context);
    if (own === undefined) continue;
    const node = narrowed(own, required);
    reportUnreadable(own, "its rule", rules, at);
    if (required !== undefined && node !== own) reportUnreadable(required, "require", rules, at);
    // What is there by default may be beside a require that lets no such caller in.
    const judged = key === elsewhere ? own.source : node.source;
    const told = isNobody(own.source) || node.params.size > 0;
    if (!told && isNeverTrue({ rule: judged, rules, acrLevels, parts: new Map() }, reserve)) {
      at.report("nobody can ever pass this rule; mend it, or write { not: anyone } where nobody is meant to");
    }
    read.set(key, own);
  }

  const own = [...read].sort(([one], [other]) => Number(one === elsewhere) - Number(other === elsewhere));
  const ruled = own.map(([key, node]) => ({ field: key as FieldKey, node: narrowed(node, required) }));
  const table = new Map<string, FieldMatch>(
    ruled.map(({ field, node }) => [field, Object.freeze({ field, rule: compiledRule(node) })]),
  );
  return {
    document: Object.freeze(
      Object.fromEntries(own.map(([key, { source }]) => [key, source])),
    ) as FieldRules["document"],
    match: (field) => table.get(field) ?? table.get(wholeTypeKey(field)) ?? (table.get(elsewhere) as FieldMatch),
    grants: (caller) => ruled.map(({ field, node }) => Object.freeze({ field, ...granting(node, caller) })),
  };
}

/** `not: anyone` says in plain words that nobody may. */
function isNobody(rule: Rule): boolean {
  return typeof rule === "object" && "not" in rule && rule.not === "anyone";
}

/** All fields of a schema are asked of one address, so a rule over what stands in a path or a query would never be true. */
function reportUnreadable(node: RuleNode, reader: string, rules: Readonly<Record<string, Rule>>, at: Place): void {
  for (const name of node.params) {
    at.report(`${reader} reads param(${quote(name)}), but fields have no path, and rules do not read their arguments`);
  }
  for (const name of new Set(leavesOf(node.source, rules).flatMap(queriesIn))) {
    at.report(
      `${reader} reads query(${quote(name)}), but fields are asked in a document and not in the query of a URL`,
    );
  }
}

function queriesIn(leaf: unknown): readonly string[] {
  if (typeof leaf !== "object" || leaf === null) return [];
  const names = Object.values(leaf).flatMap(queriesIn);
  return "query" in leaf && typeof leaf.query === "string" ? [leaf.query, ...names] : names;
}

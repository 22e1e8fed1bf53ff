import type { Clause, Expr, PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";

type Scope = PolicyJson["principal"] | PolicyJson["resource"];

/** It always fails: an empty record has no attribute. */
const failure = { ".": { left: { Record: {} }, attr: "group" } } as const;

/**
 * Rewrites a policy for callers of whom some groups are known and others are not.
 *
 * Cedar takes whoever is not listed in a group for one who is not in it, so a `forbid` for `principal in Group::"suspended"`
 * would pass over a caller of whom that is unknown. Here `left in right` becomes `left in right || (left in principal && failure)`:
 * true where it is known to be true, false where it is not about the caller, and else an error, which no decision is made with.
 *
 * @returns undefined where the policy has a part that is not understood or cannot be written again exactly.
 */
export function failOnUnknownGroups(policy: PolicyJson): PolicyJson | undefined {
  const principal = openScope(policy.principal, "principal");
  const resource = openScope(policy.resource, "resource");
  const conditions = policy.conditions.map(({ kind, body }) => ({ kind, body: rewrite(body) }));
  if (conditions.some(({ body }) => body === undefined)) return undefined;
  return {
    ...policy,
    principal: principal.scope,
    resource: resource.scope,
    // After those of the policy: where one of them is false, the groups do not matter.
    conditions: [...conditions, ...principal.conditions, ...resource.conditions] as Clause[],
  };
}

/** Takes `in` out of the head of a policy, where nothing else can be said, into a condition. */
function openScope<Head extends Scope>(
  scope: Head,
  name: "principal" | "resource",
): { scope: Head; conditions: Clause[] } {
  const { op, in: inside, ...rest } = scope as { readonly op: string; readonly in?: { readonly entity: unknown } };
  const within = op === "in" ? (rest as { readonly entity?: unknown }).entity : inside?.entity;
  if (within === undefined) return { scope, conditions: [] };
  const body = guarded({ Var: name }, { Value: { __entity: within } } as Expr);
  return { scope: (op === "in" ? { op: "All" } : { op, ...rest }) as Head, conditions: [{ kind: "when", body }] };
}

function guarded(left: Expr, right: Expr): Expr {
  const about: Expr = { in: { left, right: { Var: "principal" } } };
  return { "||": { left: { in: { left, right } }, right: { "&&": { left: about, right: failure } } } };
}

/** Rewrites every `in` of an expression, at whatever depth. */
function rewrite(expression: Expr): Expr | undefined {
  const [entry, ...others] = Object.entries(expression) as [string, unknown][];
  if (entry === undefined || others.length > 0) return undefined;
  const [operator, operand] = entry;
  if (operator === "Var") return expression;
  if (operator === "Value") return isExact(operand) ? expression : undefined;
  if (Array.isArray(operand)) return rewriteMembers(operator, Object.entries(operand), true);
  if (typeof operand !== "object" || operand === null) return undefined;
  if (operator === "Record") return rewriteMembers(operator, Object.entries(operand), false);
  return rewriteOperator(operator, operand as Readonly<Record<string, unknown>>);
}

/** Members that are no expressions, such as the name of an attribute. */
const plainMembers = new Set(["attr", "pattern", "entity_type"]);

function rewriteOperator(operator: string, operand: Readonly<Record<string, unknown>>): Expr | undefined {
  const parts: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(operand)) {
    const part = plainMembers.has(name) ? value : rewrite(value as Expr);
    if (part === undefined) return undefined;
    parts[name] = part;
  }
  if (operator === "in") return guarded(parts.left as Expr, parts.right as Expr);
  if (operator !== "is" || parts.in === undefined) return { [operator]: parts } as unknown as Expr;
  const { in: right, ...is } = parts;
  return { "&&": { left: { is } as unknown as Expr, right: guarded(parts.left as Expr, right as Expr) } };
}

function rewriteMembers(operator: string, members: readonly [string, Expr][], list: boolean): Expr | undefined {
  const parts: Record<string, Expr> = Object.create(null);
  for (const [name, value] of members) {
    const part = rewrite(value);
    if (part === undefined) return undefined;
    parts[name] = part;
  }
  return { [operator]: list ? Object.values(parts) : parts } as unknown as Expr;
}

/** A whole number of Cedar has 64 bits, of which JSON in JavaScript keeps 53. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isExact);
}

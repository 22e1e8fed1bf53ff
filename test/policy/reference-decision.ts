import type { Ternary } from "../../src/policy/evaluation.ts";
import type { Principal } from "../../src/principal.ts";
import type { RequestHeaders } from "../../src/request.ts";
import { parseTarget } from "../../src/target.ts";
import { both, type ReferenceWorld, referenceValues } from "./reference-evaluator.ts";
import { referenceMatch } from "./reference-matcher.ts";

/** A policy, a request and a caller, with all that decides on them. */
export interface ReferenceCase {
  readonly policy: {
    readonly require?: unknown;
    readonly rules: Readonly<Record<string, unknown>>;
    readonly routes: Readonly<Record<string, unknown>>;
    readonly caseSensitive: boolean;
    readonly strict: boolean;
    readonly acrLevels?: readonly string[];
  };
  /** The rule of a guard, and the parameters that its framework matched. */
  readonly guard?: { readonly rule: unknown; readonly params: Readonly<Record<string, unknown>> };
  readonly principal: Principal;
  /** Undefined where the credential signs nothing. */
  readonly signed: readonly string[] | undefined;
  readonly method: string;
  /** The method that a header asks for besides. */
  readonly override: string | undefined;
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly remoteAddress: string | undefined;
  readonly now: number;
}

/** How a case comes out; `refused` stands for each code of a refusal by rules. */
export interface ReferenceDecision {
  readonly outcome: "allowed" | "no route" | "not signed" | "unavailable" | "refused";
  /** The value of all rules together, with outages as indeterminate; false where no rule is reached. */
  readonly value: Ternary;
  /** Whether no answer of a function or an engine can make a difference. */
  readonly settled: boolean;
  /** Whether rules were reached, and none of them asks anybody. */
  readonly plain: boolean;
}

const anyAnswer: readonly Ternary[] = [true, false, undefined];

/**
 * Decides the slow and obvious way.
 *
 * @param answer what a function or an engine says; an outage says nothing, and might have said anything.
 */
export function referenceDecide(
  given: ReferenceCase,
  answer: (name: string, args: readonly (readonly [name: string, value: unknown])[]) => Ternary | "outage",
): ReferenceDecision {
  const { policy, guard, principal, signed, method, override, target, headers, remoteAddress, now } = given;
  const unsigned = (names: Iterable<string>) =>
    signed !== undefined && [...names].some((name) => headers.all(name).length > 0 && !signed.includes(name));
  const denied = (outcome: ReferenceDecision["outcome"]) =>
    ({ outcome, value: false, settled: true, plain: false }) as const;

  const methods = override === undefined ? [method] : [method, override];
  if (override !== undefined && unsigned(["x-http-method-override"])) return denied("not signed");

  const demanded: { readonly rule: unknown; readonly params: Readonly<Record<string, unknown>> }[] = [];
  const required = (rule: unknown) => (policy.require === undefined ? rule : { allOf: [policy.require, rule] });
  for (const each of methods) {
    const [path = ""] = target.split("?");
    const found = referenceMatch(Object.keys(policy.routes), each, path, policy);
    if (found === undefined) return denied("no route");
    const [, rule] = Object.entries(policy.routes).find(([key]) => key === found.key) as [string, unknown];
    demanded.push({ rule: rule === "anyone" ? rule : required(rule), params: found.params });
  }
  if (guard !== undefined) {
    demanded.push({ rule: guard.rule === "anyone" ? guard.rule : required(guard.rule), params: guard.params });
  }
  if (demanded.some(({ rule }) => unsigned(headersIn(rule, policy.rules)))) return denied("not signed");

  const request = { method, target, wire: true, headers, ...(remoteAddress !== undefined && { remoteAddress }) };
  function values(answers: NonNullable<ReferenceWorld["answers"]>): ReadonlySet<Ternary> {
    const world = { named: policy.rules, answers, ...(policy.acrLevels && { levels: policy.acrLevels }) };
    const parts = demanded.map(({ rule, params }) =>
      referenceValues(rule, { principal, request, target: parseTarget(target), params, now }, world),
    );
    let values = new Set<Ternary>([true]);
    for (const part of parts)
      values = new Set([...values].flatMap((one) => [...part].map((other) => both(one, other))));
    return values;
  }

  const says = (open: readonly Ternary[]) =>
    values((_, name, args) => {
      const said = answer(name, args);
      return said === "outage" ? open : [said];
    });
  const [value] = says([undefined]);
  const asking = demanded.some(({ rule }) => asksIn(rule, policy.rules));
  if (!asking) return { outcome: value === true ? "allowed" : "refused", value, settled: true, plain: true };
  const possible = says(anyAnswer);
  const blind = values(() => anyAnswer);
  const settled = !blind.has(true) || blind.size === 1;
  if (possible.size === 1 && possible.has(true)) return { outcome: "allowed", value, settled, plain: false };
  return { outcome: possible.has(true) ? "unavailable" : "refused", value, settled, plain: false };
}

/** The headers that a rule reads, by whatever name. */
function headersIn(rule: unknown, named: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof rule !== "object" || rule === null) return [];
  return Object.entries(rule).flatMap(([key, part]) => {
    if (key === "header" && typeof part === "string") return [part.toLowerCase()];
    if (key === "rule" && typeof part === "string") {
      return headersIn(Object.entries(named).find(([name]) => name === part)?.[1], named);
    }
    return headersIn(part, named);
  });
}

/** Whether a rule asks functions or engines, by whatever name. */
function asksIn(rule: unknown, named: Readonly<Record<string, unknown>>): boolean {
  return typeof rule === "object" && rule !== null && /"(?:custom|delegate|rule)":/.test(JSON.stringify([rule, named]));
}

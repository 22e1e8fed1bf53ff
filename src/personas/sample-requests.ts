import type { Policy } from "../policy/define-policy.ts";
import { placeOf } from "../policy/policy-error.ts";
import { type RoutePattern, type RouteSegment, readRouteKey } from "../policy/route-key.ts";
import type { Literal, Operand, Rule } from "../policy/rule.ts";
import type { Principal } from "../principal.ts";
import { parseTarget } from "../target.ts";
import { type ComparedOperand, comparedOperands } from "./compared-operands.ts";
import type { PersonaRequest } from "./judge.ts";

/** Values for which no rule asks. */
const samples = ["sample", "sample-2"] as const;
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** More combinations than that are not tried. */
const mostRequests = 64;

/**
 * Requests to a route by which a caller can be told apart from others: with each value that its rule compares a parameter, a query
 * parameter or a header with, be it written in the rule or an attribute of the caller, and with another one.
 *
 * Empty where no such request gets to the route, as others claim all of them.
 */
export function sampleRequests(policy: Policy, route: string, principal: Principal): readonly PersonaRequest[] {
  const { require: required, rules, routes } = policy.document;
  const rule = (routes as Readonly<Record<string, Rule>>)[route] as Rule;
  const whole: Rule = required === undefined || rule === "anyone" ? rule : { allOf: [required, rule] };
  const pattern = readRouteKey(route, placeOf("", [])) as RoutePattern;
  const compared = comparedOperands(whole, rules);
  // What a static route claims with one sample, it does not claim with the other.
  let fallback: readonly PersonaRequest[] = [];
  for (const sample of samples) {
    const requests: PersonaRequest[] = [];
    let plain = false;
    for (const values of combinations(compared.map((operand) => valuesOf(operand, principal, sample)))) {
      if (requests.length >= mostRequests) break;
      const assignment = compared.map((operand, index) => [operand, values[index]] as const);
      const request = requestOf(policy, pattern, assignment, sample);
      if (request === undefined) continue;
      plain ||= assignment.every(([, value]) => value === undefined || value === sample);
      requests.push(request);
    }
    if (plain) return requests;
    if (requests.length > fallback.length) fallback = requests;
  }
  return fallback;
}

type Assignment = readonly (readonly [ComparedOperand, string | undefined])[];

/** A request with the values, where it gets to the route. */
function requestOf(
  policy: Policy,
  pattern: RoutePattern,
  assignment: Assignment,
  sample: string,
): PersonaRequest | undefined {
  const chosen = (source: ComparedOperand["source"], name: string) =>
    assignment.find(([operand]) => operand.source === source && operand.name === name)?.[1] ?? sample;
  const part = (segment: RouteSegment): string => {
    if (segment.kind === "static") return segment.text;
    const name = segment.kind === "any" ? undefined : segment.name;
    return name === undefined ? sample : chosen("param", name).split("/").map(encodeURIComponent).join("/");
  };
  const given = assignment.flatMap(([{ source, name }, value]) =>
    value === undefined ? [] : [{ source, name, value }],
  );
  const query = given
    .filter(({ source }) => source === "query")
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const headers = given.filter(({ source }) => source === "header").flatMap(({ name, value }) => [name, value]);
  const slash = policy.document.strict && pattern.trailingSlash ? "/" : "";
  const paths = [pattern.segments, pattern.segments.filter(({ kind }) => kind !== "rest")];
  for (const segments of paths) {
    const path = `/${segments.map(part).join("/")}${segments.length > 0 ? slash : ""}`;
    const target = query.length === 0 ? path : `${path}?${query.join("&")}`;
    for (const method of pattern.method === "*" ? methods : [pattern.method]) {
      if (routeOf(policy, method, target) === pattern.key)
        return { method, target, ...(headers.length > 0 && { headers }) };
    }
  }
  return undefined;
}

function routeOf(policy: Policy, method: string, target: string): string | undefined {
  try {
    return policy.match(method, parseTarget(target))?.route;
  } catch {
    // A value that no path can carry.
    return undefined;
  }
}

function valuesOf(
  { source, others }: ComparedOperand,
  principal: Principal,
  sample: string,
): readonly (string | undefined)[] {
  const known = others.flatMap((other) => textOf(other, principal) ?? []).filter((value) => value !== "");
  const values = new Set<string | undefined>([sample, ...known]);
  // A path has all of its parameters; a query or a header may be missing.
  return source === "param" ? [...values] : [undefined, ...values];
}

function textOf(other: Operand | Literal, principal: Principal): string | undefined {
  if (typeof other !== "object") return typeof other === "string" ? other : undefined;
  const value =
    "tag" in other
      ? principal.tags.get(other.tag)
      : "claim" in other
        ? principal.claims[other.claim]
        : "userId" in other
          ? principal.userId
          : "identityId" in other
            ? principal.identityId
            : undefined;
  return typeof value === "string" ? value : undefined;
}

function* combinations<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of combinations(rest)) for (const value of first) yield [value, ...tail];
}

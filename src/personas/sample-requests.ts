import type { Policy } from "../policy/define-policy.ts";
import { placeOf } from "../policy/policy-error.ts";
import { type RoutePattern, type RouteSegment, readRouteKey } from "../policy/route-key.ts";
import type { Rule } from "../policy/rule.ts";
import type { Principal } from "../principal.ts";
import { parseTarget } from "../target.ts";
import { type ComparedOperand, comparedOperands } from "./compared-operands.ts";
import type { PersonaRequest } from "./judge.ts";
import type { Asked } from "./request-text.ts";
import { type Assignment, assignedHeaders, assignedQuery, sampleAssignments } from "./sample-values.ts";

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
  const rule = (policy.document.routes as Readonly<Record<string, Rule>>)[route] as Rule;
  const pattern = readRouteKey(route, placeOf("", [])) as RoutePattern;
  const compared = comparedBy(policy, rule);
  // What a static route claims with one sample, it does not claim with the other.
  let fallback: readonly PersonaRequest[] = [];
  for (const sample of samples) {
    const requests: PersonaRequest[] = [];
    let plain = false;
    for (const assignment of sampleAssignments(compared, principal, sample)) {
      if (requests.length >= mostRequests) break;
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

/** The same where what is asked for has no path of its own: a field, or to connect. Of fields no rule reads a query. */
export function samplePathless(
  policy: Policy,
  rule: Rule,
  asked: Asked,
  principal: Principal,
): readonly PersonaRequest[] {
  const requests: PersonaRequest[] = [];
  for (const assignment of sampleAssignments(comparedBy(policy, rule), principal, samples[0])) {
    if (requests.length >= mostRequests) break;
    const headers = assignedHeaders(assignment);
    const target = `${asked.target}${assignedQuery(assignment)}`;
    requests.push({ ...asked, target, ...(headers.length > 0 && { headers }) });
  }
  return requests;
}

function comparedBy({ document }: Policy, rule: Rule): readonly ComparedOperand[] {
  const { require: required, rules } = document;
  return comparedOperands(required === undefined || rule === "anyone" ? rule : { allOf: [required, rule] }, rules);
}

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
  const query = assignedQuery(assignment);
  const headers = assignedHeaders(assignment);
  const slash = policy.document.strict && pattern.trailingSlash ? "/" : "";
  const paths = [pattern.segments, pattern.segments.filter(({ kind }) => kind !== "rest")];
  for (const segments of paths) {
    const path = `/${segments.map(part).join("/")}${segments.length > 0 ? slash : ""}`;
    const target = `${path}${query}`;
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

import type { Policy } from "../../../../policy/define-policy.ts";
import type { Grant } from "../../../../policy/grants.ts";
import { arnTable } from "./arn-table.ts";

/** The longest route of which patterns are made. */
const maximumSegments = 24;

/** What of the routes of a policy no pattern can say, by themselves; nothing where each can be written. */
export function routeFaults({ document }: Policy, grants: readonly Grant[]): readonly string[] {
  const faults: string[] = [];
  if (document.strict) faults.push("the policy is strict, and no wildcard tells a trailing slash from none");
  for (const { route, segments } of grants) {
    if (segments.some((segment) => segment.kind === "static" && segment.text.includes("%"))) {
      faults.push(`"${route}" has an escape, which a gateway may have decoded in an ARN or not`);
    }
    if (segments.length > maximumSegments) faults.push(`"${route}" has more than ${maximumSegments} segments`);
  }
  return faults;
}

/**
 * What of a policy cannot be written as a table of ARNs, whoever calls; nothing where all of it can.
 *
 * Each rule is tried as the only one that denies: what more is denied makes a table easier to write.
 */
export function tableFaults(policy: Policy, grants: readonly Grant[], unrouted: boolean): readonly string[] {
  const { document } = policy;
  const faults = routeFaults(policy, grants);
  if (faults.length > 0) return faults;
  const rules = new Map(grants.map(({ route }) => [route, ruleText(policy, route)]));
  const denials = new Set([...rules.values()].filter((rule) => rule !== '"anyone"'));
  const found = new Set<string>();
  // Where no parameter is one way among others, both suppositions are the same.
  const ways = [...rules.values()].some((rule) => rule.includes('"param"') && rule.includes('"anyOf"'));
  for (const bound of ways ? [true, false] : [true]) {
    for (const denied of [undefined, ...denials]) {
      const tried = grants.map((grant) => supposed(grant, rules.get(grant.route) as string, denied, bound));
      const table = arnTable(tried, { caseSensitive: document.caseSensitive, unrouted });
      if ("denied" in table) found.add(conflictText(table.denied, table.granted));
    }
  }
  return [...found];
}

/** A route as it would be for a caller to whom one rule alone says no. */
function supposed(grant: Grant, rule: string, denied: string | undefined, bound: boolean): Grant {
  const { route, method, segments } = grant;
  if (rule === denied) return { route, method, segments, granted: "never" };
  const params = paramsIn(rule);
  // Where parameters are one way among others, some callers need none of them.
  if (params.length === 0 || (!bound && rule.includes('"anyOf"')))
    return { route, method, segments, granted: "always" };
  const values = new Map(params.map((name) => [name, `value-of-${name}`]));
  return { route, method, segments, granted: "where", where: [values] };
}

/** The rule of a route and all that counts with it, as text. */
function ruleText({ document }: Policy, route: string): string {
  const own = JSON.stringify(document.routes[route as keyof typeof document.routes]);
  if (own === '"anyone"') return own;
  const named = own.includes('"rule"') || JSON.stringify(document.require ?? "").includes('"rule"');
  return JSON.stringify([JSON.parse(own), document.require ?? "", named ? document.rules : ""]);
}

function paramsIn(rule: string): readonly string[] {
  const names = new Set<string>();
  JSON.parse(rule, (key, value) => {
    if (key === "param" && typeof value === "string") names.add(value);
    return value;
  });
  return [...names];
}

function conflictText(denied: string | undefined, granted: string): string {
  return denied === undefined
    ? `"${granted}": "*" crosses slashes, so an allow takes in paths that no route matches, and to deny those would deny "${granted}"`
    : `"${denied}" and "${granted}": "*" crosses slashes, so to deny the one to a caller would deny the other`;
}

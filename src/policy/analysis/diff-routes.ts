import { parseTarget } from "../../target.ts";
import { placeOf } from "../policy-error.ts";
import { type RoutePattern, readRouteKey } from "../route-key.ts";
import type { Rule } from "../rule.ts";
import type { ChangeDraft } from "./change-draft.ts";
import { boundIn, type ComparePlaces, type NamedPolicy } from "./compare-places.ts";
import type { Side } from "./compare-rules.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { partsInRegion, pathInRegion } from "./region-path.ts";
import { type RequestRegion, requestRegions } from "./request-regions.ts";
import { matchOf, routePlace } from "./route-place.ts";
import { judgedMethods } from "./unreachable-routes.ts";

/** Compares what two policies say of each request that has a route in one of them. */
export function diffRoutes(
  compare: ComparePlaces,
  policies: readonly [old: NamedPolicy, fresh: NamedPolicy],
): readonly ChangeDraft[] {
  const [old, fresh] = policies.map(routesOf) as [RoutedPolicy, RoutedPolicy];
  const drafts = new Map<string, ChangeDraft>();
  const regions = unlessTooComplex(() => requestRegions([regionPolicyOf(old), regionPolicyOf(fresh)]));
  if (regions === undefined) {
    const unknown = new Set(["the routes of the policies overlap in too many ways to compare them"]);
    return [{ before: null, after: null, unknown }];
  }

  for (const region of regions) {
    const pairs = new Map<string, string>();
    const target = parseTarget(pathInRegion(region, new Map()));
    for (const method of judgedMethods) {
      const pair = JSON.stringify(policies.map(({ policy }) => matchOf(policy, method, target)?.route));
      if (!pairs.has(pair)) pairs.set(pair, method);
    }
    for (const [pair, method] of pairs) {
      const [before, after] = JSON.parse(pair) as [string | null, string | null];
      if (before === null && after === null) continue;
      const draft = drafts.get(pair) ?? { before, after, unknown: new Set() };
      drafts.set(pair, draft);
      compare(draft, routePlace(region, method), sideIn(old, before, region), sideIn(fresh, after, region));
    }
  }
  return [...drafts.values()];
}

/** A policy with its routes taken apart. */
interface RoutedPolicy extends NamedPolicy {
  readonly patterns: ReadonlyMap<string, RoutePattern>;
}

function routesOf({ name, policy }: NamedPolicy): RoutedPolicy {
  // The policy has been loaded, so that each key is that of a route.
  const patterns = Object.keys(policy.document.routes).map((key) => readRouteKey(key, placeOf("", [])) as RoutePattern);
  return { name, policy, patterns: new Map(patterns.map((pattern) => [pattern.key, pattern])) };
}

function regionPolicyOf({ policy, patterns }: RoutedPolicy) {
  const { caseSensitive, strict } = policy.document;
  return { patterns: [...patterns.values()], caseSensitive, strict };
}

function sideIn({ name, policy, patterns }: RoutedPolicy, route: string | null, region: RequestRegion): Side {
  const pattern = route === null ? undefined : patterns.get(route);
  if (pattern === undefined) return { name, policy, key: undefined, bound: undefined };
  const { key } = pattern;
  const own = policy.document.routes[key as keyof typeof policy.document.routes] as Rule;
  return { name, policy, key, bound: boundIn(policy.document, own, partsInRegion(pattern, region), key) };
}

import type { Principal } from "../principal.ts";
import type { Case } from "./cases.ts";
import type { RouteMethod, RoutePattern, RouteSegment } from "./route-key.ts";
import type { RuleNode } from "./rule-node.ts";

/** A route of the policy, and what it gives to one caller. */
export type Grant = GrantedRoute & Granting;

/** The route of a {@link Grant}. */
export interface GrantedRoute {
  /** The key of the route, as it was written. */
  readonly route: string;
  /** The method of the route; GET is that of HEAD, too. */
  readonly method: RouteMethod;
  /** The path of the route. */
  readonly segments: readonly RouteSegment[];
}

/**
 * Whether the caller may make the requests of a route that no more specific route takes: `always`, `never`, `where` parameters
 * have the values of any of the cases, or `undecided`, where it depends on the rules that `on` names, such as `ip("10.0.0.0/8")`.
 *
 * What is indeterminate is not granted.
 */
export type Granting =
  | { readonly granted: "always" }
  | { readonly granted: "never" }
  | { readonly granted: "where"; readonly where: readonly Case[] }
  | { readonly granted: "undecided"; readonly on: readonly string[] };

/** A route on which more decides than who calls and the values of its parameters. */
export interface VaryingRoute {
  readonly route: string;
  /** The rules by which it does, such as `ip("10.0.0.0/8")` or `not(equal(tag("tenant"), param("tenantId")))`. */
  readonly on: readonly string[];
}

/** A route with its rule, `require` included. */
export interface RuledRoute {
  readonly pattern: RoutePattern;
  readonly node: RuleNode;
}

/** The same routes, so that of those that match a request the first is the most specific. */
export function bySpecificity(routes: readonly RuledRoute[]): readonly RuledRoute[] {
  return routes
    .map((route) => ({ route, ranks: ranksOf(route.pattern) }))
    .sort((one, other) => compareRanks(one.ranks, other.ranks))
    .map(({ route }) => route);
}

/** What each route gives to a caller, in the same order. */
export function grantsFor(routes: readonly RuledRoute[], caller: Principal): readonly Grant[] {
  return routes.map(({ pattern, node }) => {
    const { key, method, segments } = pattern;
    return Object.freeze({ route: key, method, segments, ...granting(node, caller) });
  });
}

/** The routes of which no grant can be told without a request, for some callers at least. */
export function varyingRoutes(routes: readonly RuledRoute[]): readonly VaryingRoute[] {
  return routes
    .map(({ pattern, node }) => Object.freeze({ route: pattern.key, on: node.openFor(true) }))
    .filter(({ on }) => on.length > 0);
}

/** What a rule, `require` included, gives to a caller. */
export function granting(node: RuleNode, caller: Principal): Granting {
  const held = node.casesFor(true, caller);
  if ("open" in held) return { granted: "undecided", on: held.open };
  const { cases } = held;
  if (cases.length === 0) return { granted: "never" };
  return cases.some((one) => one.size === 0) ? { granted: "always" } : { granted: "where", where: cases };
}

const ranks = { static: 1, param: 2, any: 3, rest: 4 } as const;

/** From left to right, and the method last; where a path ends, it is more specific than the rest that may be empty. */
function ranksOf({ segments, method }: RoutePattern): readonly number[] {
  return [...segments.map(({ kind }) => ranks[kind]), 0, method === "*" ? 1 : 0];
}

function compareRanks(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((rank, place) => rank !== other[place]);
  return index === -1 ? 0 : (one[index] as number) - (other[index] as number);
}

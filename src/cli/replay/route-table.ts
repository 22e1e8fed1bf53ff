import type { Policy } from "../../policy/define-policy.ts";
import { placeOf } from "../../policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../policy/route-key.ts";
import type { Target } from "../../target.ts";

/** The routes of a policy, beside what the policy itself tells of them. */
export interface RouteTable {
  /** The pattern of a route by its key. */
  pattern(key: string): RoutePattern;
  /**
   * Whether a route spells out a segment in a place where that of the request is hidden, so that the request may be its.
   */
  maySpellOut(method: string, target: Target, hidden: readonly number[]): boolean;
}

/** How many answers are remembered; paths with their parameters hidden are few. */
const maximumKnown = 10_000;

export function createRouteTable({ document }: Policy): RouteTable {
  const patterns = new Map(
    Object.keys(document.routes).map((key) => [key, readRouteKey(key, placeOf(key, [])) as RoutePattern]),
  );
  const known = new Map<string, boolean>();
  const same = (left: string, right: string) =>
    document.caseSensitive ? left === right : left.toLowerCase() === right.toLowerCase();

  function fits(
    { method: own, segments }: RoutePattern,
    method: string,
    path: readonly (string | undefined)[],
  ): boolean {
    if (own !== "*" && own !== (method === "HEAD" ? "GET" : method)) return false;
    const last = segments.at(-1);
    if (last?.kind === "rest" ? path.length < segments.length - 1 : path.length !== segments.length) return false;
    let spelled = false;
    for (const [index, segment] of segments.entries()) {
      if (segment.kind !== "static") continue;
      const text = path[index];
      if (text === undefined) spelled = true;
      else if (!same(text, segment.text)) return false;
    }
    return spelled;
  }

  return {
    pattern: (key) => patterns.get(key) as RoutePattern,
    maySpellOut(method, { segments }, hidden) {
      if (hidden.length === 0) return false;
      const path = segments.map((segment, index) => (hidden.includes(index) ? undefined : segment));
      const question = JSON.stringify([method, path]);
      const answer = known.get(question) ?? [...patterns.values()].some((pattern) => fits(pattern, method, path));
      if (known.size >= maximumKnown) known.clear();
      known.set(question, answer);
      return answer;
    },
  };
}

import type { Grant } from "../../../../policy/grants.ts";
import type { RouteSegment } from "../../../../policy/route-key.ts";

/** One segment of a route, or the rest of its path. */
export type Token =
  /** With `anyCase`, in whatever case. */
  | { readonly kind: "text"; readonly text: string; readonly anyCase: boolean }
  | { readonly kind: "one" }
  | { readonly kind: "rest"; readonly atLeast: 0 | 1 };

/** A route, and whether one caller may make its requests. */
export interface LabeledRoute {
  readonly route: string;
  readonly tokens: readonly Token[];
  readonly granted: boolean;
}

/** A value that cannot stand in an ARN, so that nothing is granted by it. */
export interface RefusedValue {
  readonly route: string;
  readonly param: string;
}

// Characters that a path holds as they are (RFC 3986 Section 3.3), without those that mean more in an ARN. Whatever a gateway
// may have decoded, or not, is not among them.
const plain = /^[\w\-.~!&'()+,;=:@]+$/;

/** Whether a value of a parameter can be written into an ARN and stand there for itself alone. */
function canStandInArn(value: string): boolean {
  return plain.test(value) && value !== "." && value !== "..";
}

/**
 * The routes of one method, each with a plain yes or no: where parameters decide, a route with their values stands before it.
 *
 * @param grants the most specific first.
 */
export function labeledRoutes(
  grants: readonly Grant[],
  caseSensitive: boolean,
): { readonly routes: readonly LabeledRoute[]; readonly refused: readonly RefusedValue[] } {
  const refused: RefusedValue[] = [];
  const routes = grants.flatMap((grant): readonly LabeledRoute[] => {
    const { route, segments } = grant;
    const whole = { route, tokens: tokensOf(segments, caseSensitive), granted: grant.granted === "always" };
    if (grant.granted !== "where") return [whole];
    const cases = grant.where.flatMap((values) => {
      const unsafe = [...values].filter(([, value]) => !canStandInArn(value));
      refused.push(...unsafe.map(([param]) => ({ route, param })));
      if (unsafe.length > 0) return [];
      return [{ route, tokens: tokensOf(segments, caseSensitive, values), granted: true }];
    });
    return [...cases, whole];
  });
  return { routes, refused };
}

function tokensOf(
  segments: readonly RouteSegment[],
  caseSensitive: boolean,
  values: ReadonlyMap<string, string> = new Map(),
): readonly Token[] {
  return segments.map((segment): Token => {
    if (segment.kind === "static") return { kind: "text", text: segment.text, anyCase: !caseSensitive };
    const value = "name" in segment && segment.name !== undefined ? values.get(segment.name) : undefined;
    // A rest that has one plain value is that one segment.
    if (value !== undefined) return { kind: "text", text: value, anyCase: false };
    if (segment.kind === "rest") return { kind: "rest", atLeast: segment.name === undefined ? 0 : 1 };
    return { kind: "one" };
  });
}

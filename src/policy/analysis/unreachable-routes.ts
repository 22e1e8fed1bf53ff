import type { Target } from "../../target.ts";
import type { RouteIndex } from "../route-index.ts";
import type { RouteMethod, RoutePattern } from "../route-key.ts";

/** A route that no request reaches. */
export interface UnreachableRoute {
  readonly pattern: RoutePattern;
  /** The key of a route that takes requests in its place; undefined where they are refused for their escapes. */
  readonly winner: string | undefined;
}

/** The methods that a route for all of them judges; HEAD takes the rule of GET. */
export const judgedMethods: readonly RouteMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Finds the routes that no request reaches, since more specific ones take all of theirs.
 *
 * It suffices to try the plainest requests of a route: in the place of its parameters and wildcards a text that no route has.
 * What takes such a request takes every other of as many segments too, and no route tells more segments apart than it has.
 */
export function unreachableRoutes(
  patterns: readonly RoutePattern[],
  index: RouteIndex<unknown>,
  strict: boolean,
): readonly UnreachableRoute[] {
  const plain = plainText(patterns);
  const depth = patterns.reduce((most, { segments }) => Math.max(most, segments.length), 0);
  return patterns.flatMap((pattern) => {
    let winner: string | undefined;
    for (const target of plainTargets(pattern, plain, depth, strict)) {
      for (const method of pattern.method === "*" ? judgedMethods : [pattern.method]) {
        const found = find(index, method, target);
        if (found === pattern.key) return [];
        winner ??= found;
      }
    }
    return [{ pattern, winner }];
  });
}

/** A segment that is no static one of any route, in whatever case. */
export function plainText(patterns: readonly RoutePattern[]): string {
  const taken = new Set<string>();
  for (const { segments } of patterns) {
    for (const segment of segments) if (segment.kind === "static") taken.add(segment.text.toLowerCase());
  }
  let text = "other";
  for (let number = 1; taken.has(text); number += 1) text = `other-${number}`;
  return text;
}

function* plainTargets(pattern: RoutePattern, plain: string, depth: number, strict: boolean): Generator<Target> {
  const { segments } = pattern;
  const last = segments.at(-1);
  if (last?.kind !== "rest") {
    yield plainTarget(segments.map(textOf), strict && pattern.trailingSlash);
    return;
  }
  const fixed = segments.slice(0, -1).map(textOf);
  for (let more = last.name === undefined ? 0 : 1; more === 0 || fixed.length + more <= depth + 1; more += 1) {
    const texts = [...fixed, ...new Array<string>(more).fill(plain)];
    yield plainTarget(texts, false);
    if (strict && texts.length > 0) yield plainTarget(texts, true);
  }

  function textOf(segment: RoutePattern["segments"][number]): string {
    return segment.kind === "static" ? segment.text : plain;
  }
}

function plainTarget(segments: readonly string[], trailingSlash: boolean): Target {
  return { path: `/${segments.join("/")}${trailingSlash ? "/" : ""}`, segments, trailingSlash, query: undefined };
}

function find(index: RouteIndex<unknown>, method: string, target: Target): string | undefined {
  try {
    return index.find(method, target)?.route;
  } catch {
    // Refused, since a segment is a static one of another route in other escapes.
    return undefined;
  }
}

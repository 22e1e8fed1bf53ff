import { alphabetOf, type Letter } from "./alphabet.ts";
import type { LabeledRoute, Token } from "./labeled-route.ts";
import type { PathSymbol } from "./path-symbol.ts";
import { isAtEnd, type Shape, shapeStart, stepWith, wildcardsIn } from "./shape.ts";

/** A path on which patterns and routes differ. */
export interface Difference {
  readonly path: readonly PathSymbol[];
  /** The route that decides about it; undefined where there is none. */
  readonly decider: LabeledRoute | undefined;
}

/** How patterns differ from the routes that they were made for, the shortest paths first. */
export interface Differences {
  /** Granted by the patterns, and not by the routes. */
  readonly excess: readonly Difference[];
  /** Granted by a route and by its own pattern, and denied by the pattern for another. */
  readonly lack: readonly Difference[];
  /** At how many paths that are not alike this took a look. */
  readonly looks: number;
}

/** What counts beside routes and patterns. */
export interface ExamineOptions {
  /** Whether a path that no route matches counts as excess. */
  readonly unrouted: boolean;
  /** No more looks than that are taken. */
  readonly mostLooks: number;
}

/** Where a path leads to, in every route and every pattern at once. */
interface Reached {
  /** The path without its last segment; undefined for the empty one. */
  readonly before: Reached | undefined;
  readonly last: PathSymbol | undefined;
  /** The place in each route. */
  readonly routes: Int32Array;
  /** The places in each allow, and behind these in each deny. */
  readonly shapes: Int32Array;
}

const dead = -1;

/**
 * Compares what patterns say of paths with what routes say, for all paths at once: paths that lead every route and every pattern
 * to the same places are alike, and there are not many others.
 *
 * @param routes of which the first that matches decides.
 * @param allows by the index of the route that each was made for.
 * @returns undefined where that takes too many looks.
 */
export function examine(
  routes: readonly LabeledRoute[],
  allows: readonly (readonly [route: number, shape: Shape])[],
  denies: readonly Shape[],
  { unrouted, mostLooks }: ExamineOptions,
): Differences | undefined {
  const excess: Difference[] = [];
  const lack: Difference[] = [];
  const shapes = [...allows.map(([, shape]) => shape), ...denies];
  const wildcards = Int32Array.from(shapes, wildcardsIn);
  const letters = alphabetOf(routes, shapes);
  const seen = new Set<string>();
  const queue: Reached[] = [
    {
      before: undefined,
      last: undefined,
      routes: new Int32Array(routes.length),
      shapes: new Int32Array(shapes.length).fill(shapeStart),
    },
  ];

  function compare(reached: Reached): void {
    const index = routes.findIndex(({ tokens }, route) => accepts(tokens, reached.routes[route] as number));
    const decider = routes[index];
    if (decider === undefined && !unrouted) return;
    const ends = (place: number) => isAtEnd(shapes[place] as Shape, reached.shapes[place] as number);
    const denied = denies.some((_, place) => ends(allows.length + place));
    if (decider?.granted === true) {
      if (denied && allows.some(([route], place) => route === index && ends(place))) {
        lack.push({ path: pathTo(reached), decider });
      }
    } else if (!denied && allows.some((_, place) => ends(place))) excess.push({ path: pathTo(reached), decider });
  }

  function after(reached: Reached, letter: Letter): Reached {
    return {
      before: reached,
      last: letter.symbol,
      routes: reached.routes.map((place, route) => {
        return advance((routes[route] as LabeledRoute).tokens, place, letter.routes[route] as number);
      }),
      shapes: reached.shapes.map((places, shape) => {
        return stepWith(places, letter.shapes[shape] as number, wildcards[shape] as number);
      }),
    };
  }

  // What is appended meanwhile is looked at as well.
  for (const reached of queue) {
    if (queue.length > mostLooks) return undefined;
    compare(reached);
    for (const letter of letters) {
      if (letter.symbol !== "other" && !leadsElsewhere(letter, reached)) continue;
      const next = after(reached, letter);
      // What no allow can take in any more is neither excess nor lack, whatever follows.
      if (next.shapes.subarray(0, allows.length).every((places) => places === 0)) continue;
      const key = `${next.routes.join()}|${next.shapes.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return { excess, lack, looks: queue.length };
}

function pathTo(reached: Reached): readonly PathSymbol[] {
  const path: PathSymbol[] = [];
  for (let at: Reached | undefined = reached; at?.last !== undefined; at = at.before) path.push(at.last);
  return path.reverse();
}

/** Whether the segment is written as a text where a path has led to. */
function leadsElsewhere({ routeTexts, shapeTexts }: Letter, { routes, shapes }: Reached): boolean {
  return (
    routes.some((place, route) => place !== dead && ((routeTexts[route] as number) & (1 << place)) !== 0) ||
    shapes.some((places, shape) => ((shapeTexts[shape] as number) & places) !== 0)
  );
}

/** The place in a route after one more segment, which may stand at some of them; in its rest, that is the end. */
function advance(tokens: readonly Token[], place: number, passing: number): number {
  if (place === dead) return dead;
  if (place === tokens.length) return tokens.at(-1)?.kind === "rest" ? place : dead;
  return (passing & (1 << place)) !== 0 ? place + 1 : dead;
}

function accepts(tokens: readonly Token[], place: number): boolean {
  const token = tokens[place];
  return place === tokens.length || (token?.kind === "rest" && token.atLeast === 0);
}

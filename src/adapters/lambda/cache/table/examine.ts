import type { LabeledRoute, Token } from "./labeled-route.ts";
import type { PathSymbol } from "./path-symbol.ts";
import { spells } from "./path-symbol.ts";
import { isAtEnd, type Shape, shapeStart, stepOn } from "./shape.ts";

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
}

/** Where a path leads to, in every route and every pattern at once. */
interface Reached {
  readonly path: readonly PathSymbol[];
  readonly routes: readonly number[];
  readonly allows: readonly number[];
  readonly denies: readonly number[];
}

const dead = -1;

/**
 * Compares what patterns say of paths with what routes say, for all paths at once: paths that lead every route and every pattern
 * to the same places are alike, and there are not many others.
 *
 * @param routes of which the first that matches decides.
 * @param allows by the index of the route that each was made for.
 * @param unrouted whether a path that no route matches counts as excess.
 */
export function examine(
  routes: readonly LabeledRoute[],
  allows: readonly (readonly [route: number, shape: Shape])[],
  denies: readonly Shape[],
  unrouted: boolean,
): Differences {
  const excess: Difference[] = [];
  const lack: Difference[] = [];
  const start: Reached = {
    path: [],
    routes: routes.map(() => 0),
    allows: allows.map(() => shapeStart),
    denies: denies.map(() => shapeStart),
  };
  const seen = new Set<string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const reached: Reached = at;
    const index = routes.findIndex(({ tokens }, route) => accepts(tokens, reached.routes[route] as number));
    const decider = routes[index];
    const ends = (places: readonly number[], place: number, shape: Shape) => isAtEnd(shape, places[place] as number);
    const denied = denies.some((shape, place) => ends(reached.denies, place, shape));
    const { path } = reached;
    if (decider?.granted === true) {
      const own = allows.some(([route, shape], place) => route === index && ends(reached.allows, place, shape));
      if (denied && own) lack.push({ path, decider });
    } else if (decider !== undefined || unrouted) {
      const allowed = allows.some(([, shape], place) => ends(reached.allows, place, shape));
      if (allowed && !denied) excess.push({ path, decider });
    }
    for (const symbol of symbolsAt(reached, routes, allows, denies)) {
      const next: Reached = {
        path: [...path, symbol],
        routes: reached.routes.map((place, route) => advance((routes[route] as LabeledRoute).tokens, place, symbol)),
        allows: reached.allows.map((places, place) => stepOn((allows[place] as [number, Shape])[1], places, symbol)),
        denies: reached.denies.map((places, place) => stepOn(denies[place] as Shape, places, symbol)),
      };
      // What no allow can take in any more is neither excess nor lack, whatever follows.
      if (next.allows.every((places) => places === 0)) continue;
      const key = `${next.routes.join()}|${next.allows.join()}|${next.denies.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return { excess, lack };
}

/** The place in a route after one more segment; in its rest, that is the end. */
function advance(tokens: readonly Token[], place: number, symbol: PathSymbol): number {
  if (place === dead) return dead;
  const token = tokens[place];
  if (token === undefined) return tokens.at(-1)?.kind === "rest" ? place : dead;
  return token.kind !== "text" || spells(token, symbol) ? place + 1 : dead;
}

function accepts(tokens: readonly Token[], place: number): boolean {
  const token = tokens[place];
  return place === tokens.length || (token?.kind === "rest" && token.atLeast === 0);
}

/** The segments that lead to different places from here; any other first, so that what holds for most is found first. */
function symbolsAt(
  reached: Reached,
  routes: readonly LabeledRoute[],
  allows: readonly (readonly [number, Shape])[],
  denies: readonly Shape[],
): readonly PathSymbol[] {
  const symbols = new Map<string, PathSymbol>([["", "other"]]);
  function add(text: string, anyCase: boolean): void {
    symbols.set(`=${text}`, { text, otherCase: false });
    if (anyCase && /[a-z]/i.test(text)) symbols.set(`~${text.toLowerCase()}`, { text, otherCase: true });
  }
  for (const [index, { tokens }] of routes.entries()) {
    const token = tokens[reached.routes[index] as number];
    if (token?.kind === "text") add(token.text, token.anyCase);
  }
  function addSteps(shape: Shape, places: number): void {
    for (const [index, step] of shape.entries()) {
      if (step.kind === "text" && (places & (1 << index)) !== 0) add(step.text, step.anyCase);
    }
  }
  for (const [index, [, shape]] of allows.entries()) addSteps(shape, reached.allows[index] as number);
  for (const [index, shape] of denies.entries()) addSteps(shape, reached.denies[index] as number);
  return [...symbols.values()];
}

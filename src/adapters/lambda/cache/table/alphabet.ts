import type { LabeledRoute, Token } from "./labeled-route.ts";
import { type PathSymbol, spells } from "./path-symbol.ts";
import type { Shape, Step } from "./shape.ts";

/** One segment that a path may have, and what it does to each route and each pattern; places are bits. */
export interface Letter {
  readonly symbol: PathSymbol;
  /** For each route: at which of its places the segment may stand. */
  readonly routes: Int32Array;
  /** For each pattern: at which of its places it may stand. */
  readonly shapes: Int32Array;
  /** The same, but only where it is written as a text, so that it leads elsewhere than any other segment. */
  readonly routeTexts: Int32Array;
  readonly shapeTexts: Int32Array;
}

/**
 * The segments that routes and patterns tell apart: each text that is written in one of them, that text in another case where one
 * ignores case, and ahead of all of them any other, so that what holds for most is found first.
 */
export function alphabetOf(routes: readonly LabeledRoute[], shapes: readonly Shape[]): readonly Letter[] {
  const symbols = new Map<string, PathSymbol>([["", "other"]]);
  for (const part of [...routes.map(({ tokens }) => tokens), ...shapes].flat()) {
    if (part.kind !== "text") continue;
    symbols.set(`=${part.text}`, { text: part.text, otherCase: false });
    if (part.anyCase && /[a-z]/i.test(part.text)) {
      symbols.set(`~${part.text.toLowerCase()}`, { text: part.text, otherCase: true });
    }
  }
  return [...symbols.values()].map((symbol) => {
    const passes = (part: Token | Step) => part.kind !== "text" || spells(part, symbol);
    const isWritten = (part: Token | Step) => part.kind === "text" && spells(part, symbol);
    return {
      symbol,
      routes: Int32Array.from(routes, ({ tokens }) => placesWhere(tokens, passes)),
      shapes: Int32Array.from(shapes, (shape) => placesWhere(shape, passes)),
      routeTexts: Int32Array.from(routes, ({ tokens }) => placesWhere(tokens, isWritten)),
      shapeTexts: Int32Array.from(shapes, (shape) => placesWhere(shape, isWritten)),
    };
  });
}

function placesWhere(parts: readonly (Token | Step)[], holds: (part: Token | Step) => boolean): number {
  return parts.reduce((places, part, index) => (holds(part) ? places | (1 << index) : places), 0);
}

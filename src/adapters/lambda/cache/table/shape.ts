import type { Token } from "./labeled-route.ts";
import { isText, type PathSymbol, spells } from "./path-symbol.ts";

/**
 * What a wildcard pattern can say of a path: a text, in one case or any, or one segment and more, since `*` crosses slashes.
 */
export type Step =
  | { readonly kind: "text"; readonly text: string; readonly anyCase: boolean }
  | { readonly kind: "many" };

/** A pattern for paths. */
export type Shape = readonly Step[];

const many: Step = Object.freeze({ kind: "many" });

/** The patterns that take in all paths of a route as it is written, and perhaps more. */
export function shapesOf(tokens: readonly Token[]): readonly Shape[] {
  const steps = tokens.map((token): Step => (token.kind === "text" ? { ...token, anyCase: false } : many));
  const last = tokens.at(-1);
  if (last?.kind !== "rest" || last.atLeast === 1) return [steps];
  const before = steps.slice(0, -1);
  // What ends in a wildcard has the rest in it.
  return before.at(-1)?.kind === "many" ? [before] : [before, steps];
}

/** The narrowest pattern that takes in every path like this one: where it has any segment, there is no narrower one. */
export function shapeOfPath(path: readonly PathSymbol[]): Shape {
  return path.map((symbol): Step => {
    if (!isText(symbol)) return many;
    return { kind: "text", text: symbol.text, anyCase: symbol.otherCase };
  });
}

/** Where in a shape one can be after no segment. */
export const shapeStart = 1;

/** The places of the wildcards in a shape. */
export function wildcardsIn(shape: Shape): number {
  return placesOf(shape, ({ kind }) => kind === "many");
}

/**
 * Where one can be after one more segment; places are bits, and none means that the shape does not match.
 *
 * @param passing the places in the shape at which the segment may stand.
 * @param wildcards those of its wildcards.
 */
export function stepWith(places: number, passing: number, wildcards: number): number {
  // A wildcard that has taken one segment can take the next one too.
  return ((places & passing) << 1) | (places & (wildcards << 1));
}

/** Whether one can be at the end. */
export function isAtEnd(shape: Shape, places: number): boolean {
  return (places & (1 << shape.length)) !== 0;
}

/** Whether a shape takes in a path. */
export function takesIn(shape: Shape, path: readonly PathSymbol[]): boolean {
  const wildcards = wildcardsIn(shape);
  const end = path.reduce((places, symbol) => {
    const passing = placesOf(shape, (step) => step.kind === "many" || spells(step, symbol));
    return stepWith(places, passing, wildcards);
  }, shapeStart);
  return isAtEnd(shape, end);
}

function placesOf(shape: Shape, holds: (step: Step) => boolean): number {
  return shape.reduce((places, step, index) => (holds(step) ? places | (1 << index) : places), 0);
}

/** Whether one shape takes in all that another does. */
export function hasWithin(wide: Shape, narrow: Shape): boolean {
  const path = narrow.map((step): PathSymbol => {
    return step.kind === "many" ? "other" : { text: step.text, otherCase: step.anyCase };
  });
  // A segment that no text spells is taken in by a wildcard alone, which takes in the next ones as well.
  return takesIn(wide, path);
}

/** A text by which shapes can be compared. */
export function shapeKey(shape: Shape): string {
  return JSON.stringify(shape.map((step) => (step.kind === "many" ? 0 : [step.text, step.anyCase])));
}

/**
 * The patterns as they stand in an ARN behind the method, without a leading slash: `articles/?*`. A path that ends with a slash
 * is the same path, so what ends in a text is written with one, too.
 *
 * No pattern says "in any case". Instead of every spelling there are, beside the one that is written, patterns for all texts of
 * its length that have one of its letters in the other case: more than need be, so this is for denials alone.
 */
export function shapeTexts(shape: Shape): readonly string[] {
  const plain = shape.map((step, index) => {
    if (step.kind === "text") return step.text;
    return index === shape.length - 1 ? "?*" : "*";
  });
  const texts = [plain.join("/"), ...otherCases(shape, plain)];
  const open = shape.length === 0 || shape.at(-1)?.kind === "many";
  return open ? texts : texts.flatMap((text) => [text, `${text}/`]);
}

function otherCases(shape: Shape, plain: readonly string[]): readonly string[] {
  const isFree = (index: number) => {
    const step = shape[index];
    return step?.kind === "text" && step.anyCase;
  };
  const blurred = plain.map((text, index) => (isFree(index) ? text.replace(/[a-z]/gi, "?") : text));
  return plain.flatMap((text, index) => {
    if (!isFree(index)) return [];
    return Array.from(text.matchAll(/[a-z]/gi), ({ 0: letter, index: at }) => {
      const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      const part = blurred[index] as string;
      return blurred.with(index, `${part.slice(0, at)}${other}${part.slice(at + 1)}`).join("/");
    });
  });
}

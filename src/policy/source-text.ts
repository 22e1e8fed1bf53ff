import type { SourceLocation } from "./source-location.ts";
import type { Span } from "./source-node.ts";

/** Tells lines and columns of a text. */
export interface SourceText {
  /** The line on which an offset lies, from 1 up. */
  lineOf(offset: number): number;
  /** The position of a stretch with an excerpt of its first line. */
  locate(span: Span): SourceLocation;
}

/** How much of a line is shown, and how much of that before the caret. */
const shownLength = 100;
const shownBefore = 60;

/** Divides a text into lines, which end with a line feed. */
export function createSourceText(text: string, file: string | undefined): SourceText {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);

  function lineOf(offset: number): number {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  return {
    lineOf,
    locate({ start, end }) {
      const line = lineOf(start);
      const lineStart = starts[line - 1] as number;
      const content = text.slice(lineStart, (starts[line] ?? text.length + 1) - 1).replace(/\r$/, "");
      const column = start - lineStart + 1;
      const from = content.length <= shownLength ? 0 : Math.max(0, column - 1 - shownBefore);
      const piece = content.slice(from, from + shownLength);
      const before = from > 0 ? "…" : "";
      const after = from + piece.length < content.length ? "…" : "";
      const offset = column - 1 - from;
      const carets = Math.max(1, Math.min(end - start, piece.length - offset));
      const margin = " ".repeat(String(line).length);
      const excerpt = [
        `${line} | ${before}${visible(piece)}${after}`.trimEnd(),
        `${margin} | ${" ".repeat(before.length + offset)}${"^".repeat(carets)}`,
      ].join("\n");
      return Object.freeze({ ...(file !== undefined && { file }), line, column, excerpt });
    },
  };
}

/** A character for a character, so that the caret stays below what it means. */
function visible(piece: string): string {
  return piece.replaceAll("\t", " ").replace(invisible, (found) => "\ufffd".repeat(found.length));
}

/** Characters that show nothing, end a line for some parsers, or turn the direction of writing; and halves of characters. */
export const invisible: RegExp = /[^\P{Cc}\t\n\r]|\r(?!\n)|[\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** A text in which nothing moves a cursor, shows nothing or turns the direction of writing. */
export function escapeInvisible(text: string): string {
  return text.replace(invisible, (found) =>
    Array.from(
      { length: found.length },
      (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

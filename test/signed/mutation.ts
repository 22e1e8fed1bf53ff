import fc from "fast-check";
import type { Received } from "./gate.ts";

/** What a mutation may choose by. */
export interface Choice {
  readonly at: number;
  readonly other: number;
  readonly text: string;
  /** Another request that the same signer signed for the same caller. */
  readonly neighbor: Received;
}

/** Changes a request on its way; it may leave it as it is where it has nothing to change. */
export type Mutator = (request: Received, choice: Choice) => Received;

// What encoders, parsers and signers mix up.
const pieces = [
  ...["/", "//", "/./", "/../", ".", "..", "%2e", "%2F", "%5C", "\\", "?", "#", "&", "=", "+", ";", ",", ":", "@"],
  ...["%20", "%2B", "%26", "%3D", "%25", "%00", "%", "%zz", "%C3%A9", "%c3%a9", "%FF", "%41", "!", "'", "*", "~"],
  ...[" ", "\t", "\r\n", "\n", "\u00a0", "\u00e9", "\u0000", '"', "a", "A", "1", "0", "x-amz-", "a=1", "&a=1", "|"],
];

/** A text to put in somewhere. */
export const insertions: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pieces) },
  fc.constant(""),
  fc.string({ maxLength: 3 }),
  fc.string({ unit: "binary", maxLength: 2 }),
);

/** The item at a place that wraps round. */
export function pick<T>(items: readonly T[], at: number): T {
  return items[at % items.length] as T;
}

/** A text with some of its characters taken out and others put in. */
export function spliced(text: string, { at, other, text: given }: Choice): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + given + text.slice(start + (other % 4));
}

/** A text with one of the matches of a pattern replaced; the same text where there is none. */
export function replaceOne(text: string, pattern: RegExp, at: number, change: (match: string) => string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { 0: match, index } = pick(matches, at);
  return text.slice(0, index) + change(match) + text.slice(index + match.length);
}

import type { Ternary } from "../evaluation.ts";
import type { Literal } from "../rule.ts";
import { TooComplex } from "./decision-diagram.ts";
import type { OperandSource } from "./operand-source.ts";

/** What a leaf asks about the value of one operand. */
export interface ValueTest {
  /** The key of the operand. */
  readonly key: string;
  /** The values that it names. */
  readonly literals: readonly Literal[];
  judge(value: Literal): Ternary;
}

/** A value that an operand can have, and the operands that can have it. */
export interface TellingValue {
  readonly value: Literal;
  readonly keys: ReadonlySet<string>;
  /** Whether no rule names it. */
  readonly other: boolean;
}

/** Each is looked for among each. */
const mostLiterals = 10_000;
/** Each leaf judges each value. */
const mostAnswers = 1_000_000;

/**
 * Values by which all ways can be told apart in which rules can find operands that are compared with each other.
 *
 * Values that all tests judge alike are as good as each other. Of `n` operands at most `n` have different ones at a time, so
 * that many of each sort suffice.
 *
 * @throws TooComplex where rules name too many values.
 */
export function tellingValues(sources: readonly OperandSource[], tests: readonly ValueTest[]): readonly TellingValue[] {
  const written = tests.reduce((sum, test) => sum + test.literals.length, 0);
  if (written > mostLiterals) throw new TooComplex();
  const literals = new Set(tests.flatMap((test) => test.literals));
  if (literals.size * tests.length > mostAnswers) throw new TooComplex();
  const taken = new Set([...literals].filter((value) => typeof value === "string"));
  const count = sources.length;
  const typed = sources.some((source) => source.typed);
  const others = new Set<Literal>([
    ...sources.flatMap((source) => source.others(count, taken)),
    ...(typed ? [...otherNumbers(count, literals), true, false] : []),
  ]);
  const seen = new Map<string, number>();
  const telling: TellingValue[] = [];
  for (const value of new Set([...literals, ...others])) {
    const able = sources.filter((source) => source.typed || (typeof value === "string" && source.admits(value)));
    if (able.length === 0) continue;
    const keys = new Set(able.map(({ key }) => key));
    const answers = tests.map((test) => (keys.has(test.key) ? String(test.judge(value)) : "-"));
    const sort = [typeof value, ...keys, ...answers].join("\n");
    const alike = (seen.get(sort) ?? 0) + 1;
    seen.set(sort, alike);
    if (alike <= count) telling.push({ value, keys, other: !literals.has(value) });
  }
  return telling;
}

function otherNumbers(count: number, taken: ReadonlySet<Literal>): readonly number[] {
  const found: number[] = [];
  for (let number = 1; found.length < count; number += 1) if (!taken.has(number)) found.push(number);
  return found;
}

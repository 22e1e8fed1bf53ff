import { quote } from "./explain.ts";
import type { Place } from "./policy-error.ts";

/** The own entries of a JSON object, each read once; undefined for anything else. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value);
}

/** The items of a JSON array, those that a sparse array lacks included; undefined for anything else. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? Array.from<unknown>(value) : undefined;
}

/** Reads an object that must have one key. */
export function onlyEntry(value: unknown, at: Place, expected: string): readonly [string, unknown] | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return at.report(`${expected}, not ${typeText(value)}`);
  const [first] = entries;
  if (first === undefined) return at.report(`the object is empty; ${expected}`);
  if (entries.length > 1) {
    const keys = entries.map(([key]) => quote(key)).join(", ");
    return at.report(`it has ${entries.length} keys (${keys}) and must have one; join rules with allOf or anyOf`);
  }
  return first;
}

/** Reads a string that must not be empty. */
export function readName(value: unknown, at: Place, what: string): string | undefined {
  if (typeof value !== "string") return at.report(`write ${what} as a string, not ${typeText(value)}`);
  return value === "" ? at.report(`write ${what}; an empty string matches nothing`) : value;
}

/** Reads one item, or a list that is not empty; any fault in it has been reported. */
export function readOneOrMore<T>(
  value: unknown,
  at: Place,
  readOne: (item: unknown, at: Place) => T | undefined,
): readonly [T, ...T[]] | undefined {
  if (Array.isArray(value)) return readList(value, at, readOne);
  const only = readOne(value, at);
  return only === undefined ? undefined : [only];
}

/** Reads a list that is not empty; any fault in it has been reported. */
export function readList<T>(
  value: unknown,
  at: Place,
  readOne: (item: unknown, at: Place) => T | undefined,
): readonly [T, ...T[]] | undefined {
  const items = itemsOf(value);
  if (items === undefined) return at.report(`write a list, not ${typeText(value)}`);
  if (items.length === 0) return at.report("the list is empty; write one item at least");
  const read = items.map((item, index) => readOne(item, at.inside(`[${index}]`)));
  const [first, ...rest] = read.filter((item) => item !== undefined);
  return first === undefined || rest.length + 1 < items.length ? undefined : [first, ...rest];
}

/**
 * Passes a list on that holds nothing twice; else the fault has been reported. Whoever writes one thing twice meant another.
 *
 * @param keyOf tells what counts as the same.
 */
export function distinct<T>(
  items: readonly [T, ...T[]] | undefined,
  at: Place,
  keyOf: (item: T) => unknown = (item) => item,
): readonly [T, ...T[]] | undefined {
  const seen = new Set<unknown>();
  const again = (items ?? []).findIndex((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
  return again === -1 ? items : at.inside(`[${again}]`).report("it is in the list already; write each once");
}

/** What a value is, for a fault. */
export function typeText(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

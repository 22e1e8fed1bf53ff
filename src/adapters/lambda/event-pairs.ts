import { RequestHeaders } from "../../request.ts";
import { type EventFields, field, foreignEvent, optionalFields } from "./event-fields.ts";

/** A name and one of its values. */
export type Pair = readonly [name: string, value: string];

/**
 * Reads pairs that an event gives twice: once with the one value of each name, once with all of them. Either may be null.
 *
 * The second is preferred. A value that only the first has is kept as one more occurrence, so where the two disagree nothing
 * is hidden: two credentials are refused as two, and an operand with two values is indeterminate.
 *
 * @param single the member with one value for each name, such as `headers`.
 * @param multiple the member with all values of each name, such as `multiValueHeaders`.
 * @param fold whether names match without regard to case.
 * @throws AuthError `configuration_error` where a value is no text.
 */
export function eventPairs(event: EventFields, single: string, multiple: string, fold: boolean): readonly Pair[] {
  const pairs: Pair[] = [];
  const known = new Map<string, readonly string[]>();
  const all = optionalFields(event, multiple);
  for (const name of Object.keys(all)) {
    const values = textList(field(all, name));
    known.set(foldName(name, fold), values);
    for (const value of values) pairs.push([name, value]);
  }
  for (const [name, value] of singlePairs(event, single)) {
    if (known.get(foldName(name, fold))?.includes(value) !== true) pairs.push([name, value]);
  }
  return pairs;
}

/** Reads the member of an event that has one value for each name; null and absent count as empty. */
export function singlePairs(event: EventFields, name: string): readonly Pair[] {
  const fields = optionalFields(event, name);
  const pairs: Pair[] = [];
  for (const key of Object.keys(fields)) {
    const value = field(fields, key);
    if (value === undefined) continue;
    if (typeof value !== "string") throw foreignEvent(`a value in ${name} is no text`);
    pairs.push([key, value]);
  }
  return pairs;
}

/** Reads the member of an event that has all values of each name; null and absent count as empty. */
export function listPairs(event: EventFields, name: string): readonly Pair[] {
  const fields = optionalFields(event, name);
  return Object.keys(fields).flatMap((key) => textList(field(fields, key)).map((value): Pair => [key, value]));
}

/** Makes the headers of a request. */
export function headersOf(pairs: readonly Pair[]): RequestHeaders {
  return new RequestHeaders(pairs.flat());
}

/** Reads the parameters that the gateway matched in the path; their names come from its configuration. */
export function pathParameters(event: EventFields): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of singlePairs(event, "pathParameters")) parameters[name] = value;
  return parameters;
}

function foldName(name: string, fold: boolean): string {
  return fold ? name.toLowerCase() : name;
}

/** Reads a list of texts; null and absent count as empty. */
export function textList(values: unknown): readonly string[] {
  if (values === undefined || values === null) return [];
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) {
    throw foreignEvent("a list of values holds something else than text");
  }
  return values;
}

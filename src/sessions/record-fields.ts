import { isJsonObject, type JsonObject } from "../tokens/strict-json.ts";

// RFC 4648 Section 5: of the last character two bits are spare, and zero.
const digestForm = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** What was found in a store is not a record that this version of poolgate wrote. The message names the field, never its value. */
export class RecordFault extends Error {
  override readonly name = "RecordFault";
}

/**
 * Reads an object that has all of some members and nothing beside them and some others.
 *
 * @throws RecordFault
 */
export function readFields(
  path: string,
  value: unknown,
  required: readonly string[],
  optional: readonly string[],
): JsonObject {
  if (!isJsonObject(value)) throw fault(path, "an object");
  for (const name of required) if (!Object.hasOwn(value, name)) throw fault(`${path}.${name}`, "present");
  for (const name of Object.keys(value)) {
    if (!required.includes(name) && !optional.includes(name)) throw fault(path, "without unknown members");
  }
  return value;
}

/** Reads a string that is not empty. */
export function readText(path: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw fault(path, "a string that is not empty");
  return value;
}

/** Reads one of some strings. */
export function readOneOf<const T extends string>(path: string, value: unknown, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw fault(path, `one of ${choices.join(", ")}`);
  return chosen;
}

/** Reads a whole number that is not negative. */
export function readInteger(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw fault(path, "a whole number");
  return value;
}

/** Reads a list, each item by a reader of its own. */
export function readList<T>(path: string, value: unknown, readItem: (path: string, item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw fault(path, "a list");
  return value.map((item: unknown) => readItem(path, item));
}

/** Reads a list of pairs in which no first item occurs twice. */
export function readPairs<T>(
  path: string,
  value: unknown,
  readKey: (path: string, key: unknown) => string,
  readItem: (path: string, item: unknown) => T,
): Map<string, T> {
  const pairs = readList(path, value, (_, pair): [string, T] => {
    if (!Array.isArray(pair) || pair.length !== 2) throw fault(path, "a list of pairs");
    return [readKey(path, pair[0]), readItem(path, pair[1])];
  });
  const map = new Map(pairs);
  if (map.size !== pairs.length) throw fault(path, "without duplicates");
  return map;
}

/** Reads 32 bytes in base64url, in the one spelling that they have. */
export function readDigest(path: string, value: unknown): Uint8Array {
  const text = readText(path, value);
  if (!digestForm.test(text)) throw fault(path, "32 bytes in base64url");
  return new Uint8Array(Buffer.from(text, "base64url"));
}

/** Reads any string, the empty one too. */
export function readString(path: string, value: unknown): string {
  if (typeof value !== "string") throw fault(path, "a string");
  return value;
}

/** Makes the fault of a field. */
export function fault(path: string, wanted: string): RecordFault {
  return new RecordFault(`${path} must be ${wanted}`);
}

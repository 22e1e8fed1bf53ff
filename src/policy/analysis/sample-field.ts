import { type FieldKey, type FieldName, typeOf } from "../field-key.ts";

/** Without a schema, operations begin with the types that have the usual names. */
const rootTypes: readonly string[] = ["Query", "Mutation", "Subscription"];

/**
 * A field that a key of `fields` takes, and no other one: where it is for more than one field, one that nobody names.
 *
 * @param keys all of them.
 * @returns undefined where no field that an operation begins with is left to `*`.
 */
export function sampleField(key: FieldKey, keys: ReadonlySet<string>): FieldName | undefined {
  if (key !== "*" && !key.endsWith(".*")) return key;
  const type = key === "*" ? rootTypes.find((own) => !keys.has(`${own}.*`)) : typeOf(key);
  if (type === undefined) return undefined;
  let field: FieldName = `${type}.other`;
  for (let count = 1; keys.has(field); count++) field = `${type}.other${count}`;
  return field;
}

/** Whether operations begin with fields of the type of a field. */
export function isRootField(field: FieldName): boolean {
  return rootTypes.includes(typeOf(field));
}

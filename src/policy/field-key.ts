import type { Place } from "./policy-error.ts";

/**
 * What a rule of `fields` is for: a field of a GraphQL type, all fields of a type (`Query.*`), or with `*` every field that no
 * other key names.
 */
export type FieldKey = FieldName | "*";

/** A field of a GraphQL type as its coordinate, such as `Mutation.deleteUser`. */
export type FieldName = `${string}.${string}`;

// https://spec.graphql.org/October2021/#Name
const name = /^[A-Za-z_]\w*$/;

/** Whether a text is the coordinate of a field, such as `Mutation.deleteUser`. */
export function isFieldName(text: unknown): text is FieldName {
  if (typeof text !== "string") return false;
  const [type = "", field = "", ...more] = text.split(".");
  return more.length === 0 && name.test(type) && name.test(field);
}

/** Checks a key of `fields`; a fault in it has been reported. */
export function checkFieldKey(key: string, at: Place): void {
  if (key === "*") return;
  const [type = "", field = "", ...more] = key.split(".");
  if (more.length > 0 || !name.test(type) || !(field === "*" || name.test(field))) {
    at.reportKey('write a type, a dot and a field, such as "Mutation.deleteUser", or "Mutation.*", or "*"');
  } else if (type.startsWith("__") || field === "__typename") {
    at.reportKey('what a schema tells of its types has no rule of its own; write one for "Query.__schema"');
  } else if (field.startsWith("__") && field !== "__schema" && field !== "__type") {
    at.reportKey("GraphQL has no such field; of those that begin with two underscores, __schema and __type have rules");
  }
}

/** The type of a field. */
export function typeOf(field: string): string {
  return field.slice(0, field.indexOf("."));
}

/** The key for all fields of the type of a field. */
export function wholeTypeKey(field: string): string {
  return `${typeOf(field)}.*`;
}

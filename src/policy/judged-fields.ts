import type { Policy } from "./define-policy.ts";
import type { FieldName } from "./field-key.ts";

/** What a GraphQL operation asks. */
export interface AskedSubject {
  /** What is judged under any policy: the fields of the types that operations begin with. */
  readonly fields: readonly FieldName[];
  /** The others, which are judged where a key other than `*` is for them. */
  readonly nested?: readonly FieldName[];
}

/** Each field once. One in both lists is judged under any policy; were it in `nested` too, a log would say that it may not be. */
export function askedSubject(fields: readonly FieldName[], nested: readonly FieldName[]): AskedSubject {
  const judged = new Set(fields);
  const further = [...new Set(nested)].filter((field) => !judged.has(field));
  return { fields: [...judged], ...(further.length > 0 && { nested: further }) };
}

/** Of the fields that an operation asks, those that a policy judges, each once. */
export function judgedFields({ fields, nested = [] }: AskedSubject, policy: Policy): readonly FieldName[] {
  return [...new Set([...fields, ...nested.filter((field) => policy.matchField(field)?.field !== "*")])];
}

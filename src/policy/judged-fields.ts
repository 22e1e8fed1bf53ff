import type { Policy } from "./define-policy.ts";
import type { FieldName } from "./field-key.ts";

/** What a GraphQL operation asks. */
export interface AskedSubject {
  /** What is judged under any policy: the fields of the types that operations begin with. */
  readonly fields: readonly FieldName[];
  /** The others, which are judged where a key other than `*` is for them. */
  readonly nested?: readonly FieldName[];
}

/** Of the fields that an operation asks, those that a policy judges, each once. */
export function judgedFields({ fields, nested = [] }: AskedSubject, policy: Policy): readonly FieldName[] {
  return [...new Set([...fields, ...nested.filter((field) => policy.matchField(field)?.field !== "*")])];
}

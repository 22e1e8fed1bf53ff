import type { Policy } from "../../policy/define-policy.ts";
import type { FieldName } from "../../policy/field-key.ts";
import type { AskedFields } from "./asked-fields.ts";

/**
 * Of the fields that an operation asks, those that are judged: all that it begins with, and those further in that a key names or
 * with which another operation could begin. Else a mutation whose answer leads back to `Query` would go around the rule for `*`.
 */
export function judgedFields(
  { root, nested, rootTypes }: AskedFields,
  policy: Policy,
): readonly [FieldName, ...FieldName[]] {
  const live = policy.current ?? policy;
  const [first, ...more] = root;
  const isJudged = (field: FieldName) => rootTypes.has(typeOf(field)) || live.matchField(field)?.field !== "*";
  return [first, ...more, ...nested.filter(isJudged)];
}

/** Of the fields that an operation asks further in, those of which the policy says whether they are judged. */
export function nestedFields({ nested, rootTypes }: AskedFields): readonly FieldName[] {
  return nested.filter((field) => !rootTypes.has(typeOf(field)));
}

function typeOf(field: FieldName): string {
  return field.slice(0, field.indexOf("."));
}

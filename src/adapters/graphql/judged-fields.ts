import type { Policy } from "../../policy/define-policy.ts";
import type { FieldName } from "../../policy/field-key.ts";
import type { AskedFields } from "./asked-fields.ts";

/** Of the fields that an operation asks, those that are judged: all that it begins with, and those further in that a key names. */
export function judgedFields({ root, nested }: AskedFields, policy: Policy): readonly [FieldName, ...FieldName[]] {
  const live = policy.current ?? policy;
  const [first, ...more] = root;
  return [first, ...more, ...nested.filter((field) => live.matchField(field)?.field !== "*")];
}

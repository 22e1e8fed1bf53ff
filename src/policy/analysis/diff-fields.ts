import type { PolicyDocument } from "../define-policy.ts";
import { type FieldKey, type FieldName, typeOf } from "../field-key.ts";
import type { Rule } from "../rule.ts";
import { type ChangeDraft, isUneventful } from "./change-draft.ts";
import { boundIn, type ComparePlaces, type NamedPolicy } from "./compare-places.ts";
import type { Side } from "./compare-rules.ts";
import { type FieldPosition, fieldPlace, isOpen } from "./field-place.ts";
import { isRootField, sampleField } from "./sample-field.ts";

/**
 * Compares what two policies say of GraphQL fields: of each that one of them names, of another of each type that one names whole,
 * and of one that both leave to `*`. Fields that no key but `*` is for and that operations do not begin with are judged by neither.
 */
export function diffFields(
  compare: ComparePlaces,
  [old, fresh]: readonly [old: NamedPolicy, fresh: NamedPolicy],
): readonly ChangeDraft[] {
  return comparedFields(old.policy.document, fresh.policy.document).map((field): ChangeDraft => {
    const position = isRootField(field) ? "root" : "further in";
    const [before, after] = [sideAt(old, field, position), sideAt(fresh, field, position)];
    const open = [before, after].find((side) => side.isOpen)?.name;
    const draft: ChangeDraft = {
      ...{ field, before: keyOf(before), after: keyOf(after), unknown: new Set() },
      ...(open !== undefined && { open }),
    };
    compare(draft, fieldPlace(field, position), before, after);
    if (open !== undefined && isUneventful(draft)) {
      const asRoot: ChangeDraft = { before: null, after: null, unknown: new Set() };
      compare(asRoot, fieldPlace(field, "root"), sideAt(old, field, "root"), sideAt(fresh, field, "root"));
      if (!isUneventful(asRoot)) {
        draft.unknown.add(
          `it is for the schema to say whether operations begin with ${typeOf(field)}, which takes * then`,
        );
      }
    }
    return draft;
  });
}

function comparedFields(...documents: readonly PolicyDocument[]): readonly FieldName[] {
  const keys = new Set(documents.flatMap(({ fields = {} }) => Object.keys(fields) as FieldKey[]));
  return [...keys].sort(byStar).flatMap((key) => sampleField(key, keys) ?? []);
}

/** What is left to `*` comes last. */
function byStar(one: string, other: string): number {
  return Number(one === "*") - Number(other === "*");
}

function sideAt({ name, policy }: NamedPolicy, field: FieldName, position: FieldPosition): Side {
  const key = policy.matchField(field)?.field;
  if (key === undefined) return { name, policy, key: undefined, bound: undefined };
  const isUnjudged = isOpen(policy, field, position);
  const own = isUnjudged ? "anyone" : (policy.document.fields?.[key] as Rule);
  const bound = boundIn(policy.document, own, new Map(), field);
  return { name, policy, key, bound, isOpen: isUnjudged };
}

function keyOf({ key, isOpen: isUnjudged }: Side): string | null {
  return key === undefined || isUnjudged ? null : key;
}

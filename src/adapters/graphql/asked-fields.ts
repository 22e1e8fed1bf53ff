import { Kind, type SelectionSetNode } from "graphql";
import type { FieldName } from "../../policy/field-key.ts";
import { type Operation, refused } from "./operation.ts";
import { type SchemaTypes, usualRoots } from "./schema-types.ts";
import { createTypeSets, type TypeSet } from "./type-sets.ts";

/** The fields that an operation asks, each once. */
export interface AskedFields {
  /** Those that it begins with; never empty. */
  readonly root: readonly [FieldName, ...FieldName[]];
  /**
   * Those that are judged under any policy: that it begins with, and further in those of the types that operations begin with.
   * Else a mutation whose answer leads back to `Query` would go around the rule for `*`.
   */
  readonly fields: readonly [FieldName, ...FieldName[]];
  /** The others further in, of every type that a value there may have; none without a schema. */
  readonly nested: readonly FieldName[];
}

/**
 * More looks than that, at selections and types, are not taken at one document: fragments within fragments must not cost more than
 * they are worth.
 */
const mostLooks = 1_000_000;
/** Fields and fragments within each other; AppSync executes 75 levels of fields. */
const mostLevels = 300;

/**
 * Tells which fields an operation asks, after fragments and aliases. What `@skip` and `@include` take away counts as asked, since
 * variables decide on it.
 *
 * Each field that an operation begins with is one of its root type, whatever type the fragment around it names: an interface of
 * that type has the same fields.
 *
 * @throws AuthError `invalid_request` where the document uses a fragment that it lacks, or asks what the schema does not have.
 */
export function askedFields({ node, fragments }: Operation, schema: SchemaTypes | undefined): AskedFields {
  const roots = schema?.roots ?? usualRoots;
  const rootType = roots[node.operation];
  if (rootType === undefined) throw refused("the schema has no operations of this kind");
  const root = new Set<FieldName>();
  const nested = new Set<FieldName>();
  const seen = new Map<SelectionSetNode, Set<TypeSet | undefined>>();
  const typeSets = schema && createTypeSets(schema, look);
  const start = typeSets?.only(rootType);
  let looks = 0;

  function look(times: number): void {
    looks += times;
    if (looks > mostLooks) throw refused("the document uses fragments too often");
  }

  /** @param types the object types that the value may have; undefined where the operation begins. */
  function visit(set: SelectionSetNode, types: TypeSet | undefined, depth: number): void {
    if (depth > mostLevels) throw refused("the document is nested too deep");
    const known = seen.get(set) ?? new Set();
    if (known.has(types)) return;
    seen.set(set, known.add(types));
    look(set.selections.length);
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (types === undefined) root.add(`${rootType as string}.${name}`);
        if (name === "__typename") continue;
        if (types === undefined) typeSets?.requireField(rootType as string, name);
        else for (const field of typeSets?.fieldsOnce(types, name) ?? []) nested.add(field);
        const inner = selection.selectionSet;
        const next = inner && typeSets?.behind(types ?? (start as TypeSet), name);
        if (next !== undefined) visit(inner as SelectionSetNode, next, depth + 1);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, selectionSet } = selection;
        visit(selectionSet, narrowed(types, typeCondition?.name.value), depth + 1);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined) throw refused("the document uses a fragment that it does not have");
        visit(fragment.selectionSet, narrowed(types, fragment.typeCondition.name.value), depth + 1);
      }
    }
  }

  function narrowed(types: TypeSet | undefined, condition: string | undefined): TypeSet | undefined {
    return types === undefined || condition === undefined ? types : typeSets?.narrowed(types, condition);
  }

  visit(node.selectionSet, undefined, 1);
  const [first, ...more] = root;
  if (first === undefined) throw refused("the operation asks no field");
  const rootTypes = new Set<string | undefined>(Object.values(roots));
  const [again, others] = [[...nested].filter(isOfRoot), [...nested].filter((field) => !isOfRoot(field))];
  return { root: [first, ...more], fields: [first, ...more, ...again], nested: others };

  function isOfRoot(field: FieldName): boolean {
    return rootTypes.has(field.slice(0, field.indexOf(".")));
  }
}

import { Kind, type SelectionSetNode } from "graphql";
import type { FieldName } from "../../policy/field-key.ts";
import { createMerging } from "./merging.ts";
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
 * Fields of one response name count with the selections of each other, as an executor would run them that validates nothing.
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
  const merging = typeSets && createMerging(look);
  let looks = 0;

  function look(times: number): void {
    looks += times;
    if (looks > mostLooks) throw refused("the document uses fragments too often");
  }

  /**
   * @param types the object types that the value may have; undefined where the operation begins.
   * @param merged whether the selections are looked at as those of another field.
   */
  function visit(set: SelectionSetNode, types: TypeSet | undefined, depth: number, merged: boolean): void {
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
        else for (const field of typeSets?.fieldsOnce(types, name, merged) ?? []) nested.add(field);
        const inner = selection.selectionSet;
        const own = types ?? (start as TypeSet);
        const next = typeSets?.behind(own, name, merged || inner === undefined);
        const key = selection.alias?.value ?? name;
        merging?.add({ key, name, types: own, next, set: inner, depth: depth + 1 });
        if (inner !== undefined && next !== undefined) visit(inner, next, depth + 1, merged);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, selectionSet } = selection;
        enter(selectionSet, types, typeCondition?.name.value, depth + 1, merged);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined) throw refused("the document uses a fragment that it does not have");
        enter(fragment.selectionSet, types, fragment.typeCondition.name.value, depth + 1, merged);
      }
    }
  }

  function enter(
    set: SelectionSetNode,
    types: TypeSet | undefined,
    condition: string | undefined,
    depth: number,
    merged: boolean,
  ): void {
    const passing =
      types === undefined || condition === undefined ? types : typeSets?.narrowed(types, condition, merged);
    if (passing === undefined || passing.types.length > 0) visit(set, passing, depth, merged);
  }

  visit(node.selectionSet, undefined, 1, false);
  for (const { set, next, depth } of merging?.merged() ?? []) visit(set, next, depth, true);
  const [first, ...more] = root;
  if (first === undefined) throw refused("the operation asks no field");
  const rootTypes = new Set<string | undefined>(Object.values(roots));
  const [again, others] = [[...nested].filter(isOfRoot), [...nested].filter((field) => !isOfRoot(field))];
  return { root: [first, ...more], fields: [first, ...more, ...again], nested: others };

  function isOfRoot(field: FieldName): boolean {
    return rootTypes.has(field.slice(0, field.indexOf(".")));
  }
}

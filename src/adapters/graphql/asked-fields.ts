import { Kind, type SelectionSetNode } from "graphql";
import type { FieldName } from "../../policy/field-key.ts";
import { type Operation, refused } from "./operation.ts";
import { type SchemaTypes, usualRoots } from "./schema-types.ts";

/** The fields that an operation asks, each once. */
export interface AskedFields {
  /** Those that it begins with; never empty. */
  readonly root: readonly [FieldName, ...FieldName[]];
  /** Those further in, of every type that a value there may have; none without a schema. */
  readonly nested: readonly FieldName[];
}

/** More looks than that are not taken at one document: fragments within fragments must not cost more than they are worth. */
const mostLooks = 100_000;
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
  const rootType = (schema?.roots ?? usualRoots)[node.operation];
  if (rootType === undefined) throw refused("the schema has no operations of this kind");
  const root = new Set<FieldName>();
  const nested = new Set<FieldName>();
  const seen = new Map<SelectionSetNode, Set<string>>();
  let looks = 0;

  /** @param types the object types that the value may have; undefined where no schema tells. */
  function visit(set: SelectionSetNode, types: ReadonlySet<string> | undefined, isRoot: boolean, depth: number): void {
    if (depth > mostLevels) throw refused("the document is nested too deep");
    const key = isRoot ? "" : [...(types as ReadonlySet<string>)].sort().join();
    const known = seen.get(set) ?? new Set();
    if (known.has(key)) return;
    seen.set(set, known.add(key));
    for (const selection of set.selections) {
      looks += 1;
      if (looks > mostLooks) throw refused("the document uses fragments too often");
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (isRoot) root.add(`${rootType as string}.${name}`);
        else if (name !== "__typename") for (const type of types ?? []) nestedField(type, name);
        const inner = selection.selectionSet;
        if (inner !== undefined && schema !== undefined) {
          const next = typesBehind(schema, isRoot ? new Set([rootType as string]) : (types as Set<string>), name);
          if (next !== undefined) visit(inner, next, false, depth + 1);
        }
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, selectionSet } = selection;
        visit(selectionSet, narrowed(types, typeCondition?.name.value, isRoot), isRoot, depth + 1);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined) throw refused("the document uses a fragment that it does not have");
        visit(fragment.selectionSet, narrowed(types, fragment.typeCondition.name.value, isRoot), isRoot, depth + 1);
      }
    }
  }

  function nestedField(type: string, name: string): void {
    if (schema?.objects.get(type)?.has(name)) nested.add(`${type}.${name}`);
  }

  function narrowed(
    types: ReadonlySet<string> | undefined,
    condition: string | undefined,
    isRoot: boolean,
  ): ReadonlySet<string> | undefined {
    if (schema === undefined || isRoot || condition === undefined) return types;
    const possible = schema.possible.get(condition);
    if (possible === undefined) throw refused("the document names a type that the schema does not have");
    const both = [...possible].filter((type) => types?.has(type));
    // An executor that lets it pass anyway must find all of its fields judged.
    return both.length > 0 ? new Set(both) : possible;
  }

  visit(node.selectionSet, undefined, true, 1);
  const [first, ...more] = root;
  if (first === undefined) throw refused("the operation asks no field");
  return { root: [first, ...more], nested: [...nested] };
}

/** The object types that the value of a field may have; undefined for what a schema tells of itself, which has no rules. */
function typesBehind(schema: SchemaTypes, types: ReadonlySet<string>, field: string): ReadonlySet<string> | undefined {
  if (field.startsWith("__")) return undefined;
  const names = [...types].flatMap((type) => schema.objects.get(type)?.get(field) ?? []);
  const behind = new Set(names.flatMap((name) => [...(schema.possible.get(name) ?? [])]));
  if (behind.size === 0) throw refused("the document asks for a field that the schema does not have");
  return behind;
}

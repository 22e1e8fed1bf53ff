import { refused } from "./operation.ts";
import type { SchemaTypes } from "./schema-types.ts";

/**
 * The object types that a value may have. Each set of types is one object, so that what follows from it is looked for once: a
 * schema may have an interface of hundreds of types, and a document may ask it for thousands of fields.
 */
export interface TypeSet {
  readonly types: readonly string[];
}

/** What follows from sets of types, in one document. */
export interface TypeSets {
  /** The set of one type. */
  only(type: string): TypeSet;
  /**
   * The types behind a field of any of them; undefined for what a schema tells of itself, which has no rules.
   *
   * @param mayLack whether it is no fault where none of them has it; there are no types then. False by default.
   */
  behind(set: TypeSet, field: string, mayLack?: boolean): TypeSet | undefined;
  /**
   * Those of them that a type condition lets pass.
   *
   * @param mayLack whether it may let none of them pass; by default it lets all pass then that it is for.
   */
  narrowed(set: TypeSet, condition: string, mayLack?: boolean): TypeSet;
  /**
   * Those of their fields of one name that the schema has, the first time that they are asked for; then none. Wherever a query type
   * stands, it tells of the schema too.
   *
   * @throws AuthError `invalid_request` where none of them has it, unless it may lack.
   */
  fieldsOnce(set: TypeSet, field: string, mayLack?: boolean): readonly `${string}.${string}`[];
  /** @throws AuthError `invalid_request` where the type does not have the field. */
  requireField(type: string, field: string): void;
}

// https://spec.graphql.org/October2021/#sec-Schema-Introspection.Schema-Introspection
function isIntrospection(field: string): boolean {
  return field === "__schema" || field === "__type";
}

function unknownField(): Error {
  return refused("the document asks for a field that the schema does not have");
}

/** @param look is told how many types are about to be looked at; it throws where that gets too much. */
export function createTypeSets({ objects, possible, roots }: SchemaTypes, look: (times: number) => void): TypeSets {
  const sets = new Map<string, TypeSet>();
  const known = new Map<TypeSet, Map<string, TypeSet>>();
  const given = new Map<TypeSet, Set<string>>();

  function setOf(types: Iterable<string>): TypeSet {
    const each = [...new Set(types)];
    const key = [...each].sort().join();
    const set = sets.get(key) ?? { types: each };
    sets.set(key, set);
    return set;
  }

  function once(set: TypeSet, what: string, find: () => readonly string[]): TypeSet {
    const own = known.get(set) ?? new Map<string, TypeSet>();
    known.set(set, own);
    let found = own.get(what);
    if (found === undefined) {
      const types = find();
      look(set.types.length + types.length);
      found = setOf(types);
      own.set(what, found);
    }
    return found;
  }

  const has = (type: string, field: string) =>
    objects.get(type)?.has(field) || (type === roots.query && isIntrospection(field));

  return {
    only: (type) => setOf([type]),
    behind(set, field, mayLack = false) {
      if (field.startsWith("__")) return undefined;
      const found = once(set, `${mayLack ? "perhaps " : ""}field ${field}`, () => {
        const names = new Set(set.types.flatMap((type) => objects.get(type)?.get(field) ?? []));
        const types = [...names].flatMap((name) => [...(possible.get(name) ?? [])]);
        if (types.length === 0 && !mayLack) throw unknownField();
        return types;
      });
      return found.types.length > 0 ? found : undefined;
    },
    narrowed: (set, condition, mayLack = false) =>
      once(set, `${mayLack ? "only " : ""}on ${condition}`, () => {
        const passing = possible.get(condition);
        if (passing === undefined) throw refused("the document names a type that the schema does not have");
        const both = set.types.filter((type) => passing.has(type));
        // An executor that lets it pass anyway must find all of its fields judged.
        return both.length > 0 || mayLack ? both : [...passing];
      }),
    fieldsOnce(set, field, mayLack = false) {
      const fields = given.get(set) ?? new Set<string>();
      given.set(set, fields);
      if (fields.has(field)) return [];
      fields.add(field);
      look(set.types.length);
      const having = set.types.filter((type) => has(type, field));
      // A newer schema may have it, and no rule would be asked about it.
      if (having.length === 0 && !mayLack) throw unknownField();
      return having.map((type) => `${type}.${field}` as const);
    },
    requireField(type, field) {
      if (!has(type, field)) throw unknownField();
    },
  };
}

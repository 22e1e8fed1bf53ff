import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  printSchema,
  type TypeNode,
} from "graphql";
import { ConfigurationError } from "../../configuration.ts";

/** The type that each kind of operation begins with. */
export type RootTypes = Readonly<Record<"query" | "mutation" | "subscription", string | undefined>>;

/** What is known of the types of a schema. */
export interface SchemaTypes {
  readonly roots: RootTypes;
  /** The fields of each object type, with the names of their types. */
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Of each object type, interface and union, the object types that a value of it may have. */
  readonly possible: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Without a schema, types have the names that most schemas give them. */
export const usualRoots: RootTypes = { query: "Query", mutation: "Mutation", subscription: "Subscription" };

/**
 * Reads the types of a schema. Directives and scalars that are not defined in it do not matter, so that the schema of an
 * AppSync API can be read as it is.
 *
 * @throws ConfigurationError `invalid_option`
 */
export function readSchemaTypes(option: string, schema: string | GraphQLSchema): SchemaTypes {
  const { definitions } = definitionsOf(option, schema);
  const objects = new Map<string, Map<string, string>>();
  const possible = new Map<string, Set<string>>();
  const add = (abstract: string, object: string) => {
    possible.set(abstract, (possible.get(abstract) ?? new Set()).add(object));
  };
  for (const definition of definitions) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION: {
        const name = definition.name.value;
        const fields = objects.get(name) ?? new Map<string, string>();
        objects.set(name, fields);
        add(name, name);
        for (const field of definition.fields ?? []) fields.set(field.name.value, nameOf(field.type));
        for (const { name: abstract } of definition.interfaces ?? []) add(abstract.value, name);
        break;
      }
      case Kind.UNION_TYPE_DEFINITION:
      case Kind.UNION_TYPE_EXTENSION:
        for (const type of definition.types ?? []) add(definition.name.value, type.name.value);
        break;
    }
  }
  const roots = rootsIn(definitions, objects, option);
  if (roots.query === undefined) {
    throw new ConfigurationError("invalid_option", option, "has no type for queries; pass the whole schema");
  }
  return { roots, objects, possible };
}

/** An extension may stand ahead of the definition that it extends; without a definition, usual names count beside it. */
function rootsIn(definitions: readonly DefinitionNode[], objects: SchemaTypes["objects"], option: string): RootTypes {
  const parts = definitions.filter(
    (definition) => definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION,
  );
  const isDefined = parts.some(({ kind }) => kind === Kind.SCHEMA_DEFINITION);
  const written = parts.flatMap(({ operationTypes = [] }) => operationTypes);
  const rootOf = (kind: keyof RootTypes) => {
    const names = written.filter(({ operation }) => operation === kind).map(({ type }) => type.name.value);
    if (!isDefined) names.push(usualRoots[kind] as string);
    const [name, ...others] = new Set(names.filter((type) => objects.has(type)));
    if (others.length === 0) return name;
    // Whichever an executor begins with, the rules for the other would be taken for it.
    throw new ConfigurationError("invalid_option", option, `has several types for the operation ${kind}; name one`);
  };
  return { query: rootOf("query"), mutation: rootOf("mutation"), subscription: rootOf("subscription") };
}

function definitionsOf(option: string, schema: string | GraphQLSchema): DocumentNode {
  try {
    return parse(typeof schema === "string" ? schema : printSchema(schema), { noLocation: true });
  } catch (cause) {
    const fault = new ConfigurationError("invalid_option", option, "must be a schema of GraphQL, as its text (SDL)");
    fault.cause = cause;
    throw fault;
  }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

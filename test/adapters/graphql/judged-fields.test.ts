import { describe, expect, it } from "vitest";
import { askedFields } from "../../../src/adapters/graphql/asked-fields.ts";
import { judgedFields, nestedFields } from "../../../src/adapters/graphql/judged-fields.ts";
import { readOperation } from "../../../src/adapters/graphql/operation.ts";
import { readSchemaTypes } from "../../../src/adapters/graphql/schema-types.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";

const sdl = `
  type Query { health: Boolean, secret: String, user: User }
  type Mutation { rename: Renamed }
  type Renamed { user: User, query: Query }
  type User { id: ID, email: String }
`;
const policyOf = (fields: object) => definePolicy({ fields } as PolicyInit);

function judgedOf(document: string, fields: object, schema: string | null = sdl) {
  const types = schema === null ? undefined : readSchemaTypes("schema", schema);
  return judgedFields(askedFields(readOperation(document, undefined), types), policyOf(fields));
}

describe("the fields that are judged", () => {
  it("are those that an operation begins with, and those further in that a key names", () => {
    const fields = { "*": "authenticated", "User.email": { group: "staff" } };
    expect(judgedOf("{ user { id email } health }", fields)).toEqual(["Query.user", "Query.health", "User.email"]);
    expect(judgedOf("{ user { id email } }", { "User.*": { group: "staff" } })).toEqual([
      "Query.user",
      "User.id",
      "User.email",
    ]);
  });

  it.each([
    ["mutation { rename { query { secret } } }"],
    ["mutation { rename { query { ...F } } } fragment F on Query { s: secret }"],
    ["mutation { rename { query { ... on Query @include(if: false) { secret } } } }"],
  ])("are those of Query too where a mutation leads back to it: %s", (document) => {
    const fields = { "Mutation.rename": "authenticated", "*": { not: "anyone" } };
    expect(judgedOf(document, fields)).toEqual(["Mutation.rename", "Query.secret"]);
  });

  it.each([
    ["{ rename { query { __schema { types { name } } } } }", "Query.__schema"],
    ['{ rename { query { __type(name: "User") { name } } } }', "Query.__type"],
    ["{ rename { query { ...F } } } fragment F on Query { x: __schema { types { name } } }", "Query.__schema"],
  ])("are what Query tells of the schema, too, where a mutation leads back to it: %s", (selection, field) => {
    expect(judgedOf(`mutation ${selection}`, { "Query.__schema": { not: "anyone" } })).toEqual([
      "Mutation.rename",
      field,
    ]);
  });

  it("are not what the schema tells of its types, further in", () => {
    expect(judgedOf("{ user { __typename } __schema { types { name fields { name } } } }", {})).toEqual([
      "Query.user",
      "Query.__schema",
    ]);
  });

  it("are those of the types with which the operations of the schema begin, whatever their names", () => {
    const renamed = `schema { query: Reads mutation: Mutation } ${sdl.replaceAll("Query", "Reads")}`;
    const document = "mutation { rename { query { secret user { id } } } }";
    const fields = { "Mutation.rename": "authenticated", "*": { not: "anyone" } };
    expect(judgedOf(document, fields, renamed)).toEqual(["Mutation.rename", "Reads.secret", "Reads.user"]);
  });

  it("are told apart from what else is asked further in", () => {
    const types = readSchemaTypes("schema", sdl);
    const nestedOf = (schema: typeof types | undefined) =>
      nestedFields(askedFields(readOperation("mutation { rename { user { email } query { secret } } }", ""), schema));
    expect(nestedOf(types)).toEqual(["Renamed.user", "User.email", "Renamed.query"]);
    expect(nestedOf(undefined)).toEqual([]);
  });

  it("are those that an operation begins with alone where no schema tells the others", () => {
    const fields = { "Mutation.rename": "authenticated", "*": { not: "anyone" } };
    expect(judgedOf("mutation { rename { query { secret } } }", fields, null)).toEqual(["Mutation.rename"]);
  });
});

import { buildSchema, GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { describe, expect, it } from "vitest";
import { readSchemaTypes } from "../../../src/adapters/graphql/schema-types.ts";
import { ConfigurationError } from "../../../src/configuration.ts";

const rootsOf = (text: string) => {
  const { query, mutation, subscription } = readSchemaTypes("schema", text).roots;
  return [query, mutation, subscription];
};
const possibleIn = (text: string, type: string) => [
  ...(readSchemaTypes("schema", `type Query { a: Int } ${text}`).possible.get(type) ?? ["none"]),
];
const fieldsIn = (text: string, type: string) => [
  ...(readSchemaTypes("schema", `type Query { a: Int } ${text}`).objects.get(type) ?? [["none", "none"]]),
];

describe("the types that operations begin with", () => {
  const all = "type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }";
  const named = "type R { a: Int } type W { b: Int } type S { c: Int }";

  it.each<[string, string, readonly (string | undefined)[]]>([
    ["their usual names", all, ["Query", "Mutation", "Subscription"]],
    ["their usual names, as far as there are such types", "type Query { a: Int }", ["Query", undefined, undefined]],
    ["their usual names, whatever is no object type", "type Query { a: Int } interface Mutation { b: Int }", ["Query"]],
    ["other names", `schema { query: R mutation: W subscription: S } ${named}`, ["R", "W", "S"]],
    ["other names, behind the types", `${named} schema { query: R mutation: W subscription: S }`, ["R", "W", "S"]],
    ["no names but those of a definition", `schema { query: Query } ${all}`, ["Query", undefined, undefined]],
    ["what an extension adds", `schema { query: R } extend schema { mutation: W } ${named}`, ["R", "W", undefined]],
    ["what an extension adds ahead of it", `extend schema { mutation: W } schema { query: R } ${named}`, ["R", "W"]],
    [
      "what several extensions add around it",
      `extend schema { subscription: S } ${named} schema { query: R } extend schema { mutation: W }`,
      ["R", "W", "S"],
    ],
    [
      "what an extension adds to usual names",
      `extend schema { mutation: W } ${named} type Query { a: Int }`,
      ["Query", "W"],
    ],
    [
      "no change by an extension of directives alone",
      `extend schema @link(url: "x") ${all}`,
      ["Query", "Mutation", "Subscription"],
    ],
    [
      "an extension's where a definition names none",
      `extend schema { query: R } schema { query: Gone } ${named}`,
      ["R"],
    ],
    ["only types that there are", `schema { query: R mutation: Gone } ${named}`, ["R", undefined, undefined]],
  ])("have %s", (_, text, roots) => {
    expect(rootsOf(text)).toEqual([0, 1, 2].map((index) => roots[index]));
  });

  it("are those of an executor, in whatever order the text has them", () => {
    const parts = ["extend schema { mutation: W }", "schema { query: R }", "type R { a: Int }", "type W { b: Int }"];
    for (const text of [parts, [...parts].reverse()].map((each) => each.join("\n"))) {
      const built = buildSchema(text);
      expect(rootsOf(text)).toEqual([built.getQueryType()?.name, built.getMutationType()?.name, undefined]);
    }
  });
});

describe("the types of a schema", () => {
  it.each<[string, string, readonly string[]]>([
    ["type A { b: Int }", "A", ["A"]],
    ["interface I { a: Int } type A implements I { a: Int } type B implements I { a: Int }", "I", ["A", "B"]],
    ["interface I { a: Int } interface J { a: Int } type A implements I & J { a: Int }", "J", ["A"]],
    ["interface I { a: Int } type A { a: Int } extend type A implements I", "I", ["A"]],
    ["union U = A | B type A { a: Int } type B { a: Int }", "U", ["A", "B"]],
    ["union U = A extend union U = B type A { a: Int } type B { a: Int }", "U", ["A", "B"]],
    ["extend union U = B union U = A type A { a: Int } type B { a: Int }", "U", ["B", "A"]],
    ["union U @a interface I { a: Int }", "U", ["none"]],
    ["interface I { a: Int }", "I", ["none"]],
    ["scalar T enum E { A } input N { a: Int }", "T", ["none"]],
    ["type A { a: Int }", "constructor", ["none"]],
  ])("%s: a value of %s may have %j", (text, type, expected) => {
    expect(possibleIn(text, type)).toEqual(expected);
  });

  it.each<[string, string, readonly (readonly [string, string])[]]>([
    [
      "type A { one: B, many: [B!]!, none: AWSDateTime }",
      "A",
      [
        ["one", "B"],
        ["many", "B"],
        ["none", "AWSDateTime"],
      ],
    ],
    [
      "type A { one: B } extend type A { two: C }",
      "A",
      [
        ["one", "B"],
        ["two", "C"],
      ],
    ],
    [
      "extend type A { two: C } type A { one: B }",
      "A",
      [
        ["two", "C"],
        ["one", "B"],
      ],
    ],
    ['type A @key(fields: "id")', "A", []],
    ["interface A { one: B }", "A", [["none", "none"]]],
    ["input A { one: B }", "A", [["none", "none"]]],
    [
      "type A { toString: B, __proto__: C }",
      "A",
      [
        ["toString", "B"],
        ["__proto__", "C"],
      ],
    ],
  ])("%s: the fields of %s are %j", (text, type, expected) => {
    expect(fieldsIn(text, type)).toEqual(expected);
  });

  it("are read of a schema that has been built, too", () => {
    const built = buildSchema("schema { query: R } type R { a: A } type A { b: [Int!] }");
    const types = readSchemaTypes("schema", built);
    expect(types.roots).toEqual({ query: "R", mutation: undefined, subscription: undefined });
    expect([...(types.objects.get("A") ?? [])]).toEqual([["b", "Int"]]);
  });
});

describe("a schema", () => {
  it.each<[string, unknown, string]>([
    ["no text", "", "must be a schema of GraphQL, as its text (SDL)"],
    ["a text that ends early", "type Query {", "must be a schema of GraphQL, as its text (SDL)"],
    ["an object that is none", {}, "must be a schema of GraphQL, as its text (SDL)"],
    ["nothing", undefined, "must be a schema of GraphQL, as its text (SDL)"],
    ["an operation", "{ a }", "has no type for queries; pass the whole schema"],
    ["types without one for queries", "type Mutation { a: Int }", "has no type for queries; pass the whole schema"],
    [
      "a definition without queries",
      "schema { mutation: M } type Query { a: Int } type M { a: Int }",
      "has no type for",
    ],
    ["an interface for queries", "interface Query { a: Int }", "has no type for queries; pass the whole schema"],
    [
      "one with two types for mutations, of which an executor takes the usual one",
      "extend schema { mutation: W } type Query { a: Int } type Mutation { a: Int } type W { a: Int }",
      "has several types for the operation mutation; name one",
    ],
    [
      "one with two definitions",
      "schema { query: A } schema { query: B } type A { a: Int } type B { a: Int }",
      "has several types for the operation query; name one",
    ],
    [
      "a built one without queries",
      new GraphQLSchema({ mutation: new GraphQLObjectType({ name: "M", fields: { a: { type: GraphQLString } } }) }),
      "has no type for queries; pass the whole schema",
    ],
  ])("is refused where it is %s", (_, schema, message) => {
    let thrown: unknown;
    try {
      readSchemaTypes("gate.schema", schema as string);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ code: "invalid_option", option: "gate.schema" });
    expect((thrown as Error).message).toContain(message);
  });

  it("that does not parse is refused with the parser's word for the operator", () => {
    expect(() => readSchemaTypes("schema", "type Query {")).toThrow(
      expect.objectContaining({ cause: expect.any(GraphQLError) }),
    );
  });
});

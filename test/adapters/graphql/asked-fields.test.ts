import fc from "fast-check";
import { buildSchema, execute, type GraphQLObjectType, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { askedFields } from "../../../src/adapters/graphql/asked-fields.ts";
import { readOperation } from "../../../src/adapters/graphql/operation.ts";
import { readSchemaTypes } from "../../../src/adapters/graphql/schema-types.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { judgedFields } from "../../../src/policy/judged-fields.ts";
import { processorTime } from "../../processor-time.ts";

const text = `
  interface Node { id: ID, friend: User }
  interface Deleting { deleteUser: User, node: Node }
  union Found = User | Article
  type Query { user: User, node: Node, found: [Found!]!, secret: String }
  type Mutation implements Deleting { deleteUser: User, createUser: User, node: Node }
  type User implements Node { id: ID, friend: User, email: String, self: Node }
  type Article implements Node { id: ID, friend: User, title: String }
`;
const types = readSchemaTypes("schema", text);

const asked = (document: string, operationName?: unknown, schema: typeof types | "none" = types) => {
  const { fields, nested } = askedFields(
    readOperation(document, operationName),
    schema === "none" ? undefined : schema,
  );
  return [...fields, ...nested].join(" ");
};

describe("the fields that an operation asks", () => {
  it.each<[string, string]>([
    ["{ user { id } }", "Query.user User.id"],
    ["query { mine: user { email: id } }", "Query.user User.id"],
    ["mutation { a: deleteUser { id } a: createUser { id } }", "Mutation.deleteUser Mutation.createUser User.id"],
    [
      "mutation { createUser { id } ...F } fragment F on Mutation { deleteUser { id } }",
      "Mutation.createUser Mutation.deleteUser User.id",
    ],
    ["mutation { ... on Deleting { deleteUser { id } } }", "Mutation.deleteUser User.id"],
    ["mutation { ...F } fragment F on Query { deleteUser { __typename } }", "Mutation.deleteUser"],
    ["mutation { ... { ... @include(if: $no) { deleteUser @skip(if: true) { id } } } }", "Mutation.deleteUser User.id"],
    ["{ user { ...F } } fragment F on User { friend { ...F } email }", "Query.user User.friend User.email"],
    ["{ ...F } fragment F on Query { ...G secret } fragment G on Query { ...F }", "Query.secret"],
    ["{ user { id } } fragment Unused on Mutation { deleteUser { id } }", "Query.user User.id"],
    ["{ node { id } }", "Query.node User.id Article.id"],
    ["{ node { ... on User { email } } }", "Query.node User.email"],
    ["{ found { ... on Node { id ... on Article { title } } } }", "Query.found User.id Article.id Article.title"],
    ["{ user { ... on Article { title } } }", "Query.user Article.title"],
    ["{ __typename }", "Query.__typename"],
    ['{ __schema { types { name } } __type(name: "User") { name } }', "Query.__schema Query.__type"],
    ["\ufeff# mutation { createUser { id } }\nmutation\u0020,{,deleteUser,{id},}#}", "Mutation.deleteUser User.id"],
    ['mutation { deleteUser(name: """}\n{ createUser }""") { id } }', "Mutation.deleteUser User.id"],
  ])("%s: %s", (document, fields) => {
    expect(asked(document)).toBe(fields);
  });

  it.each<[string, string]>([
    [
      "a: user { id } a: article { title email }",
      "user article User.id Article.title Article.email User.email Article.id",
    ],
    ["a: user a: article { title id }", "user article Article.title Article.id User.id"],
    ["a: article { id } a: __type { email }", "article __type Article.id Article.email"],
    ["a: __schema { email } a: user { id }", "__schema user User.id User.email"],
    [
      "a: user { b: self { id } } a: __schema { b: types { email ... on Article { title } } }",
      "user __schema User.self User.id User.email",
    ],
    ["a: user { id } b: article { a: friend { email } }", "user article User.id Article.friend User.email"],
    ["user { id } article { title }", "user article User.id Article.title"],
  ])(
    "are those too that an executor would run which does not validate that a name in the answer is one field: %s",
    (selections, fields) => {
      const schema = readSchemaTypes(
        "schema",
        `type Query { user: User, article: Article } type User { id: ID, self: User, email: String }
       type Article { id: ID, title: String, email: String, friend: User }`,
      );
      const names = fields.split(" ").map((name) => (name.includes(".") ? name : `Query.${name}`));
      expect(asked(`{ ${selections} }`, undefined, schema)).toBe(names.join(" "));
    },
  );

  it("are those of the chosen operation", () => {
    const document = "query A { secret } mutation B { deleteUser { id } }";
    expect(asked(document, "A")).toBe("Query.secret");
    expect(asked(document, "B")).toBe("Mutation.deleteUser User.id");
    expect(asked("mutation B { deleteUser { id } }", null)).toBe("Mutation.deleteUser User.id");
  });

  it("are known no further in than they begin where no schema is at hand", () => {
    expect(asked("{ user { email ...F } } fragment F on Any { x }", undefined, "none")).toBe("Query.user");
    expect(asked("mutation { ... on Any { deleteUser { id } } }", "", "none")).toBe("Mutation.deleteUser");
    expect(() => asked("{ ...F }", undefined, "none")).toThrow("a fragment that it does not have");
  });

  const deep = (levels: number) => `{ user ${"{ friend ".repeat(levels)}{ id }${" }".repeat(levels)} }`;
  it.each<[string, unknown, unknown]>([
    ["no document", undefined, undefined],
    ["null", null, undefined],
    ["a list", [], undefined],
    ["an object that is none", { definitions: "x" }, undefined],
    ["an empty one", "", undefined],
    ["one that ends early", "{ user { id }", undefined],
    ["no GraphQL", "DELETE user", undefined],
    ["other definitions", "{ secret } type Query { a: Int }", undefined],
    ["only fragments", "fragment F on Query { secret }", undefined],
    ["several operations, none chosen", "query A { secret } mutation B { deleteUser { id } }", undefined],
    ["several operations, none chosen by an empty name", "query A { secret } query B { secret }", ""],
    ["an operation that is not there", "query A { secret }", "B"],
    ["a name that is no text", "query A { secret }", { toString: () => "A" }],
    ["a name for one without", "{ secret }", "A"],
    ["two operations of one name", "query A { secret } mutation A { deleteUser { id } }", "A"],
    ["two operations without a name", "{ secret } mutation { deleteUser { id } }", undefined],
    [
      "two fragments of one name",
      "{ ...F } fragment F on Query { secret } fragment F on Query { user { id } }",
      undefined,
    ],
    ["a fragment that is not there", "{ secret ...F }", undefined],
    ["fragments of nothing but themselves", "{ ...F } fragment F on Query { ...F }", undefined],
    ["a type that is not there", "{ user { ... on Nobody { id } } }", undefined],
    ["a field that is not there, with fields", "{ users { id } }", undefined],
    ["a field that is not there where the operation begins", "{ users }", undefined],
    ["a field that is not there, further in", "{ user { id users } }", undefined],
    ["the schema where no query begins", "mutation { __schema { types { name } } }", undefined],
    ["fields of a scalar", "{ secret { id } }", undefined],
    ["a kind that the schema lacks", "subscription { users { id } }", undefined],
    ["unicode in a name", "{ sécret }", undefined],
    ["what a comment hides from some parsers", "mutation { createUser { id } #\u2028 deleteUser { id }\n }", undefined],
    ["the same with another separator", "mutation { createUser { id } #\u2029 deleteUser { id }\n }", undefined],
    ["such a character in a string", '{ user(name: "\u2028") { id } }', undefined],
    ["too many tokens", `{ ${"secret ".repeat(10_000)} }`, undefined],
    ["too long a comment", `{ secret } #${"x".repeat(300_000)}`, undefined],
    ["levels that overflow a parser", deep(200_000), undefined],
    ["too many levels", deep(400), undefined],
    [
      "fragments that multiply",
      `{ ...F0 } ${Array.from({ length: 400 }, (_, index) => `fragment F${index} on Query { ${`...F${index + 1} `.repeat(20)} }`).join(" ")} fragment F400 on Query { secret }`,
      undefined,
    ],
  ])("are refused for %s", (_, document, name) => {
    let thrown: unknown;
    try {
      askedFields(readOperation(document, name), types);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AuthError);
    expect((thrown as AuthError).code).toBe("invalid_request");
  });

  it("cost no more than a look at each place for fragments that are used again and again", () => {
    const document = `{ ...F0 } ${Array.from({ length: 60 }, (_, index) => `fragment F${index} on Query { ...F${index + 1} ... { ...F${index + 1} } }`).join(" ")} fragment F60 on Query { secret }`;
    expect(asked(document)).toBe("Query.secret");
  });
});

describe("a schema with an interface of very many types", () => {
  const count = 400;
  const body = "{ id: ID, node: Node }";
  const many = Array.from({ length: count }, (_, index) => `type T${index} implements Node ${body}`).join(" ");
  const wide = readSchemaTypes("schema", `type Query { node: Node } interface Node ${body} ${many}`);

  it.each<[string, string]>([
    ["side by side", `{ node { ${"node { id } ".repeat(2_400)} } }`],
    ["within each other", `{ node { ${"node { id ".repeat(250)}${"}".repeat(250)} } }`],
    ["again and again", `{ node { ${"id ".repeat(9_900)} } }`],
  ])("costs little where its fields are asked %s", (_, document) => {
    const start = processorTime();
    const { nested } = askedFields(readOperation(document, undefined), wide);
    expect(nested.filter((field) => field.endsWith(".id"))).toHaveLength(count);
    // Without memory each of the fields looks at every pair of types: half a minute and more.
    expect(processorTime() - start).toBeLessThan(10_000);
  });

  it("is not looked at for ever, whatever sets of its types fragments pick", () => {
    const few = (index: number) =>
      Array.from({ length: 12 }, (_, bit) => (((index * 7_919) >> bit) % 2 === 0 ? `& I${bit}` : "")).join(" ");
    const others = Array.from({ length: 12 }, (_, index) => `interface I${index} { id: ID }`).join(" ");
    const members = Array.from({ length: count }, (_, index) => `type T${index} implements Node ${few(index)} ${body}`);
    const tangled = readSchemaTypes(
      "schema",
      `type Query { node: Node } interface Node ${body} ${others} ${members.join(" ")}`,
    );
    const picks = (next: number) =>
      Array.from({ length: 12 }, (_, bit) => `... on I${bit} { ...F${next} node { id } }`).join(" ");
    const chain = Array.from({ length: 60 }, (_, index) => `fragment F${index} on Node { ${picks(index + 1)} }`).join(
      " ",
    );
    const start = processorTime();
    expect(() =>
      askedFields(readOperation(`{ node { ...F0 } } ${chain} fragment F60 on Node { id }`, undefined), tangled),
    ).toThrow("too often");
    expect(processorTime() - start).toBeLessThan(10_000);
  });
});

/** Which fields an executor really resolves, for any values of the variables. It validates nothing. */
function resolved(document: string, operationName: string | undefined): ReadonlySet<string> {
  const schema = buildSchema(text);
  const seen = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !("getInterfaces" in type) || "resolveType" in type) continue;
    for (const field of Object.values((type as GraphQLObjectType).getFields())) {
      field.resolve = (source: { depth?: number } | undefined) => {
        seen.add(`${type.name}.${field.name}`);
        const depth = (source?.depth ?? 0) + 1;
        if (depth > 6) return null;
        const of = (name: string) => ({ __typename: name, depth });
        return field.name === "found" ? [of("User"), of("Article")] : of(depth % 2 === 0 ? "Article" : "User");
      };
    }
  }
  for (const v of [true, false]) {
    execute({ schema, document: parse(document), operationName, variableValues: { v } });
  }
  return seen;
}

const aliased = (names: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom("", "", "x", "y", "deleteUser", "same"), names).map(([alias, name]) => {
    if (alias === "") return name;
    return alias === "same" ? `a: ${name}` : `${alias}_${name}: ${name}`;
  });
const gap = fc.constantFrom(" ", " ", ",", "\n", "\ufeff", " # {\n", "\t");
const directive = fc.constantFrom(
  "",
  "",
  "",
  "@include(if: $v)",
  "@skip(if: $v)",
  "@skip(if: true)",
  "@include(if: false)",
);
/** Selections of one place: the fields that it has, and now and then one that it does not have. */
const sets = (
  leaves: readonly string[],
  wholes: readonly string[],
  spreads: readonly string[],
  types: readonly string[],
) =>
  fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc
      .tuple(fc.array(tie("selection"), { minLength: 1, maxLength: 4 }), gap)
      .map(([parts, space]) => `{${space}${parts.join(space === "\ufeff" ? " " : space)} }`),
    selection: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.tuple(aliased(fc.constantFrom(...leaves)), directive).map((parts) => parts.join(" ")),
      fc.constantFrom(...spreads.flatMap((label) => [`...${label}`, `... ${label} @include(if: $v)`])),
      fc
        .tuple(aliased(fc.constantFrom(...wholes)), directive, fc.constantFrom("{ id }", "{ ...U }", "{ ...N title }"))
        .map((parts) => parts.join(" ")),
      fc
        .tuple(fc.constantFrom("", ...types.map((type) => `on ${type}`)), directive, tie("set"))
        .map((parts) => `... ${parts.join(" ")}`),
    ),
  })).set;
const query = sets(["secret", "__typename"], ["user", "node", "found"], ["Q", "Q", "M"], ["Query"]);
const mutation = sets(
  ["__typename"],
  ["deleteUser", "createUser", "node"],
  ["M", "M", "D", "Q"],
  ["Mutation", "Deleting"],
);
const inner = sets(["id", "email", "__typename"], ["friend", "self"], ["U", "N"], ["User", "Node", "Article", "Found"]);
const fragment = (label: string, type: string, body: fc.Arbitrary<string>) =>
  body.map((text) => `fragment ${label} on ${type} ${text}`);
const documents = fc
  .tuple(
    fc.oneof(
      query.map((body) => `query A($v: Boolean = true) ${body}`),
      mutation.map((body) => `mutation A($v: Boolean) ${body}`),
    ),
    fc.oneof(
      fc.constant(""),
      mutation.map((body) => `mutation B($v: Boolean = false) ${body}`),
    ),
    fragment("Q", "Query", query),
    fragment("M", "Mutation", mutation),
    fragment("D", "Deleting", mutation),
    fragment("U", "User", inner),
    fragment("N", "Node", inner),
  )
  .map(([a, b, q, ...others]) => [q, a, ...others, b].join("\n"));

describe("an executor", () => {
  it("resolves no field that was not found to be asked, whatever the document hides", () => {
    const count = { judged: 0, refused: 0, hidden: 0 };
    fc.assert(
      fc.property(documents, fc.constantFrom(undefined, "A", "A", "B", "C"), (document, operationName) => {
        let found: ReadonlySet<string>;
        let roots: ReadonlySet<string>;
        try {
          const chosen = readOperation(document, operationName);
          const { root, nested } = askedFields(chosen, types);
          found = new Set([...root, ...nested]);
          roots = new Set(askedFields(chosen, undefined).root);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "invalid_request" });
          count.refused += 1;
          return;
        }
        const ran = resolved(document, operationName);
        expect([...ran].filter((field) => !found.has(field))).toEqual([]);
        expect([...ran].filter((field) => /^(Query|Mutation)\./.test(field) && !roots.has(field))).toEqual([]);
        count.judged += 1;
        if (ran.has("Mutation.deleteUser")) count.hidden += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(count.judged).toBeGreaterThan(400);
    expect(count.refused).toBeGreaterThan(100);
    expect(count.hidden).toBeGreaterThan(50);
  });
});

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
      askedFields(readOperation("mutation { rename { user { email } query { secret } } }", ""), schema).nested;
    expect(nestedOf(types)).toEqual(["Renamed.user", "User.email", "Renamed.query"]);
    expect(nestedOf(undefined)).toEqual([]);
  });

  it("are those that an operation begins with alone where no schema tells the others", () => {
    const fields = { "Mutation.rename": "authenticated", "*": { not: "anyone" } };
    expect(judgedOf("mutation { rename { query { secret } } }", fields, null)).toEqual(["Mutation.rename"]);
  });
});

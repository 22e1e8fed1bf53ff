import { describe, expect, it } from "vitest";
import { readSchemaTypes } from "../../../src/adapters/graphql/schema-types.ts";
import { createTypeSets } from "../../../src/adapters/graphql/type-sets.ts";
import { AuthError } from "../../../src/errors.ts";

const schema = readSchemaTypes(
  "schema",
  `
  type Query { node: Node, found: [Found!]!, many: [[User]], secret: String }
  interface Node { id: ID, owner: Node }
  type User implements Node { id: ID, owner: User, email: String }
  type Team implements Node { id: ID, owner: Node, found: Found }
  type Robot { id: ID, maker: User, found: String }
  union Found = Team | Robot
  interface Empty { id: ID }
  type Holder { empty: Empty }
`,
);

/** Sets of types, and how many types have been looked at. */
function setsOf() {
  const looks = { taken: 0 };
  const sets = createTypeSets(schema, (times) => {
    looks.taken += times;
  });
  return { ...sets, looks };
}

describe("the types behind a field", () => {
  const { only, behind, narrowed } = setsOf();
  const found = behind(only("Query"), "found") as NonNullable<ReturnType<typeof behind>>;

  it.each<[string, string, readonly string[]]>([
    ["Query", "node", ["User", "Team"]],
    ["Query", "found", ["Team", "Robot"]],
    ["Query", "many", ["User"]],
    ["User", "owner", ["User"]],
    ["Team", "owner", ["User", "Team"]],
  ])("%s.%s are all that its value may have", (type, field, types) => {
    expect(behind(only(type), field)?.types).toEqual(types);
  });

  it("are those behind the field of any type that has it", () => {
    expect(behind(found, "maker")?.types).toEqual(["User"]);
    expect(behind(found, "owner")?.types).toEqual(["User", "Team"]);
    expect(behind(found, "found")?.types).toEqual(["Team", "Robot"]);
    expect(behind(narrowed(found, "Team"), "owner")?.types).toEqual(["User", "Team"]);
  });

  it.each(["__schema", "__type", "__typename", "__"])("are not looked for behind %s, which no rule is for", (field) => {
    const fresh = setsOf();
    expect(fresh.behind(fresh.only("Query"), field)).toBeUndefined();
    expect(fresh.looks.taken).toBe(0);
  });

  it.each<[string, string]>([
    ["Query", "gone"],
    ["Query", "secret"],
    ["Query", "toString"],
    ["Query", "constructor"],
    ["Query", "_schema"],
    ["Robot", "found"],
    ["Gone", "id"],
    ["Node", "owner"],
    ["Found", "maker"],
    ["Holder", "empty"],
  ])("%s.%s are none, so that the document is refused", (type, field) => {
    const { only, behind } = setsOf();
    const look = () => behind(only(type), field);
    expect(look).toThrow(AuthError);
    expect(look).toThrow(expect.objectContaining({ code: "invalid_request" }));
    // What has failed once fails again.
    expect(look).toThrow("a field that the schema does not have");
  });
});

describe("a type condition", () => {
  const { only, behind, narrowed } = setsOf();
  const node = behind(only("Query"), "node") as NonNullable<ReturnType<typeof behind>>;

  it.each<[string, readonly string[]]>([
    ["User", ["User"]],
    ["Node", ["User", "Team"]],
    ["Found", ["Team"]],
  ])("lets pass those that are %s, too", (condition, types) => {
    expect(narrowed(node, condition).types).toEqual(types);
  });

  it.each<[string, readonly string[]]>([
    ["Robot", ["Robot"]],
    ["Query", ["Query"]],
  ])("lets pass all of %s where no type can be both, as an executor may that validates nothing", (condition, types) => {
    expect(narrowed(node, condition).types).toEqual(types);
  });

  it.each(["Gone", "", "String", "Empty", "constructor", "__proto__"])("of the name %j is refused", (condition) => {
    expect(() => narrowed(node, condition)).toThrow("a type that the schema does not have");
    expect(() => narrowed(node, condition)).toThrow(AuthError);
  });

  it("is not mistaken for the field of its name", () => {
    const fresh = setsOf();
    const query = fresh.only("Query");
    expect(fresh.narrowed(query, "User").types).toEqual(["User"]);
    expect(() => fresh.behind(query, "User")).toThrow("a field that the schema does not have");
    expect(() => fresh.behind(query, "on User")).toThrow("a field that the schema does not have");
  });
});

describe("fields that are asked", () => {
  it("are those that the schema has, once for each set of types", () => {
    const { only, behind, narrowed, fieldsOnce } = setsOf();
    const found = behind(only("Query"), "found") as NonNullable<ReturnType<typeof behind>>;
    expect(fieldsOnce(found, "id")).toEqual(["Team.id", "Robot.id"]);
    expect(fieldsOnce(found, "id")).toEqual([]);
    expect(fieldsOnce(found, "maker")).toEqual(["Robot.maker"]);
    // Another set with one of the types is asked by itself.
    expect(fieldsOnce(narrowed(found, "Team"), "id")).toEqual(["Team.id"]);
    expect(fieldsOnce(only("Team"), "id")).toEqual([]);
  });

  it.each(["__schema", "__type"])("are %s of the type for queries, and of no other", (field) => {
    const { only, behind, fieldsOnce, requireField } = setsOf();
    expect(fieldsOnce(only("Query"), field)).toEqual([`Query.${field}`]);
    expect(() => fieldsOnce(behind(only("Query"), "node") as never, field)).toThrow("the schema does not have");
    expect(requireField("Query", field)).toBeUndefined();
    expect(() => requireField("User", field)).toThrow("the schema does not have");
  });

  it.each<[string, string]>([
    ["Query", "gone"],
    ["Query", "__typename"],
    ["Query", "__schemas"],
    ["Query", "_schema"],
    ["Query", "toString"],
    ["Node", "id"],
    ["Gone", "id"],
    ["Gone", "__schema"],
  ])("are none where no type has one, so that the document is refused: %s.%s", (type, field) => {
    const { only, fieldsOnce, requireField } = setsOf();
    for (const ask of [() => fieldsOnce(only(type), field), () => requireField(type, field)]) {
      expect(ask).toThrow(expect.objectContaining({ code: "invalid_request" }));
    }
  });

  it("are required of the one type that is named", () => {
    const { requireField } = setsOf();
    expect(requireField("User", "email")).toBeUndefined();
    expect(() => requireField("Team", "email")).toThrow(AuthError);
  });
});

describe("a set of types", () => {
  it("is one object, however it was found", () => {
    const { only, behind, narrowed } = setsOf();
    const node = behind(only("Query"), "node");
    expect(behind(only("Team"), "owner")).toBe(node);
    expect(narrowed(node as never, "Node")).toBe(node);
    expect(narrowed(node as never, "User")).toBe(only("User"));
    expect(only("User")).toBe(behind(only("Robot"), "maker"));
    expect(only("Team")).not.toBe(only("User"));
  });

  it("is the same one in whatever order its types were found", () => {
    const turned = readSchemaTypes(
      "schema",
      "type Query { a: U, b: V } union U = A | B union V = B | A type A { c: Int } type B { c: Int }",
    );
    const { only, behind } = createTypeSets(turned, () => undefined);
    expect(behind(only("Query"), "b")).toBe(behind(only("Query"), "a"));
  });

  it("is not shared with another document", () => {
    const [one, other] = [setsOf(), setsOf()];
    expect(one.fieldsOnce(one.only("User"), "id")).toEqual(["User.id"]);
    expect(other.fieldsOnce(other.only("User"), "id")).toEqual(["User.id"]);
  });
});

describe("the price of a look", () => {
  it("is the types that are looked at and found, once for each place", () => {
    const { only, behind, narrowed, fieldsOnce, looks } = setsOf();
    const spent = (use: () => unknown) => {
      const before = looks.taken;
      use();
      return looks.taken - before;
    };
    const query = only("Query");
    expect(looks.taken).toBe(0);
    expect(spent(() => behind(query, "node"))).toBe(3);
    expect(spent(() => behind(query, "node"))).toBe(0);
    const node = behind(query, "node") as NonNullable<ReturnType<typeof behind>>;
    expect(spent(() => narrowed(node, "User"))).toBe(3);
    expect(spent(() => narrowed(node, "User"))).toBe(0);
    expect(spent(() => fieldsOnce(node, "id"))).toBe(2);
    expect(spent(() => fieldsOnce(node, "id"))).toBe(0);
    expect(spent(() => fieldsOnce(node, "owner"))).toBe(2);
  });

  it("is refused by whoever counts", () => {
    const { only, behind, fieldsOnce } = createTypeSets(schema, () => {
      throw new AuthError("invalid_request");
    });
    expect(() => behind(only("Query"), "node")).toThrow(AuthError);
    expect(() => fieldsOnce(only("Query"), "node")).toThrow(AuthError);
  });
});

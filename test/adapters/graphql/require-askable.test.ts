import { describe, expect, it } from "vitest";
import { requireAskable } from "../../../src/adapters/graphql/require-askable.ts";
import { readSchemaTypes } from "../../../src/adapters/graphql/schema-types.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";

const schema = readSchemaTypes(
  "schema",
  `schema { query: Reads mutation: Writes }
   type Reads { user: User } type Writes { wipe: Int } type Query { lost: Int } type User { id: ID } interface Node { id: ID }`,
);

/** The fault of a policy with rules for these fields; undefined where it has none. */
function faultOf(fields: readonly string[], types: typeof schema | "none"): readonly unknown[] | undefined {
  const policy = definePolicy({ fields: Object.fromEntries(fields.map((key) => [key, "guest"])) } as PolicyInit);
  try {
    requireAskable("gate", policy, types === "none" ? undefined : types);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    return [thrown.code, thrown.option, thrown.message];
  }
}

describe("a policy for an API", () => {
  it.each<[string, PolicyInit | undefined]>([
    ["no policy", undefined],
    ["one for routes alone", { routes: { "GET /a": "guest" } }],
  ])("has rules for fields, or is refused: %s", (_, init) => {
    const refuse = () => requireAskable("gate", init && definePolicy(init), schema);
    expect(refuse).toThrow(ConfigurationError);
    expect(refuse).toThrow(expect.objectContaining({ code: "missing_option", option: "gate" }));
  });

  it("may have none for any field", () => {
    expect(faultOf([], schema)).toBeUndefined();
    expect(faultOf([], "none")).toBeUndefined();
  });
});

describe("with a schema, a rule", () => {
  it.each([
    "*",
    "Reads.user",
    "Reads.*",
    "Writes.wipe",
    "User.id",
    "User.*",
    "Query.lost",
    "Reads.__schema",
    "Reads.__type",
  ])("may be for %s", (key) => {
    expect(faultOf([key], schema)).toBeUndefined();
  });

  it.each([
    "Reads.users",
    "Reads.wipe",
    "reads.user",
    "Gone.id",
    "Gone.*",
    "Node.id",
    "Node.*",
    "Mutation.wipe",
    "Mutation.*",
    "Query.__schema",
    "Query.__type",
    "User.__schema",
    "User.constructor",
    "constructor.name",
  ])("for %s would guard nothing, and is refused", (key) => {
    expect(faultOf(["*", "User.id", key], schema)).toEqual([
      "invalid_option",
      "gate.schema",
      expect.stringContaining(`the policy has rules for ${key}, which no object type of the schema has`),
    ]);
  });

  it("is named with all others that would guard nothing", () => {
    const [, , message] = faultOf(["Gone.id", "User.id", "Reads.users"], schema) ?? [];
    expect(message).toContain("rules for Gone.id, Reads.users, which");
  });
});

describe("without a schema, a rule", () => {
  it.each(["*", "Query.any", "Any.field", "Query.*", "Mutation.*", "Subscription.*", "Query.__schema", "Any.__type"])(
    "may be for %s, since nobody knows better",
    (key) => {
      expect(faultOf([key], "none")).toBeUndefined();
    },
  );

  it.each(["User.*", "query.*", "Queries.*", "Que.*", "constructor.*"])(
    "for %s needs one, which tells the fields of the type",
    (key) => {
      expect(faultOf(["*", "Query.*", key], "none")).toEqual([
        "missing_option",
        "gate.schema",
        expect.stringContaining(`it tells what ${key} of the policy stands for`),
      ]);
    },
  );

  it("is named with all others that need one", () => {
    expect(faultOf(["User.*", "Query.*", "Team.*"], "none")?.[2]).toContain("what User.*, Team.* of the policy");
  });
});

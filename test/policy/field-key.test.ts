import { describe, expect, it } from "vitest";
import { checkFieldKey, isFieldName, typeOf, wholeTypeKey } from "../../src/policy/field-key.ts";
import { type PolicyFault, placeOf } from "../../src/policy/policy-error.ts";

function faultsOf(key: string): readonly string[] {
  const faults: PolicyFault[] = [];
  checkFieldKey(key, placeOf("fields.key", faults));
  for (const fault of faults) expect(fault).toMatchObject({ where: "fields.key", key: "fields.key" });
  return faults.map(({ fault }) => fault);
}

const form = 'write a type, a dot and a field, such as "Mutation.deleteUser", or "Mutation.*", or "*"';
const told = 'what a schema tells of its types has no rule of its own; write one for "Query.__schema"';
const none = "GraphQL has no such field; of those that begin with two underscores, __schema and __type have rules";

describe("a key of fields", () => {
  it.each([
    "*",
    "Query.a",
    "Query.*",
    "_.a_1",
    "q.Q",
    "Query._a",
    "Query.__schema",
    "Query.__type",
    "Reads.__schema",
    "constructor.toString",
    "A1.b2",
  ])("may be %s", (key) => {
    expect(faultsOf(key)).toEqual([]);
  });

  it.each<[string, string]>([
    ["", form],
    [".", form],
    ["Query", form],
    ["Query.", form],
    [".a", form],
    ["*.a", form],
    ["*.*", form],
    ["**", form],
    ["Query.a.b", form],
    ["Query.a.", form],
    ["Query.*.", form],
    ["Query.**", form],
    ["Query.a*", form],
    ["Query a", form],
    [" Query.a", form],
    ["Query.a ", form],
    ["Query.a\n", form],
    ["Query\n.a", form],
    ["Query. a", form],
    ["1Query.a", form],
    ["Query.1a", form],
    ["Query.a-b", form],
    ["Quéry.a", form],
    ["Query.\u0430", form],
    ["Query.__schema.types", form],
    ["__Type.name", told],
    ["__Schema.*", told],
    ["Query.__typename", told],
    ["__Type.__typename", told],
    ["Query.__schemas", none],
    ["Query.__types", none],
    ["Query.__", none],
    ["Query.__proto__", none],
  ])("cannot be %j", (key, fault) => {
    expect(faultsOf(key)).toEqual([fault]);
  });
});

describe("the coordinate of a field", () => {
  it.each<[unknown, boolean]>([
    ["Query.a", true],
    ["_._", true],
    ["Query.__typename", true],
    ["__Type.name", true],
    ["Query.*", false],
    ["*", false],
    ["", false],
    ["Query", false],
    ["Query.", false],
    [".a", false],
    ["Query.a.b", false],
    ["Query.a\n", false],
    [" Query.a", false],
    ["1.a", false],
    ["Query.1", false],
    [undefined, false],
    [null, false],
    [["Query.a"], false],
    [{ toString: () => "Query.a" }, false],
  ])("is %j: %s", (text, expected) => {
    expect(isFieldName(text)).toBe(expected);
  });

  it("has a type, and a key for all fields of that type", () => {
    expect([typeOf("Query.a"), wholeTypeKey("Query.a")]).toEqual(["Query", "Query.*"]);
    expect([typeOf("A.b"), wholeTypeKey("A.b")]).toEqual(["A", "A.*"]);
  });
});

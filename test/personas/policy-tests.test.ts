import { describe, expect, it } from "vitest";
import { readPolicyTests } from "../../src/personas/policy-tests.ts";

const personas = { ada: { groups: ["editors"] }, bob: {}, carl: {} };

function faultsOf(tests: unknown): string {
  try {
    readPolicyTests(tests);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("readPolicyTests", () => {
  it("makes a case of each cell of the table; * stands for who is not named in the row", () => {
    const table = { "GET /a?b=c": { ada: "allow", anonymous: "no_credentials", "*": "deny" } } as const;
    const cases = readPolicyTests({ personas, table });
    expect(cases.map(({ name, expect: expected }) => `${name}: ${expected}`)).toEqual([
      "GET /a?b=c as ada: allow",
      "GET /a?b=c as anonymous: no_credentials",
      "GET /a?b=c as bob: deny",
      "GET /a?b=c as carl: deny",
    ]);
    expect(cases[0]?.request).toEqual({ method: "GET", target: "/a?b=c" });
  });

  it("makes a case of each persona of a case", () => {
    const more = { headers: { "X-A": "1" }, ip: "10.0.0.1", route: "GET /a" };
    const cases = [{ name: "n", as: ["ada", "guest"], request: "GET /a", expect: "deny", ...more }];
    expect(readPolicyTests({ personas, cases })).toMatchObject([
      { name: "n: GET /a as ada", request: { headers: ["X-A", "1"], ip: "10.0.0.1" }, route: "GET /a" },
      { name: "n: GET /a as guest", persona: { kind: "guest" } },
    ]);
  });

  it("reads fields and connect in place of a method and a path", () => {
    const table = { "fields Mutation.a User.b": { ada: "allow" }, connect: { ada: "deny" } } as const;
    const cases = [
      { as: "guest", request: "fields Query.a", expect: "deny", headers: { a: "1" } },
      { as: "guest", request: "connect?room=7&lang=en", expect: "deny" },
    ];
    expect(readPolicyTests({ personas, table, cases })).toMatchObject([
      { name: "fields Mutation.a User.b as ada", request: { fields: ["Mutation.a", "User.b"] } },
      { name: "connect as ada", request: { connect: true, target: "/" } },
      { name: "fields Query.a as guest", request: { fields: ["Query.a"], headers: ["a", "1"] } },
      { name: "connect?room=7&lang=en as guest", request: { connect: true, target: "/?room=7&lang=en" } },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["no object", [], "tests: write an object with personas, table, cases"],
    ["another key", { test: [] }, 'tests: there is no "test" here; the keys are personas, table, cases'],
    ["a table that is none", { table: [] }, "table: write an object of requests, not a list"],
    [
      "a row that is none",
      { table: { "GET /": "allow" } },
      'table["GET /"]: write an object of personas, not a string',
    ],
    [
      "a request without a path",
      { table: { GET: {} } },
      "table.GET: write a method and a path, such as GET /articles/7, or fields Mutation.deleteUser, or connect",
    ],
    ["fields without one", { table: { fields: {} } }, "table.fields: write fields and their types"],
    ["a key of fields", { table: { "fields Mutation.*": {} } }, "write fields and their types"],
    ["fields with a comma", { table: { "fields Query.a, Query.b": {} } }, "write fields and their types"],
    ["two spaces between fields", { table: { "fields Query.a  Query.b": {} } }, "write fields and their types"],
    ["connect with a path", { table: { "connect /": {} } }, "write a method and a path"],
    ["connect with a query behind a space", { table: { "connect ?room=7": {} } }, "write a method and a path"],
    ["connect with a space in its query", { table: { "connect?room=7 8": {} } }, "write a method and a path"],
    [
      "a route of a field",
      { cases: [{ as: "guest", request: "fields Query.a", expect: "deny", route: "Query.a" }] },
      "cases[0].route: fields and connect have no route; leave it out",
    ],
    [
      "a route of a connection",
      { cases: [{ as: "guest", request: "connect", expect: "deny", route: "$connect" }] },
      "cases[0].route: fields and connect have no route",
    ],
    ["a small method", { table: { "get /": {} } }, 'table["get /"]: write a method and a path'],
    [
      "an unknown code",
      { table: { "GET /": { guest: "allowed" } } },
      'table["GET /"].guest: write allow, deny, or the code of an error',
    ],
    ["a name of an object", { table: { "GET /": { guest: "toString" } } }, "write allow, deny, or the code"],
    [
      "nobody of a name",
      { personas, table: { "GET /": { eve: "deny" } } },
      "write the name of a persona: ada, bob, carl",
    ],
    ["cases that are none", { cases: {} }, "cases: write a list, not an object"],
    ["a case that is none", { cases: [1] }, "cases[0]: write an object with name, as, request"],
    ["a misspelled key", { cases: [{ exspect: "allow" }] }, 'cases[0]: there is no "exspect" here'],
    ["a case of nobody", { cases: [{ as: [], request: "GET /", expect: "deny" }] }, "cases[0].as: the list is empty"],
    [
      "a number for a header",
      { cases: [{ as: "guest", request: "GET /", expect: "deny", headers: { a: 1 } }] },
      "cases[0].headers.a: write a string, not a number",
    ],
    [
      "a credential",
      { cases: [{ as: "guest", request: "GET /", expect: "deny", headers: { Authorization: "s3cret" } }] },
      "cases[0].headers: a persona stands for the credential; leave it out",
    ],
    [
      "no headers",
      { cases: [{ as: "guest", request: "GET /", expect: "deny", headers: 1 }] },
      "headers: write an object",
    ],
  ])("refuses %s", (_, tests, message) => {
    expect(faultsOf(tests)).toContain(message);
    expect(faultsOf(tests)).not.toContain("s3cret");
  });
});

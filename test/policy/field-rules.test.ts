import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { definePolicy, type PolicyInit } from "../../src/policy/define-policy.ts";
import { isFieldName } from "../../src/policy/field-key.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { policyToYaml } from "../../src/policy/policy-to-yaml.ts";
import { anonymous, closedGroups, createPrincipal, type Principal } from "../../src/principal.ts";
import { parseTarget } from "../../src/target.ts";
import { ruleInput } from "./rule-input.ts";

const user = (...groups: readonly string[]) =>
  createPrincipal({
    kind: "user",
    id: "user:pool:ada",
    issuer: "pool",
    verifiedBy: "test",
    groups: closedGroups(groups),
  });

const policy = definePolicy({
  fields: {
    "*": { not: "guest" },
    "Mutation.*": { group: "editors" },
    "Mutation.deleteUser": { group: "admins" },
    "Query.health": "anyone",
  },
});
const allows = (judged: typeof policy, field: `${string}.${string}`, principal: Principal = anonymous) =>
  judged.matchField(field)?.rule.evaluate(ruleInput({ principal }));

describe("the rules of fields", () => {
  it.each([
    ["Mutation.deleteUser", "Mutation.deleteUser"],
    ["Mutation.createUser", "Mutation.*"],
    ["Mutation.deleteuser", "Mutation.*"],
    ["mutation.deleteUser", "*"],
    ["Query.health", "Query.health"],
    ["Query.constructor", "*"],
    ["__proto__.__proto__", "*"],
    ["User.email", "*"],
  ] as const)("takes the most specific key for %s: %s", (field, key) => {
    expect(policy.matchField(field)?.field).toBe(key);
  });

  it("lets authenticated callers ask what no key names, unless another rule is written", () => {
    const plain = definePolicy({ fields: {} });
    expect(plain.document.fields).toEqual({ "*": "authenticated" });
    expect(allows(plain, "Query.users", user())).toBe(true);
    expect(allows(plain, "Query.users", anonymous)).toBe(false);
    expect(allows(policy, "Query.users", anonymous)).toBe(true);
  });

  it("has require hold beside each, but for anyone", () => {
    const narrowed = definePolicy({
      require: { not: { group: "suspended" } },
      fields: { "Mutation.deleteUser": { group: "admins" }, "Query.health": "anyone" },
    });
    expect(allows(narrowed, "Mutation.deleteUser", user("admins"))).toBe(true);
    expect(allows(narrowed, "Mutation.deleteUser", user("admins", "suspended"))).toBe(false);
    expect(allows(narrowed, "Query.users", user("suspended"))).toBe(false);
    expect(allows(narrowed, "Query.health", user("suspended"))).toBe(true);
  });

  it("match nothing in a policy without them, and no request in a policy without routes", () => {
    expect(definePolicy({ routes: {} }).matchField("Query.health")).toBeUndefined();
    expect(definePolicy({ routes: {} }).fieldGrants(user())).toEqual([]);
    expect(definePolicy({ routes: {} }).connect).toBeUndefined();
    expect(policy.match("POST", parseTarget("/graphql"))).toBeUndefined();
    expect(policy.document.routes).toEqual({});
  });

  it("tell what each key gives to a caller", () => {
    const { fieldGrants } = definePolicy({
      fields: {
        "*": "authenticated",
        "Mutation.deleteUser": { group: "admins" },
        "Query.salaries": { allOf: [{ group: "editors" }, { ip: "10.0.0.0/8" }] },
      },
    });
    expect(fieldGrants(user("editors"))).toEqual([
      { field: "Mutation.deleteUser", granted: "never" },
      { field: "Query.salaries", granted: "undecided", on: ['ip("10.0.0.0/8")'] },
      { field: "*", granted: "always" },
    ]);
  });

  it("come from YAML as they go there", async () => {
    const yaml = `version: 1
fields:
  "Mutation.*": { group: editors }
  Mutation.deleteUser: { group: admins }
  Query.__schema: { not: anyone }
  "*": authenticated
connect: authenticated
`;
    expect(policyToYaml(await parsePolicy(yaml))).toBe(yaml);
  });

  it("report require where fields or a connection could never have what it reads", () => {
    const init: PolicyInit = {
      require: { anyOf: ["authenticated", { equal: [{ param: "id" }, { query: "id" }] }] },
      fields: { "Query.a": "authenticated", "Query.b": "anyone" },
      connect: "authenticated",
    };
    expect(() => definePolicy(init)).toThrow(
      [
        "policy: 5 faults",
        '  fields["Query.a"]: require reads param("id"), but fields have no path, and rules do not read their arguments',
        '  fields["Query.a"]: require reads query("id"), but fields are asked in a document and not in the query of a URL',
        '  fields["*"]: require reads param("id"), but fields have no path, and rules do not read their arguments',
        '  fields["*"]: require reads query("id"), but fields are asked in a document and not in the query of a URL',
        '  connect: the rule or require reads param("id"), but a WebSocket is opened without a path',
      ].join("\n"),
    );
  });

  it("are refused where one is none, with all others", () => {
    const fields = { "Query.a": { gruop: "a" }, "Query.b": "authenticated", "*": "nobody" } as never;
    expect(() => definePolicy({ fields })).toThrow(/^policy: 2 faults\n {2}fields\["Query.a"\].*\n {2}fields\["\*"\]/);
  });

  it("refuse what nobody can pass beside require, but not what they add themselves", () => {
    expect(() => definePolicy({ require: "guest", fields: { "Query.a": "authenticated" } })).toThrow(
      'fields["Query.a"]: nobody can ever pass this rule',
    );
    expect(allows(definePolicy({ require: "guest", fields: {} }), "Query.a", user())).toBe(false);
  });
});

describe("the rule to connect", () => {
  it("is narrowed by require", () => {
    const { connect, document } = definePolicy({ require: { group: "editors" }, connect: "authenticated" });
    expect(document.connect).toBe("authenticated");
    expect(connect?.evaluate(ruleInput({ principal: user("editors") }))).toBe(true);
    expect(connect?.evaluate(ruleInput({ principal: user() }))).toBe(false);
  });
});

describe("the coordinate of a field", () => {
  it.each(["Query.a", "_Q._a9", "Query.__schema"])("is %s", (text) => expect(isFieldName(text)).toBe(true));

  it.each([undefined, 1, "", "*", "Query", "Query.", ".a", "Query.*", "Query.a.b", "Query. a", "Quéry.a", "9.a"])(
    "is not %j",
    (text) => expect(isFieldName(text)).toBe(false),
  );

  it("is what a policy takes for a key, but for what only a schema tells", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z_9.* é-]{1,8}$/), (text) => {
        let taken = true;
        try {
          definePolicy({ fields: { [text]: "anyone" } } as PolicyInit);
        } catch {
          taken = false;
        }
        const plain = isFieldName(text.replace(/\.\*$/, ".all")) && !/^__|\.__/.test(text);
        expect(taken).toBe(text === "*" || plain);
      }),
      { numRuns: 2_000 },
    );
  });
});

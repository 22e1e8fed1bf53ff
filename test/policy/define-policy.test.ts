import { describe, expect, it } from "vitest";
import {
  allOf,
  anyOf,
  anyone,
  authenticated,
  equal,
  group,
  guest,
  header,
  not,
  param,
  role,
  rule,
  scope,
  tag,
} from "../../src/policy/combinators.ts";
import { definePolicy, type PolicyInit } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import { anonymous, closedGroups, createPrincipal, type Principal } from "../../src/principal.ts";
import { parseTarget } from "../../src/target.ts";
import { editor, editorRole, ruleInput, visitor } from "./rule-input.ts";

function faultsOf(init: unknown): readonly string[] {
  try {
    definePolicy(init as PolicyInit);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where, fault }) => `${where}: ${fault}`);
  }
}

const suspended = createPrincipal({
  kind: "user",
  id: "user:x",
  issuer: "x",
  verifiedBy: "user-pool",
  groups: closedGroups(["suspended", "editors"]),
});

const policy = definePolicy({
  require: not(group("suspended")),
  rules: { write: anyOf(group("editors"), rule("admin")), admin: group("admins") },
  routes: {
    "GET /health": anyone,
    "GET /articles/:id": anyOf(authenticated, guest),
    "POST /articles": rule("write"),
    "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")),
    "GET /open": anyOf(anyone),
  },
});

function decide(principal: Principal, method: string, target: string) {
  const match = policy.match(method, parseTarget(target));
  return match?.rule.evaluate(ruleInput({ principal, method, target, params: match.params }));
}

describe("a policy", () => {
  it.each<[who: string, request: string, value: boolean | undefined, principal: Principal]>([
    ["anonymous", "GET /health", true, anonymous],
    ["suspended", "GET /health", true, suspended],
    ["anonymous", "HEAD /health", true, anonymous],
    ["anonymous", "OPTIONS /health", undefined, anonymous],
    ["anonymous", "GET /nowhere", undefined, anonymous],
    ["anonymous", "GET /articles/1", false, anonymous],
    ["a guest", "GET /articles/1", true, visitor],
    ["a user", "GET /articles/1", true, editor],
    ["suspended", "GET /articles/1", false, suspended],
    ["a user", "POST /articles", true, editor],
    ["a user", "POST /ARTICLES/", true, editor],
    ["a role", "POST /articles", undefined, editorRole],
    ["suspended", "POST /articles", false, suspended],
    ["a guest", "POST /articles", false, visitor],
    ["a user", "PROPFIND /articles/1", undefined, editor],
    ["a user", "DELETE /tenants/acme", true, editor],
    ["a user", "GET /tenants/acme/a/b?x=1", true, editor],
    ["a user", "GET /tenants/globex/a/b", false, editor],
    ["a user", "GET /tenants/acme%20", false, editor],
    ["a user", "GET /tenants/*", false, editor],
    ["a guest", "GET /tenants/acme", undefined, visitor],
    ["suspended", "GET /open", false, suspended],
  ])("judges %s who asks for %s: %s", (_, request, value, principal) => {
    const [method = "", target = ""] = request.split(" ");
    expect([request, decide(principal, method, target)]).toEqual([request, value]);
  });

  it("gives the key of the route as it was written, its parameters and its rule narrowed by require", () => {
    const match = policy.match("GET", parseTarget("/Tenants/a%20b/x"));
    expect(match?.route).toBe("* /tenants/:tenantId/**");
    expect(match?.params).toEqual(Object.assign(Object.create(null), { tenantId: "a b" }));
    expect(match?.rule.source).toEqual({
      allOf: [{ not: { group: "suspended" } }, { equal: [{ tag: "tenant" }, { param: "tenantId" }] }],
    });
  });

  it("leaves require out where the rule is exactly anyone, and nowhere else", () => {
    expect(policy.match("GET", parseTarget("/health"))?.rule.source).toBe("anyone");
    expect(policy.match("GET", parseTarget("/open"))?.rule.source).toEqual({
      allOf: [{ not: { group: "suspended" } }, { anyOf: ["anyone"] }],
    });
    const named = definePolicy({ require: authenticated, rules: { all: anyone }, routes: { "GET /a": rule("all") } });
    const input = ruleInput({});
    expect(named.match("GET", parseTarget("/a"))?.rule.evaluate(input)).toBe(false);
    expect(named.compile("anyone").evaluate(input)).toBe(true);
  });

  it("is frozen, in all its data", () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(Object.isFrozen(policy)).toBe(true);
    expect(frozen(policy.document)).toBe(true);
  });

  it("does not change with the objects that it was made of", () => {
    const routes: Record<`GET /${string}`, "anyone" | "authenticated"> = { "GET /a": "authenticated" };
    const made = definePolicy({ routes });
    routes["GET /a"] = "anyone";
    routes["GET /b"] = "anyone";
    expect(made.match("GET", parseTarget("/a"))?.rule.evaluate(ruleInput({}))).toBe(false);
    expect(made.match("GET", parseTarget("/b"))).toBeUndefined();
  });

  it("mirrors an application that tells case and trailing slash apart", () => {
    const strict = definePolicy({ routes: { "GET /a": guest, "GET /A/": anyone }, caseSensitive: true, strict: true });
    expect(strict.match("GET", parseTarget("/a"))?.route).toBe("GET /a");
    expect(strict.match("GET", parseTarget("/A/"))?.route).toBe("GET /A/");
    expect(strict.match("GET", parseTarget("/a/"))).toBeUndefined();
    expect(strict.match("GET", parseTarget("/A"))).toBeUndefined();
  });

  it("tells the headers that a rule, a named rule and require read", () => {
    const reading = definePolicy({
      require: equal(header("X-Stage"), "live"),
      rules: { own: equal(header("X-Tenant"), tag("tenant")) },
      routes: { "GET /a": allOf(authenticated, rule("own")), "GET /b": anyone },
    });
    expect(reading.match("GET", parseTarget("/a"))?.rule.headers).toEqual(new Set(["x-stage", "x-tenant"]));
    expect(reading.match("GET", parseTarget("/b"))?.rule.headers).toEqual(new Set());
    expect(reading.compile(rule("own")).headers).toEqual(new Set(["x-stage", "x-tenant"]));
  });
});

describe("the rule of a guard", () => {
  it("is narrowed by require and may use named rules", () => {
    const compiled = policy.compile(rule("write"));
    expect(compiled.source).toEqual({ allOf: [{ not: { group: "suspended" } }, { rule: "write" }] });
    expect(compiled.evaluate(ruleInput({ principal: editor }))).toBe(true);
    expect(compiled.evaluate(ruleInput({ principal: suspended }))).toBe(false);
    expect(compiled.evaluate(ruleInput({ principal: editorRole }))).toBeUndefined();
  });

  it("may read any parameter; one that the framework did not match is unknown", () => {
    const compiled = policy.compile(equal(tag("tenant"), param("any")));
    expect(compiled.evaluate(ruleInput({ principal: editor, params: { any: "acme" } }))).toBe(true);
    expect(compiled.evaluate(ruleInput({ principal: editor, params: { any: ["acme"] } }))).toBeUndefined();
    expect(compiled.evaluate(ruleInput({ principal: editor }))).toBeUndefined();
  });

  it("is the same as the rule where the policy requires nothing", () => {
    expect(definePolicy({ routes: {} }).compile(group("a")).source).toEqual({ group: "a" });
  });

  it("is refused with its faults", () => {
    expect(() => policy.compile(anyOf(rule("nobody"), group("")))).toThrow(
      new PolicyError("rule", [
        {
          where: "rule.anyOf[0].rule",
          fault: 'there is no rule of the name "nobody" in rules; it has "write", "admin"',
        },
        { where: "rule.anyOf[1].group", fault: "write the name of a group; an empty string matches nothing" },
      ]),
    );
    expect(() => definePolicy({ routes: {} }).compile(rule("a"))).toThrow(/in rules; it is empty/);
  });
});

describe("a policy's document", () => {
  it("is the policy as plain JSON with its defaults", () => {
    expect(policy.document).toStrictEqual({
      version: 1,
      require: { not: { group: "suspended" } },
      rules: { write: { anyOf: [{ group: "editors" }, { rule: "admin" }] }, admin: { group: "admins" } },
      routes: {
        "GET /health": "anyone",
        "GET /articles/:id": { anyOf: ["authenticated", "guest"] },
        "POST /articles": { rule: "write" },
        "* /tenants/:tenantId/**": { equal: [{ tag: "tenant" }, { param: "tenantId" }] },
        "GET /open": { anyOf: ["anyone"] },
      },
      caseSensitive: false,
      strict: false,
      acrLevels: ["urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"],
    });
    expect(definePolicy({ version: 1, routes: {}, strict: true }).document).toStrictEqual({
      version: 1,
      rules: {},
      routes: {},
      caseSensitive: false,
      strict: true,
      acrLevels: ["urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"],
    });
  });

  it("makes the same policy again after a way through JSON", () => {
    const again = definePolicy(JSON.parse(JSON.stringify(policy.document)));
    expect(again.document).toStrictEqual({ ...policy.document, rules: { ...policy.document.rules } });
  });

  it("keeps named rules of any name", () => {
    const init = JSON.parse('{"rules":{"__proto__":"guest"},"routes":{"GET /a":{"rule":"__proto__"}}}');
    const { document, match } = definePolicy(init);
    expect(JSON.stringify(document.rules)).toBe('{"__proto__":"guest"}');
    expect(match("GET", parseTarget("/a"))?.rule.evaluate(ruleInput({ principal: visitor }))).toBe(true);
  });
});

const unpassable = "mend it, or leave the route out, since what no route matches is denied";

describe("a faulty policy", () => {
  const missing = "but the path has no parameter of that name";

  it.each<[init: unknown, ...faults: string[]]>([
    [undefined, "policy: write an object, not undefined", "routes: write an object, not undefined"],
    [[], "policy: write an object, not a list", "routes: write an object, not undefined"],
    [{}, "routes: write an object, not undefined"],
    [{ routes: [] }, "routes: write an object, not a list"],
    [{ routes: {}, version: 2 }, "version: write 1"],
    [{ routes: {}, version: "1" }, "version: write 1"],
    [{ routes: {}, version: undefined }, "version: write 1"],
    [{ routes: {}, strict: "yes" }, "strict: write true or false, not a string"],
    [{ routes: {}, caseSensitive: undefined }, "caseSensitive: write true or false, not undefined"],
    [{ fields: undefined }, "fields: write an object, not undefined"],
    [{ connect: undefined }, "connect: a rule is a string or an object with one key, not undefined"],
    [
      { routes: {}, requires: "anyone" },
      'requires: there is no such key (did you mean "require"?); the keys are version, require, rules, routes, fields, connect, caseSensitive, strict, acrLevels',
    ],
    [
      JSON.parse('{"routes":{},"__proto__":{}}'),
      "__proto__: there is no such key; the keys are version, require, rules, routes, fields, connect, caseSensitive, strict, acrLevels",
    ],
    [{ routes: {}, require: undefined }, "require: a rule is a string or an object with one key, not undefined"],
    [{ routes: {}, require: { not: { group: [] } } }, "require.not.group: the list is empty; write one item at least"],
    [{ routes: {}, rules: null }, "rules: write an object, not null"],
    [{ routes: {}, rules: ["guest"] }, "rules: write an object, not a list"],
    [
      { routes: {}, rules: { "a b": { account: 1 } } },
      'rules["a b"].account: write the twelve digits of an AWS account as a string, such as "123456789012"',
    ],
    [
      { routes: {}, require: { rule: "a" }, rules: { a: { rule: "a" } } },
      'rules.a.rule: the named rules go round in a circle: "a", "a"',
    ],
    [
      { routes: { "GET /a": { rule: "b" } } },
      'routes["GET /a"].rule: there is no rule of the name "b" in rules; it is empty',
    ],
    [
      { routes: { "GET/a": "guest" } },
      'routes["GET/a"]: write a method, one space and a path that begins with a slash, such as "GET /articles/:id"',
    ],
    [{ routes: { "HEAD /a": "guest" } }, 'routes["HEAD /a"]: HEAD takes the rule of GET; write GET'],
    [
      { routes: { "GET /a": undefined } },
      'routes["GET /a"]: a rule is a string or an object with one key, not undefined',
    ],
    [
      { routes: { "GET /a/:x": "guest", "GET /A/{y}/": "anyone" } },
      'routes["GET /A/{y}/"]: the route "GET /a/:x" claims the same requests; keep one of the two',
    ],
    [
      { routes: { "* /a/**": "guest", "* /a/*rest": { group: [] } } },
      'routes["* /a/*rest"].group: the list is empty; write one item at least',
      'routes["* /a/*rest"]: the route "* /a/**" claims the same requests; keep one of the two',
    ],
    [
      { routes: { "GET /:id": { equal: [{ tag: "t" }, { param: "Id" }] } } },
      `routes["GET /:id"]: its rule reads param("Id"), ${missing}`,
    ],
    [
      {
        rules: { own: { not: { equal: [{ param: "a" }, { param: "b" }] } } },
        routes: { "GET /:a": { rule: "own" }, "GET /x/:a/:b": { rule: "own" } },
      },
      `routes["GET /:a"]: its rule reads param("b"), ${missing}`,
    ],
    [
      {
        require: { equal: [{ tag: "tenant" }, { param: "tenantId" }] },
        routes: { "GET /a": "guest", "GET /:tenantId/a": "guest", "GET /health": "anyone", "GET /b": "authenticated" },
      },
      `routes["GET /a"]: require reads param("tenantId"), ${missing}`,
      `routes["GET /b"]: require reads param("tenantId"), ${missing}`,
    ],
    [
      {
        routes: {
          "GET /a": { not: "anyone" },
          "GET /b": { allOf: [guest, authenticated] },
          "GET /c": {
            anyOf: [{ allOf: [group("a"), { allOf: [{ account: "111111111111" }, role("222222222222/*")] }] }],
          },
          "GET /d": { allOf: [group("a"), { allOf: [{ account: "111111111111" }, role("222222222222/*")] }] },
          "GET /e/:id": { equal: [{ param: "id" }, ""] },
          "GET /f": { rule: "nobody" },
          "GET /g": {
            allOf: [
              { anyOf: [{ account: "1".repeat(12) }, { account: "2".repeat(12) }] },
              { not: "guest" },
              { not: { account: ["111111111111", "222222222222"] } },
            ],
          },
        },
        rules: { nobody: { allOf: [{ equal: [{ tag: "a" }, "x"] }, group("a"), { equal: [{ tag: "a" }, "y"] }] } },
      },
      `routes["GET /a"]: nobody can ever pass this rule; ${unpassable}`,
      `routes["GET /b"]: nobody can ever pass this rule, whose parts .allOf[0] and .allOf[1] exclude each other; ${unpassable}`,
      `routes["GET /c"]: nobody can ever pass this rule; ${unpassable}`,
      `routes["GET /d"].allOf[1]: nobody can ever pass this rule, whose parts .allOf[0] and .allOf[1] exclude each other; ${unpassable}`,
      `routes["GET /e/:id"]: nobody can ever pass this rule; ${unpassable}`,
      `routes["GET /f"]: nobody can ever pass this rule; ${unpassable}`,
      `routes["GET /g"]: nobody can ever pass this rule, whose parts .allOf[0] and .allOf[2] exclude each other; ${unpassable}`,
    ],
    [
      { require: authenticated, routes: { "GET /a": guest, "GET /b": anyone, "GET /c": group("a"), "GET /d": guest } },
      `routes["GET /a"]: nobody can ever pass both its rule and require; ${unpassable}`,
      `routes["GET /d"]: nobody can ever pass both its rule and require; ${unpassable}`,
    ],
    [
      { routes: { "GET /a/*": guest, "* /a/:id": guest, "* /a/:id/**": guest, "GET /a/*/**": guest } },
      `routes["GET /a/*"]: no request reaches it: more specific routes, such as "* /a/:id", take them all; leave it out`,
      `routes["GET /a/*/**"]: no request reaches it: more specific routes, such as "* /a/:id", take them all; leave it out`,
    ],
    [
      { routes: { "* /:id/@me": guest, "GET /*/%40me": guest } },
      `routes["GET /*/%40me"]: no request reaches it: another route spells one of its segments with other escapes; keep one spelling`,
    ],
    [
      { require: { group: 1 }, rules: { a: "b" }, routes: { "FETCH /a+b": { rule: "a" } }, extra: 1, strict: 1 },
      "extra: there is no such key; the keys are version, require, rules, routes, fields, connect, caseSensitive, strict, acrLevels",
      "strict: write true or false, not a number",
      expect.stringMatching(/^rules\.a: there is no rule "b"/),
      "require.group: write the name of a group as a string, not a number",
      expect.stringMatching(/^routes\["FETCH \/a\+b"\]: there is no method "FETCH" here/),
      expect.stringMatching(/^routes\["FETCH \/a\+b"\]: "a\+b" has a character/),
    ],
  ])("tells what is wrong with %j", (init, ...faults) => {
    expect(faultsOf(init)).toEqual(faults);
  });

  it("throws one configuration error with a line for each fault", () => {
    const faulty = { routes: { "GET /a": { group: [] }, "HEAD /a": guest } } as unknown as PolicyInit;
    expect(() => definePolicy(faulty)).toThrow(
      [
        "policy: 2 faults",
        '  routes["GET /a"].group: the list is empty; write one item at least',
        '  routes["HEAD /a"]: HEAD takes the rule of GET; write GET',
      ].join("\n"),
    );
  });

  it("does not count a rule that is only wrong in part as absent", () => {
    expect(faultsOf({ require: allOf(scope("a"), group("")), routes: { "GET /a": anyone } })).toHaveLength(1);
  });
});

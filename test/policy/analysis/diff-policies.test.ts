import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import { diffPolicies } from "../../../src/policy/analysis/diff-policies.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import type { RuleInput } from "../../../src/policy/evaluation.ts";
import { PolicyError } from "../../../src/policy/policy-error.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { parseTarget } from "../../../src/target.ts";
import { processorTime } from "../../processor-time.ts";
import { anyCaller, anyInput, anyRule } from "./generated.ts";

const policyOf = (routes: Record<string, Rule>, more: Partial<PolicyInit> = {}): Policy =>
  definePolicy({ ...more, routes } as PolicyInit);

function allows(policy: Policy, method: string, input: RuleInput & { readonly path: string }): boolean {
  const match = policy.match(method, parseTarget(input.path));
  return match !== undefined && match.rule.evaluate({ ...input, params: match.params }) === true;
}

const withParams = ["GET /:a/:b", "* /{a}/{b}", "GET /:b/:a", "POST /:a/*b", "GET /x/*a"];
const withoutParams = ["GET /x/y", "* /x/**", "GET /X/y", "POST /**", "GET /:c/y", "* /*/*", "PUT /y/{d+}"];
const free = anyRule({ params: false });
const bound = anyRule({ params: true });
const table = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.constantFrom(...withoutParams), free), { maxLength: 3, selector: ([key]) => key }),
    fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(...withParams),
        fc.oneof(
          free,
          bound.filter((rule) => !/"param":"b"/.test(JSON.stringify(rule))),
        ),
      ),
      { maxLength: 2, selector: ([key]) => key },
    ),
  )
  .map(([one, other]) => Object.fromEntries([...one, ...other].filter(([key, rule]) => key !== "POST /:a/*b" || rule)));
const init = fc.record({
  routes: table,
  require: fc.option(free, { nil: undefined }),
  caseSensitive: fc.boolean(),
  strict: fc.boolean(),
});
type Init = typeof init extends fc.Arbitrary<infer Value> ? Value : never;

function load({ require, ...rest }: Init): Policy | undefined {
  try {
    return definePolicy({ ...rest, ...(require && { require }) } as PolicyInit);
  } catch (thrown) {
    if (thrown instanceof PolicyError) return undefined;
    throw thrown;
  }
}

/** Two policies of which the second mostly is the first with a rule changed. */
const pair = fc.oneof(
  fc.tuple(init, init),
  fc.tuple(init, free).map(([one, rule]): [Init, Init] => {
    const [first] = Object.keys(one.routes);
    return [one, { ...one, routes: first === undefined ? {} : { ...one.routes, [first]: rule } }];
  }),
  fc.tuple(init, free).map(([one, require]): [Init, Init] => [one, { ...one, require }]),
  init.map((one): [Init, Init] => [one, { ...one, strict: !one.strict }]),
  init.map((one): [Init, Init] => [one, { ...one, caseSensitive: !one.caseSensitive }]),
);

describe("the difference of two policies", () => {
  it("has somebody wherever a caller is met who is judged otherwise, and nobody else", () => {
    const seen = { same: 0, different: 0, unknown: 0, met: 0 };
    const caller = anyCaller(callerProfiles);
    const segment = fc.constantFrom("x", "y", "X", "z");
    const requests = fc.array(
      fc.tuple(
        fc.constantFrom("GET", "HEAD", "POST", "PUT"),
        anyInput(caller, segment),
        fc.constantFrom("", "/", "/z"),
      ),
      { minLength: 40, maxLength: 40 },
    );
    fc.assert(
      fc.property(pair, requests, ([one, two], met) => {
        const [old, fresh] = [load(one), load(two)];
        if (old === undefined || fresh === undefined) return;
        const diff = diffPolicies(old, fresh);
        seen[diff.verdict]++;
        for (const [method, given, end] of met) {
          const input = { ...given, path: given.path + end };
          const before = allows(old, method, input);
          const after = allows(fresh, method, input);
          if (before === after) continue;
          seen.met++;
          const routes = [old, fresh].map((policy) => policy.match(method, parseTarget(input.path))?.route);
          const change = diff.changes.find((own) => own.before === routes[0] && own.after === routes[1]);
          expect(change?.unknown ?? change?.[after ? "gains" : "loses"]).toBeDefined();
        }
      }),
      { numRuns: 150 },
    );
    expect(seen.same).toBeGreaterThan(3);
    expect(seen.different).toBeGreaterThan(20);
    expect(seen.met).toBeGreaterThan(50);
    expect(seen.unknown).toBeLessThan(seen.different);
  });

  it("finds one group too many among 500 routes, with a witness, in no time", () => {
    const routes = (planted: boolean) =>
      Object.fromEntries(
        Array.from({ length: 500 }, (_, index): [string, Rule] => [
          `${["GET", "POST", "DELETE"][index % 3]} /area${index % 25}/thing${index}/:id`,
          {
            allOf: [
              { group: planted && index === 333 ? ["editors", "interns"] : "editors" },
              { anyOf: [{ scope: `s${index}` }, { not: { group: "suspended" } }] },
              { equal: [{ tag: "tenant" }, { param: "id" }] },
            ],
          },
        ]),
      );
    const require: Rule = { not: { group: "blocked" } };
    const [old, fresh] = [policyOf(routes(false), { require }), policyOf(routes(true), { require })];
    const started = processorTime();
    const diff = diffPolicies(old, fresh);
    expect(processorTime() - started).toBeLessThan(2_000);
    expect(diff.verdict).toBe("different");
    expect(diff.changes).toHaveLength(1);
    expect(diff.changes[0]).toMatchObject({
      before: "GET /area8/thing333/:id",
      after: "GET /area8/thing333/:id",
      gains: {
        caller: { kind: "user", verifiedBy: "user-pool", groups: ["interns"], tags: { tenant: "other-1" } },
        request: { method: "GET", target: "/area8/thing333/other-1" },
        provided: [],
      },
    });
    expect(diff.changes[0]?.loses).toBeUndefined();
    expect(diff.changes[0]?.gains?.leaves).toContainEqual({
      leaf: 'group("editors", "interns")',
      policies: ["new"],
      value: true,
    });
  });

  it.each<[string, Rule, Rule]>([
    [
      "De Morgan",
      { not: { allOf: [{ group: "a" }, { scope: "b" }] } },
      { anyOf: [{ not: { group: "a" } }, { not: { scope: "b" } }] },
    ],
    ["double negation", { group: "a" }, { not: { not: { group: "a" } } }],
    ["order", { anyOf: [{ group: "a" }, { group: ["b", "c"] }] }, { group: ["c", "a", "b"] }],
    ["absorption", { group: "a" }, { allOf: [{ group: "a" }, { anyOf: ["anyone", { scope: "x" }] }] }],
    [
      "what follows",
      { stepUp: { maxAge: 60 } },
      { allOf: ["authenticated", { stepUp: { maxAge: 60 } }, { not: "guest" }] },
    ],
    [
      "a list and its parts",
      { oneOf: [{ tag: "a" }, ["x", "y"]] },
      { anyOf: [{ equal: [{ tag: "a" }, "y"] }, { equal: [{ tag: "a" }, "x"] }] },
    ],
    ["a range and its halves", { ip: "10.0.0.0/8" }, { ip: ["10.0.0.0/9", "10.128.0.0/9"] }],
    ["another name of a parameter", { rule: "own" }, { equal: [{ tag: "t" }, { param: "id" }] }],
  ])("is none where only the words differ: %s", (_, one, other) => {
    const old = policyOf({ "GET /a/:id": one }, { rules: { own: { equal: [{ tag: "t" }, { param: "id" }] } } });
    const renamed = JSON.parse(JSON.stringify(other).replaceAll('"param":"id"', '"param":"key"'));
    const fresh = policyOf({ "GET /a/{key}": renamed });
    const diff = diffPolicies(old, fresh);
    expect(diff).toMatchObject({ verdict: "same", added: ["GET /a/{key}"], removed: ["GET /a/:id"] });
    expect(diff.text).toBe(
      [
        "the policies allow the same",
        "+ GET /a/{key}",
        "- GET /a/:id",
        "GET /a/:id, now GET /a/{key}",
        "  allows the same",
      ].join("\n"),
    );
    expect(diffPolicies(old, old)).toMatchObject({ verdict: "same", changes: [] });
  });

  it("tells routes that come, go and give way, with what that lets in", () => {
    const old = policyOf({ "GET /a/**": { group: "a" }, "GET /b": "authenticated" });
    const fresh = policyOf({ "GET /a/**": { group: "a" }, "GET /a/open": "anyone", "POST /c": "guest" });
    const diff = diffPolicies(old, fresh);
    expect(diff.text).toBe(
      [
        "the policies differ in what they allow",
        "+ GET /a/open",
        "+ POST /c",
        "- GET /b",
        "GET /a/**, now GET /a/open",
        "  let in: an anonymous caller",
        "    asks: GET /a/open",
        "    new: anyone is true",
        '    old: group("a") is false',
        "GET /b, of requests that have no route any more",
        "  shut out: a user with an access or ID token of a user pool",
        "    asks: GET /b",
        "    old: authenticated is true",
        "POST /c, of requests that had no route",
        "  let in: a guest of an identity pool who signs",
        "    asks: POST /c",
        "    new: guest is true",
      ].join("\n"),
    );
  });

  const functions = { f: () => true, g: () => true };
  const asking = (routes: Record<string, Rule>) => definePolicy({ routes } as PolicyInit, { functions });

  it("says what functions and engines would have to answer", () => {
    const old = asking({ "GET /a/:id": { allOf: [{ group: "a" }, { custom: "f" }] } });
    const fresh = asking({ "GET /a/:id": { group: "a" } });
    const diff = diffPolicies(old, fresh);
    expect(diff.verdict).toBe("unknown");
    expect(diff.changes[0]?.gains?.provided).toEqual([{ leaf: 'custom("f")', answer: false }]);
    expect(diff.text).toBe(
      [
        "it cannot be told whether the policies allow the same",
        "GET /a/:id",
        '  cannot tell, but perhaps let in: a user with an access or ID token of a user pool, groups ["a"]',
        "    asks: GET /a/other-1",
        '    where custom("f") is false',
        '    old and new: group("a") is true',
        '    old: custom("f") is false',
      ].join("\n"),
    );
  });

  it("says so of named rules that ask, and of answers that cannot tell", () => {
    const named = definePolicy(
      { rules: { owns: { custom: "f" } }, routes: { "GET /a": { allOf: [{ rule: "owns" }, { group: "a" }] } } },
      { functions },
    );
    const plain = asking({ "GET /a": { group: "a" } });
    expect(diffPolicies(named, plain).changes[0]?.gains?.provided).toEqual([{ leaf: 'custom("f")', answer: false }]);
    const eitherWay: Rule = { anyOf: [{ custom: "f" }, { not: { custom: "f" } }] };
    const unlessUnsure = asking({ "GET /a": { allOf: [{ group: "a" }, eitherWay] } });
    expect(diffPolicies(unlessUnsure, plain).changes[0]?.gains?.provided).toEqual([
      { leaf: 'custom("f")', answer: "indeterminate" },
    ]);
  });

  it("compares a rest with the segments that it is made of elsewhere", () => {
    const rest = policyOf({ "GET /files/*path": { equal: [{ tag: "file" }, { param: "path" }] } });
    const two = policyOf({
      "GET /files/*path": { equal: [{ tag: "file" }, { param: "path" }] },
      "GET /files/:folder/:name": { equal: [{ tag: "file" }, { param: "name" }] },
    });
    const diff = diffPolicies(rest, two);
    expect(diff.verdict).not.toBe("same");
    const pair = policyOf({ "GET /files/:folder/:name": "authenticated" });
    for (const path of ["a/b", "a", "a/b/c"]) {
      const exact = policyOf({ "GET /files/*path": { equal: [{ param: "path" }, path] } });
      const others = policyOf({ "GET /files/*path": { not: { equal: [{ param: "path" }, path] } } });
      expect(diffPolicies(pair, exact).verdict).toBe("different");
      expect(diffPolicies(pair, others).verdict).toBe("different");
      expect(diffPolicies(others, pair).verdict).toBe("different");
    }
  });

  it("knows a segment with escapes and letters in another case", () => {
    const old = policyOf({ "GET /caf%C3%A9/:id": { group: "a" } });
    const shouted = policyOf({ "GET /CAF%C3%A9/:id": { group: "a" } });
    expect(diffPolicies(old, shouted).verdict).toBe("same");
    for (const text of ["CAFé", "CAFés"]) {
      const any = policyOf({ "GET /:any/:id": { equal: [{ param: "any" }, text] } });
      expect(diffPolicies(old, any).verdict).toBe("different");
      expect(diffPolicies(any, old).verdict).toBe("different");
    }
  });

  it("takes answers to one question for the same, and those to others not", () => {
    const about = (name: string, param: string): Rule => ({ custom: { name, arguments: { id: { param } } } });
    const one = asking({ "GET /a/:id": { anyOf: [about("f", "id"), { group: "a" }] } });
    const same = asking({ "GET /a/:id": { anyOf: [{ group: "a" }, about("f", "id")] } });
    const other = asking({ "GET /a/:id": { anyOf: [{ group: "a" }, about("g", "id")] } });
    const certain = asking({ "GET /a/:id": { anyOf: [{ group: "a" }, about("f", "id"), { group: "b" }] } });
    const moved = asking({ "GET /a/:key": { anyOf: [{ group: "a" }, about("f", "key")] } });
    expect(diffPolicies(one, one).verdict).toBe("same");
    expect(diffPolicies(one, same).verdict).toBe("same");
    expect(diffPolicies(one, other)).toMatchObject({ verdict: "unknown", changes: [{ gains: {}, loses: {} }] });
    expect(diffPolicies(one, moved).verdict).toBe("unknown");
    expect(diffPolicies(one, certain).verdict).toBe("unknown");
    expect(diffPolicies(certain, asking({ "GET /a/:id": "authenticated" })).changes[0]).toMatchObject({
      gains: { provided: [{ leaf: expect.stringMatching(/^custom/), answer: false }] },
      loses: { caller: { kind: "guest", groups: ["b"] }, provided: [] },
    });
    expect(
      diffPolicies(one, asking({ "GET /a/:id": { allOf: [about("f", "id"), "guest", { scope: "x" }] } })),
    ).toMatchObject({
      verdict: "different",
      changes: [{ loses: { caller: { groups: ["a"] }, provided: [] } }],
    });
  });

  it("asks anew under each route, where functions may answer otherwise", () => {
    const routes = (rule: Rule) => asking({ "GET /a": rule, "GET /b": rule });
    const diff = diffPolicies(routes({ custom: "f" }), routes({ group: "a" }));
    expect(diff.changes.map(({ before, gains, loses }) => [before, gains?.provided, loses?.provided])).toEqual([
      ["GET /a", [{ leaf: 'custom("f")', answer: false }], [{ leaf: 'custom("f")', answer: true }]],
      ["GET /b", [{ leaf: 'custom("f")', answer: false }], [{ leaf: 'custom("f")', answer: true }]],
    ]);
  });

  it("names all that a witness has and asks with", () => {
    const rule: Rule = {
      allOf: [
        { equal: [{ header: "X-Tier" }, "gold"] },
        { equal: [{ query: "q s" }, "a&b"] },
        { role: "arn:aws-cn:iam::111111111111:role/a*" },
        { userId: true }.userId ? { equal: [{ userId: true }, { param: "id" }] } : "anyone",
        { not: { equal: [{ identityId: true }, "x"] } },
        { ip: "2001:db8::/32" },
        { stepUp: { maxAge: 60 } },
        { issuer: "https://p.example" },
      ],
    };
    const diff = diffPolicies(policyOf({}), policyOf({ "GET /:id": rule }));
    expect(diff.changes[0]?.gains).toMatchObject({
      caller: {
        ...{ kind: "user", verifiedBy: "signed-request", issuer: "https://p.example", userId: "other-1" },
        ...{ identityId: "other-1", ip: "2001:db8:0:0:0:0:0:0", authAge: 60 },
        role: "arn:aws-cn:iam::111111111111:role/a",
      },
      request: { method: "GET", target: "/other-1?q+s=a%26b", headers: { "X-Tier": "gold" } },
    });
    const claims: Rule = {
      allOf: [{ equal: [{ claim: "n" }, 1] }, { stepUp: { amr: "mfa" } }, { client: "c" }, { scope: "s" }],
    };
    const other = diffPolicies(policyOf({ "GET /a": claims }), policyOf({}));
    expect(other.changes[0]?.loses?.caller).toMatchObject({
      claims: { n: 1, amr: ["mfa"] },
      clientId: "c",
      scopes: ["s"],
    });
    expect(other.text).toContain('claims {"n":1,"amr":["mfa"]}');
    const open = diffPolicies(
      policyOf({ "GET /a": "anyone" }),
      policyOf({ "GET /a": { anyOf: ["guest", { not: { group: "x" } }] } }),
    );
    expect(open.text).toContain("other groups unknown");
    const unknown: Rule = {
      allOf: [
        { identityId: true }.identityId ? { equal: [{ identityId: true }, "i"] } : "guest",
        { not: "guest" },
        { equal: [{ claim: "c" }, "x"] },
      ],
    };
    expect(
      diffPolicies(
        policyOf({ "GET /a": unknown }),
        policyOf({ "GET /a": { allOf: [unknown, { not: { group: "x" } }] } }),
      ).text,
    ).toContain("groups unknown");
  });

  it("follows parameters through paths that routes share", () => {
    const is = (param: string, value: string): Rule => ({ equal: [{ param }, value] });
    const gain = (old: Policy, fresh: Policy) =>
      diffPolicies(old, fresh).changes.map(({ gains }) => gains?.request.target);
    const none = policyOf({});
    expect(gain(none, policyOf({ "GET /a/*rest": is("rest", "x") }))).toEqual(["/a/x"]);
    expect(gain(none, policyOf({ "GET /a/*rest": is("rest", "x/é") }))).toEqual(["/a/x/%C3%A9"]);
    expect(gain(none, policyOf({ "GET /a/*rest": is("rest", "b/c"), "GET /a/b/**": "guest" }))[0]).toBe("/a/b");
    expect(gain(policyOf({ "GET /a/:id": is("id", "x") }), policyOf({ "GET /a/*rest": is("rest", "x") }))).toEqual([
      undefined,
    ]);
    const spelled = (caseSensitive: boolean) =>
      policyOf({ "GET /ab%C3%A9/:id": is("id", "x"), "GET /:p/:q": is("p", "ABé") }, { caseSensitive });
    expect(diffPolicies(spelled(true), spelled(true)).verdict).toBe("same");
    expect(gain(spelled(false), spelled(true))).toContain("/AB%C3%A9/other-1");
    const tags = (one: string, other: string): Rule => ({
      allOf: [
        { equal: [{ tag: "a" }, { param: one }] },
        { equal: [{ tag: "b" }, { param: other }] },
        { not: { equal: [{ tag: "a" }, { tag: "b" }] } },
      ],
    });
    expect(gain(policyOf({ "GET /A/:x": "guest" }), policyOf({ "GET /:p/:x": tags("p", "x") }))).toContain(
      "/A/other-1",
    );
    expect(gain(none, policyOf({ "GET /:p/*x": tags("p", "x") }))).toContain("/other-1/other-2");
  });

  it("cuts requests where the case of letters or a slash matters to one policy alone", () => {
    const [loose, exact] = [policyOf({ "GET /a": "guest" }), policyOf({ "GET /a": "guest" }, { strict: true })];
    expect(diffPolicies(loose, exact).changes).toMatchObject([
      { before: "GET /a", loses: { request: { target: "/a/" } } },
    ]);
    const sensitive = policyOf({ "GET /a": "guest" }, { caseSensitive: true });
    expect(diffPolicies(loose, sensitive).changes).toMatchObject([{ loses: { request: { target: "/A" } } }]);
    const [plain, escaped] = [policyOf({ "GET /@a": "guest" }), policyOf({ "GET /%40a": "guest" })];
    expect(diffPolicies(plain, escaped).changes).toMatchObject([
      { before: "GET /@a", loses: { request: { target: "/@a" } } },
      { after: "GET /%40a", gains: { request: { target: "/%40a" } } },
    ]);
    const param = policyOf({ "GET /@a": "guest", "GET /:id": "guest" });
    expect(diffPolicies(param, policyOf({ "GET /:id": "guest" })).changes).toMatchObject([
      { before: "GET /@a", after: "GET /:id" },
      { after: "GET /:id", gains: { request: { target: "/%40a" } } },
    ]);
  });

  it("asks of a strict policy for the root once, which has no slash to leave out", () => {
    const strict = (rule: Rule) => policyOf({ "GET /": rule }, { strict: true });
    expect(diffPolicies(strict("guest"), strict("anyone")).changes).toMatchObject([
      { before: "GET /", after: "GET /", gains: { request: { target: "/" } } },
    ]);
  });

  it("knows a role by the account that vouches for it", () => {
    const [none, account]: readonly Rule[] = [{ group: "nobody" }, { issuer: "123456789012" }];
    const batch: Rule = { allOf: [account as Rule, { role: "123456789012/Batch" }] };
    expect(diffPolicies(policyOf({ "GET /a": none as Rule }), policyOf({ "GET /a": batch })).changes).toMatchObject([
      { gains: { caller: { kind: "role", role: "123456789012/Batch" } } },
    ]);
    const pool: Rule = { issuer: "https://idp.example.com" };
    expect(diffPolicies(policyOf({ "GET /a": account as Rule }), policyOf({ "GET /a": pool })).verdict).toBe(
      "different",
    );
  });

  it("judges a witness by a named rule that is used twice", () => {
    const named = (groups: readonly [string, ...string[]]) =>
      policyOf(
        { "GET /a": { anyOf: [{ allOf: [{ rule: "desk" }, { scope: "s" }] }, { rule: "desk" }] } },
        { rules: { desk: { group: groups } } },
      );
    expect(diffPolicies(named(["a"]), named(["a", "b"])).changes).toMatchObject([
      { after: "GET /a", gains: { caller: { groups: ["b"] } } },
    ]);
  });

  it("cannot tell where parts of a path depend on each other", () => {
    const old = policyOf({ "GET /*rest": { equal: [{ tag: "a" }, { param: "rest" }] } });
    const fresh = policyOf({ "GET /:a/:b": { equal: [{ tag: "a" }, { param: "b" }] }, "GET /*rest": "guest" });
    const diff = diffPolicies(old, fresh);
    expect(diff.changes.find(({ after }) => after === "GET /:a/:b")?.unknown).toHaveLength(1);
    expect(diff.text).toContain("cannot tell: its rules read the rest of a path and a part of that");
  });

  it("cannot tell in bounded time of rules and tables that are too complex", () => {
    const tags = Array.from({ length: 12 }, (_, index) => ({ tag: `t${index}` }));
    const different = tags.flatMap((one, index) =>
      tags.slice(index + 1).map((other): Rule => ({ not: { equal: [one, other] } })),
    );
    const values = tags.map((own): Rule => ({ oneOf: [own, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]] }));
    const hard = { allOf: [...values, ...different] } as unknown as Rule;
    const started = processorTime();
    const diff = diffPolicies(policyOf({ "GET /a": hard }), policyOf({ "GET /a": { anyOf: [hard, { group: "a" }] } }));
    expect(processorTime() - started).toBeLessThan(50_000);
    expect(diff).toMatchObject({
      verdict: "unknown",
      changes: [{ unknown: ["its rules are too complex to compare"] }],
    });
    const crossing = Array.from({ length: 330 }, (_, index) => [`GET /x${index}/:b`, `GET /:a/y${index}`]).flat();
    const table = policyOf(Object.fromEntries(crossing.map((key): [string, Rule] => [key, "guest"])));
    expect(diffPolicies(table, table).text).toBe(
      [
        "it cannot be told whether the policies allow the same",
        "all routes",
        "  cannot tell: the routes of the policies overlap in too many ways to compare them",
      ].join("\n"),
    );
  });

  it("counts in callers of other verifiers where there are any", () => {
    const old = policyOf({ "GET /a": { scope: "a" } });
    const fresh = policyOf({ "GET /a": { allOf: [{ scope: "a" }, { not: "guest" }] } });
    expect(diffPolicies(old, fresh).verdict).toBe("same");
    expect(diffPolicies(old, fresh, { customVerifiers: true })).toMatchObject({
      verdict: "different",
      changes: [{ loses: { caller: { kind: "guest", scopes: ["a"] } } }],
    });
  });

  it("is not believed where the policies judge a witness otherwise", () => {
    const old = policyOf({ "GET /a": { group: "a" } });
    const fresh = policyOf({ "GET /a": { group: "b" } });
    const deaf: Policy = { ...fresh, match: (method, target) => old.match(method, target) };
    expect(() => diffPolicies(old, deaf)).toThrow("is not what the policies say");
    const elsewhere: Policy = {
      ...fresh,
      match: (method, target) => {
        const match = fresh.match(method, target);
        return match && target.query === undefined
          ? { ...match, route: target.path === "/a" ? "GET /a" : "" }
          : undefined;
      },
    };
    const queried = policyOf({ "GET /a": { allOf: [{ group: "b" }, { equal: [{ query: "x" }, "y"] }] } });
    expect(() => diffPolicies(old, { ...queried, match: elsewhere.match })).toThrow("is not what the policies say");
  });
});

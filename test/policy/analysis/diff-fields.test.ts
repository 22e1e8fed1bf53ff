import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import { diffPolicies } from "../../../src/policy/analysis/diff-policies.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import type { RuleInput } from "../../../src/policy/evaluation.ts";
import type { FieldName } from "../../../src/policy/field-key.ts";
import { judgedFields } from "../../../src/policy/judged-fields.ts";
import { PolicyError } from "../../../src/policy/policy-error.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { closedGroups, createPrincipal } from "../../../src/principal.ts";
import { ruleInput } from "../rule-input.ts";
import { anyCaller, anyInput, anyRule } from "./generated.ts";

const functions = { f: () => true, g: () => true };
const policyOf = (init: object): Policy => definePolicy(init as PolicyInit, { functions });
const nobody: Rule = { not: "anyone" };
const group = (...names: string[]): Rule => ({ group: names as [string, ...string[]] });
/** Lets in one more, if the rule and `require` did not. */
const planted = (rule: Rule): Rule => ({ anyOf: [rule, { group: "planted" }] });

/** As front doors judge: root fields of the usual types, and further in what they look at. */
function allowsField(policy: Policy, field: FieldName, input: RuleInput): boolean {
  const isRoot = /^(?:Query|Mutation|Subscription)\./.test(field);
  const isJudged = isRoot || judgedFields({ fields: ["Query.a"], nested: [field] }, policy).includes(field, 1);
  return !isJudged || policy.matchField(field)?.rule.evaluate(input) === true;
}

function allowsConnection(policy: Policy, input: RuleInput): boolean {
  return policy.connect?.evaluate(input) === true;
}

describe("the difference of two policies in fields and connect", () => {
  it.each<[string, object, object]>([
    ["the same words", { fields: { "Query.a": group("a") } }, { fields: { "Query.a": group("a") } }],
    ["the order of groups", { fields: { "Query.a": group("a", "b") } }, { fields: { "Query.a": group("b", "a") } }],
    [
      "a default that is written out",
      { fields: { "Query.a": "guest" } },
      { fields: { "Query.a": "guest", "*": "authenticated" } },
    ],
    [
      "a named rule",
      { fields: { "User.email": { rule: "r" } }, rules: { r: group("a") } },
      { fields: { "User.email": group("a") } },
    ],
    [
      "require",
      { require: group("a"), fields: { "*": "authenticated" } },
      { fields: { "*": { allOf: [group("a"), "authenticated"] } } },
    ],
    [
      "a key of its own beside that of its type",
      { fields: { "Query.*": group("a") } },
      { fields: { "Query.*": group("a"), "Query.a": group("a") } },
    ],
    [
      "all root types in place of *",
      { fields: { "*": nobody } },
      { fields: { "Query.*": nobody, "Mutation.*": nobody, "Subscription.*": nobody } },
    ],
    [
      "a * that takes nothing",
      { fields: { "Query.*": "guest", "Mutation.*": "guest", "Subscription.*": "guest", "*": "anyone" } },
      { fields: { "Query.*": "guest", "Mutation.*": "guest", "Subscription.*": "guest", "*": nobody } },
    ],
    [
      "a key for anyone further in",
      { fields: { "User.name": "anyone", "*": "anyone" } },
      { fields: { "*": "anyone" } },
    ],
    ["connect", { connect: { not: { not: "guest" } } }, { connect: "guest" }],
    ["a named rule that nothing uses", { connect: "guest", rules: { r: "guest" } }, { connect: "guest" }],
  ])("is none where only the words differ: %s", (_, one, other) => {
    for (const [old, fresh] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(diffPolicies(policyOf(old), policyOf(fresh)).verdict).toBe("same");
    }
  });

  const base = {
    require: { not: { group: "suspended" } },
    rules: { staff: group("staff") },
    fields: {
      "Query.health": "anyone",
      "Mutation.*": group("editors"),
      "Mutation.deleteUser": { rule: "staff" },
      "User.email": group("admins"),
      "Order.*": group("sales"),
    },
    connect: "guest",
  };

  it.each<[string, object, object, object]>([
    [
      "a field",
      { fields: { ...base.fields, "User.email": planted(group("admins")) } },
      { field: "User.email", before: "User.email", after: "User.email" },
      { field: "User.email" },
    ],
    [
      "all fields of a type",
      { fields: { ...base.fields, "Mutation.*": planted(group("editors")) } },
      { before: "Mutation.*", after: "Mutation.*" },
      { field: "Mutation.other" },
    ],
    [
      "all fields of a type further in",
      { fields: { ...base.fields, "Order.*": planted(group("sales")) } },
      { before: "Order.*", after: "Order.*" },
      { field: "Order.other" },
    ],
    [
      "a key that is more specific",
      { fields: { ...base.fields, "Mutation.pay": planted(group("editors")) } },
      { before: "Mutation.*", after: "Mutation.pay" },
      { field: "Mutation.pay" },
    ],
    [
      "a key that is gone",
      { fields: { ...base.fields, "Mutation.*": planted(group("editors")), "Mutation.other": group("editors") } },
      { before: "Mutation.*", after: "Mutation.*" },
      { field: "Mutation.other1" },
    ],
    [
      "a named rule",
      { rules: { staff: planted(group("staff")) } },
      { before: "Mutation.deleteUser" },
      { field: "Mutation.deleteUser" },
    ],
    [
      "connect",
      { connect: planted("guest") },
      { connect: true, before: "$connect", after: "$connect" },
      { connect: true },
    ],
  ])("has whom is let in by one group more: %s", (_, more, change, request) => {
    const [old, fresh] = [policyOf(base), policyOf({ ...base, ...more })];
    const gains = { caller: { groups: ["planted"] }, request, provided: [] };
    const { verdict, changes } = diffPolicies(old, fresh);
    expect(verdict).toBe("different");
    const found = changes.filter((own) => own.gains !== undefined);
    expect(found).toMatchObject([{ ...change, gains }]);
    expect(found[0]).not.toHaveProperty("loses");
    expect(found[0]?.gains?.request).toEqual(request);
    const back = diffPolicies(fresh, old).changes.filter((own) => own.loses !== undefined);
    expect(back).toMatchObject([{ loses: gains }]);
  });

  it("looks at what only * takes, and finds what require lets in", () => {
    const wide = diffPolicies(policyOf(base), policyOf({ ...base, fields: { ...base.fields, "*": "anyone" } }));
    expect(wide.changes).toMatchObject([
      { field: "Query.other", before: "*", after: "*", gains: { caller: { kind: "anonymous" } } },
    ]);
    const { require: _, ...lax } = base;
    const fields = diffPolicies(policyOf(base), policyOf(lax)).changes.map(({ field, connect }) => field ?? connect);
    expect(fields).toEqual(["Mutation.other", "Mutation.deleteUser", "User.email", "Order.other", "Query.other", true]);
  });

  it("tells fields that come, go and give way, with what that lets in", () => {
    const old = policyOf({ fields: { "User.email": group("a"), "Query.a": "guest" } });
    const fresh = policyOf({ fields: { "Order.*": { equal: [{ header: "x-tier" }, "gold"] }, "*": "authenticated" } });
    expect(diffPolicies(old, fresh).text).toBe(
      [
        "the policies differ in what they allow",
        "fields User.email, which now comes with the field that leads to it",
        "  let in: an anonymous caller",
        "    asks: the field User.email",
        '    old: group("a") is false',
        "fields Query.a, now *",
        "  let in: a user with an access or ID token of a user pool",
        "    asks: the field Query.a",
        "    new: authenticated is true",
        "    old: guest is false",
        "  shut out: a guest of an identity pool who signs",
        "    asks: the field Query.a",
        "    old: guest is true",
        "    new: authenticated is false",
        "fields Order.*, which came with the field that leads to it",
        "  shut out: an anonymous caller",
        "    asks: the field Order.other",
        '    new: equal(header("x-tier"), "gold") is indeterminate',
      ].join("\n"),
    );
    expect(diffPolicies(fresh, old).changes[0]).toMatchObject({ field: "Order.other", open: "new", before: "Order.*" });
    const tiered = (tier: string) => policyOf({ fields: { "Query.a": { equal: [{ header: "x-tier" }, tier] } } });
    expect(diffPolicies(tiered("gold"), tiered("tin")).changes[0]?.gains?.request).toEqual({
      field: "Query.a",
      headers: { "x-tier": "tin" },
    });
    expect(diffPolicies(tiered("gold"), tiered("tin")).text).toContain("asks: the field Query.a, x-tier: tin\n");
  });

  it("denies all fields where a policy has none, and whoever connects where it has no rule for that", () => {
    const none = policyOf({ routes: {} });
    const some = policyOf({ fields: { "User.email": "guest", "*": nobody }, connect: "authenticated" });
    const [came, went] = [diffPolicies(none, some), diffPolicies(some, none)];
    expect(came.changes.map(({ field, connect, before, after }) => [field ?? connect, before, after])).toEqual([
      ["User.email", undefined, "User.email"],
      [true, undefined, "$connect"],
    ]);
    expect(came.text.split("\n")).toEqual(
      expect.arrayContaining(["fields User.email, of a policy that had no fields", "connect, which had no rule"]),
    );
    expect(went.text.split("\n")).toEqual(
      expect.arrayContaining([
        "fields User.email, of a policy that has no fields any more",
        "connect, which has no rule any more",
        "    asks: to connect",
      ]),
    );
    expect(went.changes.every(({ loses, gains }) => loses !== undefined && gains === undefined)).toBe(true);
    expect(diffPolicies(none, none)).toMatchObject({ verdict: "same", changes: [] });
  });

  it("tells what a connection is opened with", () => {
    const rule: Rule = { allOf: [{ equal: [{ query: "room" }, "a b"] }, { equal: [{ header: "x-a" }, "1"] }] };
    const diff = diffPolicies(policyOf({ connect: { allOf: [rule, group("a")] } }), policyOf({ connect: rule }));
    expect(diff.changes[0]?.gains?.request).toEqual({ connect: true, target: "/?room=a+b", headers: { "x-a": "1" } });
    expect(diff.text).toContain("connect\n");
    expect(diff.text).toContain("asks: to connect with ?room=a+b, x-a: 1\n");
  });

  it("cannot tell of a key for anyone that guards nothing, unless operations begin with its type", () => {
    const old = policyOf({ fields: { "query_root.health": "anyone" } });
    const fresh = policyOf({ fields: { "*": "authenticated" } });
    for (const diff of [diffPolicies(old, fresh), diffPolicies(fresh, old)]) {
      expect(diff).toMatchObject({
        verdict: "unknown",
        changes: [{ field: "query_root.health", unknown: [expect.stringContaining("begin with query_root")] }],
      });
    }
  });

  it("says what functions and engines would have to answer, of each field anew", () => {
    const fields = (rule: Rule) => policyOf({ fields: { "Query.a": rule, "Query.b": rule }, connect: rule });
    const diff = diffPolicies(fields({ custom: "f" }), fields(group("a")));
    expect(diff.verdict).toBe("unknown");
    expect(diff.changes.map(({ field, loses }) => [field, loses?.provided])).toEqual(
      ["Query.a", "Query.b", undefined].map((field) => [field, [{ leaf: 'custom("f")', answer: true }]]),
    );
    expect(diffPolicies(fields({ custom: "f" }), fields({ custom: "g" })).verdict).toBe("unknown");
    const twice = fields({ anyOf: [{ custom: "f" }, { allOf: [{ custom: "f" }, group("a")] }] });
    expect(diffPolicies(fields({ custom: "f" }), twice).verdict).toBe("same");
    const wide = policyOf({ fields: { "Query.*": { anyOf: [{ custom: "f" }, nobody] } } });
    const [change] = diffPolicies(policyOf({ fields: { "Query.a": { custom: "f" } } }), wide).changes;
    expect(change).toEqual({ field: "Query.a", before: "Query.a", after: "Query.*" });
  });

  it("is not believed where the policies judge a witness otherwise", () => {
    const old = policyOf({ fields: { "Query.a": group("a") }, connect: group("a") });
    const fresh = policyOf({ fields: { "Query.a": group("b") }, connect: group("b") });
    const deaf: Policy = { ...fresh, matchField: old.matchField };
    expect(() => diffPolicies(old, deaf)).toThrow("the analysis of the field Query.a is not what the policies say");
    expect(() => diffPolicies(old, { ...fresh, connect: old.connect })).toThrow("the analysis of to connect");
  });
});

const free = anyRule({ params: false }).filter((rule) => !JSON.stringify(rule).includes('"query"'));
const keys = ["Query.a", "Query.*", "Mutation.a", "Mutation.*", "Subscription.*", "User.a", "User.*", "*"];
const some = fc.option(free, { nil: undefined });
const init = fc.record({
  fields: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), free), { minLength: 1, maxLength: 4, selector: ([key]) => key })
    .map((entries): Record<string, Rule> => Object.fromEntries(entries)),
  require: some,
  connect: some,
});
type Init = typeof init extends fc.Arbitrary<infer Value> ? Value : never;
const withRule = (one: Init, key: string, rule: Rule): Init =>
  key === "connect" ? { ...one, connect: rule } : { ...one, fields: { ...one.fields, [key]: rule } };

function load({ require, connect, fields }: Init): Policy | undefined {
  try {
    return policyOf({ fields, ...(require && { require }), ...(connect && { connect }) });
  } catch (thrown) {
    if (thrown instanceof PolicyError) return undefined;
    throw thrown;
  }
}

/** Two policies of which the second mostly is the first with a rule changed, left out or spelled otherwise. */
const pair = fc.oneof(
  fc.tuple(init, init),
  fc
    .tuple(init, fc.constantFrom(...keys, "connect"), free)
    .map(([one, key, rule]): [Init, Init] => [one, withRule(one, key, rule)]),
  fc.tuple(init, fc.nat()).map(([one, index]): [Init, Init] => {
    const left = Object.entries(one.fields).filter((_, at, { length }) => at !== index % length);
    return [one, { ...one, fields: Object.fromEntries(left) }];
  }),
  init.map((one): [Init, Init] => {
    const spelled = Object.entries(one.fields).map(([key, rule]): [string, Rule] => [key, { not: { not: rule } }]);
    return [one, { ...one, fields: Object.fromEntries(spelled) }];
  }),
  fc.tuple(init, free).map(([one, require]): [Init, Init] => [one, { ...one, require }]),
);
const asked: readonly FieldName[] = [
  ...(["Query.a", "Query.b", "Mutation.a", "Mutation.b", "Subscription.a", "User.a", "User.b", "Order.a"] as const),
];

describe("the difference of generated policies in fields and connect", () => {
  it("has somebody wherever a caller is met who is judged otherwise", () => {
    const seen = { same: 0, different: 0, unknown: 0, met: 0 };
    const callers = fc.array(anyInput(anyCaller(callerProfiles)), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(pair, callers, ([one, two], met) => {
        const [old, fresh] = [load(one), load(two)];
        if (old === undefined || fresh === undefined) return;
        const diff = diffPolicies(old, fresh);
        seen[diff.verdict]++;
        const keyOf = (policy: Policy, field: FieldName) => {
          const key = policy.matchField(field)?.field;
          return key === "*" && /^(?:User|Order)/.test(field) ? undefined : key;
        };
        for (const input of met) {
          for (const field of asked) {
            const [before, after] = [allowsField(old, field, input), allowsField(fresh, field, input)];
            if (before === after) continue;
            seen.met++;
            const change = diff.changes.find(
              (own) => own.field && own.before === keyOf(old, field) && own.after === keyOf(fresh, field),
            );
            expect(change?.[after ? "gains" : "loses"]).toBeDefined();
          }
          const [before, after] = [allowsConnection(old, input), allowsConnection(fresh, input)];
          if (before === after) continue;
          seen.met++;
          const change = diff.changes.find(({ connect }) => connect);
          expect(change?.[after ? "gains" : "loses"]).toBeDefined();
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.same).toBeGreaterThan(10);
    expect(seen.different).toBeGreaterThan(50);
    expect(seen.met).toBeGreaterThan(200);
    expect(seen.unknown).toBeLessThan(seen.same);
  });

  it("finds a group that is planted in any rule, whenever that lets somebody in", () => {
    const insider = ruleInput({
      principal: createPrincipal({
        ...{ kind: "user", id: "id", issuer: "p", verifiedBy: "user-pool", userId: "x", clientId: "c" },
        ...{ groups: closedGroups(["planted"]), claims: {} },
      }),
    });
    let found = 0;
    fc.assert(
      fc.property(init, fc.constantFrom(...keys, "connect"), (one, key) => {
        const own = key === "connect" ? one.connect : one.fields[key];
        const [old, fresh] = [load(one), load(withRule(one, key, planted(own ?? nobody)))];
        if (old === undefined || fresh === undefined) return;
        const diff = diffPolicies(old, fresh);
        for (const field of asked) {
          if (allowsField(old, field, insider) || !allowsField(fresh, field, insider)) continue;
          found++;
          expect(diff.verdict).toBe("different");
          expect(diff.changes.find(({ field: of, after }) => of && after === key)?.gains).toBeDefined();
        }
        if (allowsConnection(old, insider) || !allowsConnection(fresh, insider)) return;
        found++;
        expect(diff).toMatchObject({ verdict: "different", changes: [{ connect: true, gains: {} }] });
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(10);
  });
});

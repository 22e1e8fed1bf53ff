import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRule } from "../../src/policy/compile.ts";
import { definePolicy, type PolicyInit } from "../../src/policy/define-policy.ts";
import type { RuleInput } from "../../src/policy/evaluation.ts";
import type { ExplainedRule } from "../../src/policy/explain.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Remedy } from "../../src/policy/remedy.ts";
import type { Literal, Operand, Rule, StepUpNeeds } from "../../src/policy/rule.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../src/principal.ts";
import { parseTarget } from "../../src/target.ts";
import { referenceEvaluate } from "./reference-evaluator.ts";
import { referenceMatch } from "./reference-matcher.ts";
import { ruleInput } from "./rule-input.ts";

// Few names, so that rules and callers meet often and every outcome comes up often.
const name = fc.constantFrom("a", "b", "__proto__");
const text = fc.constantFrom("x", "y", "*", "");
const literal: fc.Arbitrary<Literal> = fc.oneof(text, fc.constantFrom<Literal>(1, 2, 0, -0, true, false, "1"));
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | [T, ...T[]]> =>
  fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<[T, ...T[]]>);
const accounts = fc.constantFrom("111111111111", "222222222222");
const roles = fc.constantFrom("Ed", "Editor", "E.d");

const operand: fc.Arbitrary<Operand> = fc.oneof(
  name.map((claim) => ({ claim })),
  name.map((tag) => ({ tag })),
  name.map((param) => ({ param })),
  name.map((query) => ({ query })),
  fc.constantFrom("h1", "H2").map((header) => ({ header })),
  fc.constant<Operand>({ userId: true }),
  fc.constant<Operand>({ identityId: true }),
);

/** Claims alone can be other than text. */
const comparableWith = (other: Operand) => ("claim" in other ? literal : text);

const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom<Rule>("anyone", "authenticated", "guest"),
  some(name).map((group) => ({ group })),
  some(name).map((scope) => ({ scope })),
  some(
    fc.oneof(
      fc.tuple(accounts, fc.constantFrom("Ed", "Ed*", "*", "E*r", "*d")).map(([id, role]) => `${id}/${role}` as const),
      fc
        .tuple(fc.constantFrom("aws", "aws-cn"), accounts, fc.constantFrom("Ed", "E*"))
        .map(([partition, id, role]) => `arn:${partition}:iam::${id}:role/${role}` as const),
    ),
  ).map((role) => ({ role })),
  some(accounts).map((account) => ({ account })),
  some(fc.constantFrom("p", "q")).map((issuer) => ({ issuer })),
  some(fc.constantFrom("client", "other", "__proto__")).map((client) => ({ client })),
  some(fc.constantFrom("10.0.0.0/8", "10.1.2.3", "::/0", "2001:db8::/32", "0.0.0.0/0")).map((ip) => ({ ip })),
  operand.chain((left) => fc.oneof(operand, comparableWith(left)).map((right) => ({ equal: [left, right] as const }))),
  operand.chain((left) =>
    fc
      .uniqueArray(comparableWith(left), { minLength: 1, maxLength: 3, selector: (value) => (value === 0 ? 0 : value) })
      .map((list) => ({ oneOf: [left, list as [Literal, ...Literal[]]] as const })),
  ),
  fc
    .record(
      {
        acr: fc.constantFrom("urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:4"),
        amr: some(fc.constantFrom("pwd", "mfa", "hwk")),
        maxAge: fc.constantFrom(60, 900),
      },
      { requiredKeys: [] },
    )
    .filter((needs) => Object.keys(needs).length > 0)
    .map((needs) => ({ stepUp: needs as StepUpNeeds })),
);

const ruleOver = (leaves: fc.Arbitrary<Rule>) =>
  fc.letrec<{ rule: Rule }>((tie) => {
    const parts = fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<[Rule, ...Rule[]]>;
    return {
      rule: fc.oneof(
        { maxDepth: 4, depthSize: "medium" },
        leaves,
        parts.map((allOf) => ({ allOf })),
        parts.map((anyOf) => ({ anyOf })),
        tie("rule").map((not) => ({ not })),
      ),
    };
  }).rule;

const rule = ruleOver(leaf);
const groups = fc.option(
  fc
    .tuple(fc.array(name, { maxLength: 2 }), fc.boolean())
    .map(([names, closed]) => (closed ? closedGroups(names) : openGroups(names))),
  { nil: undefined },
);

const caller: fc.Arbitrary<Principal> = fc
  .record({
    kind: fc.constantFrom("user", "client", "role", "guest", "anonymous"),
    issuer: fc.constantFrom("p", "q", ""),
    groups,
    scopes: fc.option(fc.array(name, { maxLength: 2 }), { nil: undefined }),
    role: fc.option(fc.tuple(fc.constantFrom("aws", "aws-cn"), accounts, roles), { nil: undefined }),
    tags: fc.array(fc.tuple(name, text), { maxLength: 3 }),
    claims: fc.array(fc.tuple(name, fc.oneof(literal, fc.constantFrom(null, ["x"]))), { maxLength: 3 }),
    acr: fc.constantFrom("urn:cognito:loa:1", "urn:cognito:loa:3", "urn:cognito:loa:4", "urn:other", 3, undefined),
    amr: fc.oneof(
      fc.array(fc.constantFrom("pwd", "mfa"), { maxLength: 2 }),
      fc.constantFrom<unknown>("mfa", ["mfa", 1], undefined),
    ),
    age: fc.constantFrom(0, 60, 61, 5_000, -300, -301, undefined),
    userId: fc.option(text, { nil: undefined }),
    clientId: fc.constantFrom("client", "__proto__", undefined),
    identityId: fc.option(text, { nil: undefined }),
  })
  .map(({ kind, issuer, tags, claims, scopes, role, acr, amr, age, ...rest }) =>
    createPrincipal({
      kind,
      issuer,
      id: "id",
      verifiedBy: "test",
      ...(rest.groups && { groups: rest.groups }),
      ...(scopes && { scopes: new Set(scopes) }),
      ...(role && { role: { arn: "arn", partition: role[0], account: role[1], name: role[2] } }),
      ...(rest.userId !== undefined && { userId: rest.userId }),
      ...(rest.clientId !== undefined && { clientId: rest.clientId }),
      ...(rest.identityId !== undefined && { identityId: rest.identityId }),
      tags: new Map(tags),
      claims: Object.fromEntries([...claims, ["acr", acr], ["amr", amr]]),
      ...(age !== undefined && { authenticatedAt: new Date(Date.UTC(2026, 0, 1) - age * 1000) }),
    }),
  );

const input: fc.Arbitrary<RuleInput> = fc
  .record({
    principal: caller,
    query: fc.array(
      fc.tuple(fc.constantFrom("a", "b", "__proto__", "a[]", "%61"), fc.constantFrom("x", "y", "*", "")),
      {
        maxLength: 3,
      },
    ),
    headers: fc.array(fc.tuple(fc.constantFrom("h1", "H1", "h2"), text), { maxLength: 2 }),
    remoteAddress: fc.constantFrom("10.9.9.9", "::ffff:10.1.2.3", "192.0.2.1", "2001:db8::1", "unknown", undefined),
    params: fc.array(fc.tuple(name, fc.oneof(text, fc.constant(["x"]))), { maxLength: 3 }),
  })
  .map(({ principal, query, headers, params, remoteAddress }) =>
    ruleInput({
      principal,
      target: `/?${query.map((pair) => pair.join("=")).join("&")}`,
      headers: headers.flat(),
      ...(remoteAddress !== undefined && { remoteAddress }),
      params: Object.fromEntries(params),
    }),
  );

describe("a compiled rule", () => {
  it("agrees with the reference evaluator, over allows, denies and unknowns alike", () => {
    const seen = { true: 0, false: 0, undefined: 0 };
    fc.assert(
      fc.property(rule, input, (source, given) => {
        const expected = referenceEvaluate(source, given);
        expect(compileRule(source).evaluate(given)).toBe(expected);
        seen[`${expected}`]++;
      }),
      { numRuns: 4_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(600);
  });

  it("explains itself with the values that it judges by", () => {
    const agrees = ({ value, children, combinator }: ExplainedRule): boolean => {
      if (children === undefined) return true;
      const values = children.map((child) => child.value);
      const joined = {
        allOf: () => (values.includes(false) ? false : values.includes("indeterminate") ? "indeterminate" : true),
        anyOf: () => (values.includes(true) ? true : values.includes("indeterminate") ? "indeterminate" : false),
        not: () => (values[0] === "indeterminate" ? "indeterminate" : !values[0]),
      }[combinator ?? "allOf"]();
      return value === joined && children.every(agrees);
    };
    fc.assert(
      fc.property(rule, input, (source, given) => {
        const compiled = compileRule(source);
        const explained = compiled.explain(given);
        expect(explained.value).toBe(compiled.evaluate(given) ?? "indeterminate");
        expect(agrees(explained)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("says why, wherever a leaf is indeterminate, and nowhere else", () => {
    fc.assert(
      fc.property(leaf, input, (source, given) => {
        const { value, missing } = compileRule(source).explain(given);
        if (value === "indeterminate") expect(missing).toMatch(/\S/);
        else expect(missing).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("asks for scopes and for another authentication only where they would allow", () => {
    const asked = { scopes: 0, stepUp: 0 };
    fc.assert(
      fc.property(rule, input, (source, given) => {
        const compiled = compileRule(source);
        const remedy = compiled.remedy(given);
        if (remedy === undefined) return;
        expect(compiled.evaluate(given)).not.toBe(true);
        expect(remedy.scopes.length > 0 || remedy.stepUp !== undefined).toBe(true);
        if (remedy.stepUp === undefined) asked.scopes++;
        else asked.stepUp++;
        if (remedy.scopes.length > 0) expect(given.principal.scopes).toBeDefined();
        for (const wanted of remedy.scopes) expect(given.principal.scopes?.has(wanted)).toBe(false);
        if (remedy.stepUp !== undefined) expect(given.principal.kind).toBe("user");
      }),
      { numRuns: 8_000 },
    );
    expect(asked.scopes).toBeGreaterThan(30);
    expect(asked.stepUp).toBeGreaterThan(20);
    fc.assert(
      fc.property(ruleWithoutDenyingGains, input, (source, given) => {
        const compiled = compileRule(source);
        const remedy = compiled.remedy(given);
        if (remedy === undefined) return;
        expect(compiled.evaluate({ ...given, principal: gaining(given.principal, remedy) })).toBe(true);
      }),
      { numRuns: 4_000 },
    );
  });

  it("has a source that compiles to the same rule again, also by way of JSON", () => {
    fc.assert(
      fc.property(rule, (source) => {
        const compiled = compileRule(source);
        const json = JSON.stringify(compiled.source);
        expect(json).toBe(JSON.stringify(source));
        expect(compileRule(JSON.parse(json)).source).toEqual(compiled.source);
      }),
      { numRuns: 500 },
    );
  });
});

// Where what is gained can also deny, under `not`, gaining it may close what it was to open.
const ruleWithoutDenyingGains = rule.filter(
  (source) => !/"not":.*"(?:scope|stepUp|acr|amr)"/.test(JSON.stringify(source)),
);

/** The caller when he comes back with what he was asked for; a challenge cannot name methods, so he used each of them. */
function gaining(principal: Principal, { scopes, stepUp }: Remedy): Principal {
  const { claims, authenticatedAt, ...rest } = principal;
  const [acr] = stepUp?.acrValues ?? [];
  return createPrincipal({
    ...rest,
    ...(scopes.length > 0 && { scopes: new Set([...(principal.scopes ?? []), ...scopes]) }),
    claims: {
      ...claims,
      ...(acr !== undefined && { acr }),
      ...(stepUp !== undefined && { amr: ["pwd", "mfa", "hwk"] }),
    },
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    ...(stepUp?.maxAge !== undefined && { authenticatedAt: new Date(Date.UTC(2026, 0, 1) - stepUp.maxAge * 1000) }),
  });
}

const segment = fc.constantFrom("a", "A", "b", ":x", ":y", "{x}", "*");
const last = fc.constantFrom("", "", "/", "/**", "/*rest", "/{rest+}");
const key = fc
  .tuple(fc.constantFrom("GET", "GET", "POST", "*"), fc.array(segment, { maxLength: 3 }), last)
  .map(([method, parts, tail]) => `${method} /${parts.join("/")}${parts.length === 0 ? tail.slice(1) : tail}`);
const path = fc
  .tuple(fc.array(fc.constantFrom("a", "A", "b", "c", "a%20b", "*", ":x"), { maxLength: 4 }), fc.boolean())
  .map(([parts, slash]) => `/${parts.join("/")}${slash && parts.length > 0 ? "/" : ""}`);
const options = fc.record({ caseSensitive: fc.boolean(), strict: fc.boolean() });

function policyOf(keys: readonly string[], given: { caseSensitive: boolean; strict: boolean }) {
  const routes = Object.fromEntries(keys.map((route) => [route, "guest"]));
  try {
    return definePolicy({ routes, ...given } as PolicyInit);
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return undefined;
  }
}

describe("the table of routes", () => {
  it("agrees with the reference matcher, whatever the order of writing", () => {
    const seen = { matched: 0, unmatched: 0 };
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 8 }),
        fc.array(fc.tuple(fc.constantFrom("GET", "HEAD", "POST", "PUT", "TRACE"), path), {
          minLength: 1,
          maxLength: 8,
        }),
        options,
        (keys, requests, given) => {
          const policy = policyOf(keys, given);
          if (policy === undefined) return;
          const backwards = policyOf([...keys].reverse(), given);
          for (const [method, target] of requests) {
            const expected = referenceMatch([...new Set(keys)], method, target, given);
            const match = policy.match(method, parseTarget(target));
            expect(match?.route).toBe(expected?.key);
            expect(Object.entries(match?.params ?? {})).toEqual(Object.entries(expected?.params ?? {}));
            expect(backwards?.match(method, parseTarget(target))?.route).toBe(expected?.key);
            seen[expected === undefined ? "unmatched" : "matched"]++;
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(seen.matched).toBeGreaterThan(1_000);
    expect(seen.unmatched).toBeGreaterThan(1_000);
  });

  it("is refused exactly where two of its routes tie for some request, or one takes all requests of the other", () => {
    const paths = [""];
    for (let from = 0, depth = 0; depth < 4; depth += 1) {
      const last = paths.slice(from);
      from = paths.length;
      for (const start of last) paths.push(...["a", "A", "b", "z"].map((part) => `${start}/${part}`));
    }
    const targets = paths.flatMap((own) => (own === "" ? ["/"] : [own, `${own}/`])).reverse();
    const requests = ["PUT", "GET", "POST"].flatMap((method) => targets.map((target) => [method, target] as const));
    fc.assert(
      fc.property(key, key, options, (one, other, given) => {
        fc.pre(one !== other);
        const each = policyOf([one], given) !== undefined && policyOf([other], given) !== undefined;
        fc.pre(each);
        const shape = (route: string) => {
          const plain = route.replace(/:\w+|\{\w+\}/g, ":").replace(/\*\*$|\*\w+$|\{\w+\+\}$/, "**");
          const folded = given.caseSensitive ? plain : plain.replace(/ .*/, (text) => text.toLowerCase());
          return given.strict ? folded : folded.replace(/(.)\/$/, (end) => (end === " /" ? end : end.slice(0, -1)));
        };
        const reached = (route: string) =>
          requests.some(([method, target]) => referenceMatch([one, other], method, target, given)?.key === route);
        const loads = shape(one) !== shape(other) && reached(one) && reached(other);
        expect(policyOf([one, other], given) !== undefined).toBe(loads);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a document", () => {
  const withName = ruleOver(fc.oneof(leaf, fc.constantFrom<Rule>({ rule: "first" }, { rule: "__proto__" })));
  const init = fc.record(
    {
      require: withName,
      rules: fc.tuple(rule, rule).map(([first, second]) =>
        Object.fromEntries([
          ["first", first],
          ["__proto__", second],
        ]),
      ),
      routes: fc.array(fc.tuple(key, withName), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      caseSensitive: fc.boolean(),
      strict: fc.boolean(),
    },
    { requiredKeys: ["routes", "rules"] },
  );

  it("survives the way through JSON, and judges as before", () => {
    let loaded = 0;
    fc.assert(
      fc.property(init, path, input, (given, target, caller) => {
        let policy: ReturnType<typeof definePolicy>;
        try {
          policy = definePolicy(given as PolicyInit);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(PolicyError);
          return;
        }
        loaded++;
        const again = definePolicy(JSON.parse(JSON.stringify(policy.document)));
        expect(JSON.stringify(again.document)).toBe(JSON.stringify(policy.document));
        expect(again.document).toEqual(policy.document);
        const [one, other] = [policy, again].map((each) => each.match("GET", parseTarget(target)));
        expect(other?.route).toBe(one?.route);
        expect(other?.rule.evaluate(caller)).toBe(one?.rule.evaluate(caller));
        const named = given.rules;
        const own = one && (given.routes as Record<string, Rule>)[one.route];
        if (one === undefined || own === undefined) return;
        const whole = given.require === undefined || own === "anyone" ? own : { allOf: [given.require, own] };
        expect(one.rule.evaluate(caller)).toBe(referenceEvaluate(whole, caller, { named }));
      }),
      { numRuns: 1_500 },
    );
    expect(loaded).toBeGreaterThan(200);
  });
});

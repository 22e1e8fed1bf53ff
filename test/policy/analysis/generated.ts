import fc from "fast-check";
import type { CallerProfile, Presence } from "../../../src/policy/analysis/caller-profile.ts";
import type { RuleInput } from "../../../src/policy/evaluation.ts";
import type { Literal, Operand, Rule, StepUpNeeds } from "../../../src/policy/rule.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../../src/principal.ts";
import { ruleInput } from "../rule-input.ts";

// Few names of each kind, so that rules meet callers and each other.
const name = fc.constantFrom("a", "b");
const text = fc.constantFrom("x", "y", "");
const literal: fc.Arbitrary<Literal> = fc.oneof(text, fc.constantFrom<Literal>(1, true, "x/y"));
const several = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | [T, ...T[]]> =>
  fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 2 }) as unknown as fc.Arbitrary<[T, ...T[]]>);
const accounts = fc.constantFrom("111111111111", "222222222222");
const levels = ["urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"];

const claim = fc.constantFrom("a", "acr", "amr").map((own): Operand => ({ claim: own }));
const textOperand: fc.Arbitrary<Operand> = fc.oneof(
  name.map((tag) => ({ tag })),
  fc.constantFrom("a", "a[b]").map((query) => ({ query })),
  fc.constantFrom("h1", "H1").map((header) => ({ header })),
  fc.constant<Operand>({ userId: true }),
  fc.constant<Operand>({ identityId: true }),
);
const param: fc.Arbitrary<Operand> = name.map((own) => ({ param: own }));

function comparison(withParams: boolean): fc.Arbitrary<Rule> {
  const texts = withParams ? fc.oneof(textOperand, param) : textOperand;
  const operand = fc.oneof(texts, texts, claim);
  return fc.oneof(
    fc.tuple(texts, text).map(([left, right]): Rule => ({ equal: [left, right] })),
    fc.tuple(claim, literal).map(([left, right]): Rule => ({ equal: [left, right] })),
    fc.tuple(operand, operand).map(([left, right]): Rule => ({ equal: [left, right] })),
    fc
      .tuple(claim, fc.uniqueArray(literal, { minLength: 1, maxLength: 2 }))
      .map(([left, list]) => ({ oneOf: [left, list] }) as unknown as Rule),
    fc
      .tuple(texts, fc.uniqueArray(text, { minLength: 1, maxLength: 2 }))
      .map(([left, list]) => ({ oneOf: [left, list] }) as unknown as Rule),
  );
}

function leaf(withParams: boolean): fc.Arbitrary<Rule> {
  return fc.oneof(
    fc.constantFrom<Rule>("anyone", "authenticated", "guest"),
    several(name).map((group) => ({ group })),
    several(name).map((scope) => ({ scope })),
    several(
      fc
        .tuple(accounts, fc.constantFrom("Ed", "Ed*", "*", "E*r", "*d"))
        .map(([id, role]) => `${id}/${role}` as `${string}/${string}`),
    ).map((role) => ({ role })),
    several(accounts).map((account) => ({ account })),
    several(fc.constantFrom("p", "q", "111111111111")).map((issuer) => ({ issuer })),
    several(fc.constantFrom("c", "d")).map((client) => ({ client })),
    several(fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/9", "10.128.0.0/9", "::/0", "2001:db8::/32")).map(
      (ip) => ({ ip }),
    ),
    comparison(withParams),
    comparison(withParams),
    fc
      .record(
        {
          acr: fc.constantFrom(...levels),
          amr: several(fc.constantFrom("pwd", "mfa")),
          maxAge: fc.constantFrom(60, 900),
        },
        { requiredKeys: [] },
      )
      .filter((needs) => Object.keys(needs).length > 0)
      .map((needs) => ({ stepUp: needs as StepUpNeeds })),
  );
}

/** Rules of up to four levels; with parameters `a` and `b` where the route has them. */
export function anyRule({ params }: { readonly params: boolean }): fc.Arbitrary<Rule> {
  return fc.letrec<{ rule: Rule }>((tie) => {
    const parts = fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<[Rule, ...Rule[]]>;
    return {
      rule: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        leaf(params),
        parts.map((allOf) => ({ allOf })),
        parts.map((anyOf) => ({ anyOf })),
        tie("rule").map((not) => ({ not })),
      ),
    };
  }).rule;
}

const maybe = <T>(presence: Presence, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  presence === "always" ? value : presence === "never" ? fc.constant(undefined) : fc.option(value, { nil: undefined });
const pairs = <T>(names: fc.Arbitrary<string>, value: fc.Arbitrary<T>, some: boolean) =>
  fc.array(fc.tuple(names, value), { maxLength: some ? 3 : 0 });

function callerOf(profile: CallerProfile): fc.Arbitrary<Principal> {
  const { kind, verifiedBy, issuer, tags, claims, authenticatedAt } = profile;
  return fc
    .record({
      known: fc.constantFrom(...profile.groups),
      groups: fc.uniqueArray(name),
      scopes: maybe(profile.scopes, fc.uniqueArray(name)),
      role: maybe(profile.role, fc.tuple(accounts, fc.constantFrom("Ed", "Editor", "E", "x"))),
      issuer: fc.constantFrom("p", "q", "r", "111111111111"),
      userId: maybe(profile.userId, fc.constantFrom("x", "y")),
      identityId: maybe(profile.identityId, fc.constantFrom("x", "y")),
      clientId: maybe(profile.clientId, fc.constantFrom("c", "d", "e")),
      tags: pairs(name, text, tags),
      claims: pairs<unknown>(fc.constant("a"), fc.oneof(literal, fc.constantFrom(2, null, ["x"])), claims),
      acr: maybe(claims ? "maybe" : "never", fc.oneof(literal, fc.constantFrom(...levels))),
      amr: maybe(claims ? "maybe" : "never", fc.oneof(literal, fc.subarray(["pwd", "mfa", "x"]))),
      age: maybe(authenticatedAt ? "maybe" : "never", fc.constantFrom(0, 60, 61, 900, 901)),
    })
    .map((own) => {
      const [account, role] = own.role ?? [];
      return createPrincipal({
        ...{ kind, verifiedBy, id: "id", tags: new Map(own.tags) },
        issuer: issuer === "never" ? "" : issuer === "account" ? (account as string) : own.issuer,
        ...(own.known === "closed" && { groups: closedGroups(own.groups) }),
        ...(own.known === "none" && { groups: closedGroups() }),
        ...(own.known === "open" && { groups: openGroups(own.groups) }),
        ...(own.scopes && { scopes: new Set(own.scopes) }),
        ...(account && role && { role: { arn: "arn", partition: "aws", account, name: role } }),
        ...(own.userId !== undefined && { userId: own.userId }),
        ...(own.identityId !== undefined && { identityId: own.identityId }),
        ...(own.clientId !== undefined && { clientId: own.clientId }),
        claims: Object.fromEntries([
          ...own.claims,
          ...(own.acr === undefined ? [] : [["acr", own.acr]]),
          ...(own.amr === undefined ? [] : [["amr", own.amr]]),
        ]),
        ...(own.age !== undefined && { authenticatedAt: new Date(Date.UTC(2026, 0, 1) - own.age * 1000) }),
      });
    });
}

/** A caller whom the model of callers has. */
export function anyCaller(profiles: readonly CallerProfile[]): fc.Arbitrary<Principal> {
  return fc.oneof(...profiles.map(callerOf));
}

const aroundCaller = fc.record({
  query: fc.uniqueArray(fc.tuple(fc.constantFrom("a", "a[b]"), text), { maxLength: 2 }),
  headers: fc.array(text, { maxLength: 2 }),
  address: fc.constantFrom("10.1.2.3", "10.2.3.4", "10.200.0.1", "192.0.2.1", "2001:db8::1", "fe80::1", undefined),
});

/** A caller of the model with a request, which has two segments as the parameters `a` and `b`. */
export function anyInput(
  caller: fc.Arbitrary<Principal>,
  segment: fc.Arbitrary<string> = fc.constantFrom("x", "y", "z"),
): fc.Arbitrary<RuleInput & { readonly path: string }> {
  return fc.tuple(caller, aroundCaller, segment, segment).map(([principal, { query, headers, address }, a, b]) => {
    const path = `/${a}/${b}`;
    const target = `${path}?${new URLSearchParams(query)}`;
    const given = ruleInput({
      principal,
      target,
      headers: headers.flatMap((value) => ["h1", value]),
      params: { a, b },
    });
    return { ...given, request: { ...given.request, ...(address && { remoteAddress: address }) }, path };
  });
}

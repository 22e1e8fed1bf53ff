import fc from "fast-check";
import { cognitoAcrLevels } from "../../src/policy/acr-levels.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../src/policy/define-policy.ts";
import type { PolicyExtensions } from "../../src/policy/extensions.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Arguments, Literal, Operand, Rule, StepUpNeeds } from "../../src/policy/rule.ts";

/** What generated policies may ask. */
export const extensions: PolicyExtensions = {
  functions: { quiet: () => true, "off hours": () => true, no: () => true },
  engines: { cedar: { decide: () => true } },
};

const traps = [
  "no",
  "on",
  "yes",
  "true",
  "null",
  "~",
  "<<",
  "=",
  "0777",
  "1_000",
  "1e3",
  "123",
  "-1.5",
  ".5",
  "15:30",
  "2026-01-01",
];
const moreTraps = [
  "- a",
  "a: b",
  "a #b",
  " a",
  "a ",
  "*a",
  "&a",
  "!a",
  "|",
  ">",
  "%a",
  "@a",
  "`a",
  "'a'",
  '"a"',
  "{a}",
  "[a]",
  "a,b",
  "?",
  "?a",
];
const odd = [
  "é",
  "日本",
  "😀",
  "a\nb",
  "\t",
  "\\",
  "\u0000",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u202e",
  "\ufeff",
  "a\rb",
  "__proto__",
  "constructor",
];

/** Texts, and above all those that are something else in YAML. */
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...traps, ...moreTraps, ...odd),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
  fc.constantFrom("editors", "admins", "articles/write", "urn:cognito:loa:3", "x".repeat(1_100), "word ".repeat(30)),
);
const number = fc
  .oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -0, 1e-7, 0.1),
  )
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value));
const literal: fc.Arbitrary<Literal> = fc.oneof(text, fc.constant(""), number, fc.boolean());
const param = fc.constantFrom("id", "tenantId");

const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | [T, ...T[]]> =>
  fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 8 }) as fc.Arbitrary<[T, ...T[]]>);

const operand: fc.Arbitrary<Operand> = fc.oneof(
  text.map((claim) => ({ claim })),
  text.map((tag) => ({ tag })),
  param.map((name) => ({ param: name })),
  text.map((query) => ({ query })),
  fc.constantFrom("X-Stage", "if-match", "no", "on").map((header) => ({ header })),
  fc.constant<Operand>({ userId: true }),
  fc.constant<Operand>({ identityId: true }),
);
const comparableWith = (other: Operand) => ("claim" in other ? literal : fc.oneof(text, fc.constant("")));

const call = (names: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...names),
    fc.record({
      name: fc.constantFrom(...names),
      arguments: fc
        .array(fc.tuple(fc.oneof(text, fc.constantFrom("maxAge", "stepUp", "")), fc.oneof(operand, literal)), {
          minLength: 1,
          maxLength: 3,
        })
        .map((entries) => Object.fromEntries(entries) as Arguments),
    }),
  );

const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom<Rule>("anyone", "authenticated", "guest"),
  some(text).map((group) => ({ group })),
  some(fc.constantFrom("articles/write", "no", "0777", "a:b", "*", "#a", "!x")).map((scope) => ({ scope })),
  some(fc.constantFrom("123456789012/Ed*", "012345678901/a+b", "arn:aws-cn:iam::123456789012:role/E.d" as const)).map(
    (role) => ({ role: role as "123456789012/Ed" }),
  ),
  some(fc.constantFrom("012345678901", "123456789012")).map((account) => ({ account })),
  some(text).map((issuer) => ({ issuer })),
  some(text).map((client) => ({ client })),
  some(fc.constantFrom("10.0.0.0/8", "192.0.2.1", "::/0", "2001:db8::/32")).map((ip) => ({ ip })),
  operand.chain((left) => fc.oneof(operand, comparableWith(left)).map((right) => ({ equal: [left, right] as const }))),
  operand.chain((left) =>
    fc
      .uniqueArray(comparableWith(left), { minLength: 1, maxLength: 8, selector: (value) => (value === 0 ? 0 : value) })
      .map((list) => ({ oneOf: [left, list as [Literal, ...Literal[]]] as const })),
  ),
  fc
    .record(
      {
        acr: fc.constantFrom(...cognitoAcrLevels),
        amr: some(text),
        maxAge: fc.oneof(fc.constantFrom(1, 60, 900, 86_400), fc.integer({ min: 1 })),
      },
      { requiredKeys: [] },
    )
    .filter((needs) => Object.keys(needs).length > 0)
    .map((needs) => ({ stepUp: needs as StepUpNeeds })),
  call(["quiet", "off hours", "no"]).map((custom) => ({ custom })),
  call(["cedar"]).map((delegate) => ({ delegate })),
);

const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => {
  const parts = fc.array(tie("rule"), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<[Rule, ...Rule[]]>;
  return {
    rule: fc.oneof(
      { maxDepth: 5, depthSize: "medium" },
      leaf,
      parts.map((allOf) => ({ allOf })),
      parts.map((anyOf) => ({ anyOf })),
      tie("rule").map((not) => ({ not })),
      fc.constantFrom("first", "no", "__proto__").map((name) => ({ rule: name })),
    ),
  };
}).rule;

const segment = fc.constantFrom("a", "A-b", "no", "%20", "x.y", "~", "@me", "a,b", "a=b", "it's", "a;b", "a&b");
const key = fc
  .tuple(
    fc.constantFrom("GET", "POST", "*"),
    fc.array(segment, { maxLength: 2 }),
    fc.constantFrom("", "/", "/*", "/**"),
  )
  .map(([method, parts, end]) => `${method} /{tenantId}/:id${["", ...parts].join("/")}${end}`);

const fieldKey = fc.constantFrom("*", "Query.*", "Query.no", "Mutation.deleteUser", "User.email", "Query.__schema");

/** What a policy may be made of; some of it is refused, as where two routes tie. */
export const policyInit: fc.Arbitrary<PolicyInit> = fc
  .record(
    {
      version: fc.constant(1 as const),
      require: rule,
      rules: fc.tuple(leaf, leaf, leaf).map(([first, second, third]) =>
        Object.fromEntries([
          ["first", first],
          ["no", second],
          ["__proto__", third],
        ]),
      ),
      routes: fc.array(fc.tuple(key, rule), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      fields: fc.array(fc.tuple(fieldKey, rule), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      connect: rule,
      caseSensitive: fc.boolean(),
      strict: fc.boolean(),
      acrLevels: fc.constantFrom([...cognitoAcrLevels], [...cognitoAcrLevels, "no", "x".repeat(120)]),
    },
    { requiredKeys: ["version", "rules", "routes"] },
  )
  .map((init) => init as PolicyInit);

/** The policy, or undefined where it is refused. */
export function policyOf(init: unknown): Policy | undefined {
  try {
    return definePolicy(init as PolicyInit, extensions);
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return undefined;
  }
}

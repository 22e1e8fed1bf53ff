import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cognitoAcrLevels } from "../../../src/policy/acr-levels.ts";
import { anyCallers } from "../../../src/policy/analysis/any-callers.ts";
import { excludingParts, isNeverTrue, loadReserve } from "../../../src/policy/analysis/never-true.ts";
import { partsOfPattern } from "../../../src/policy/analysis/path-parts.ts";
import { isPlainlyPassable } from "../../../src/policy/analysis/plainly-passable.ts";
import { createWorld } from "../../../src/policy/analysis/world.ts";
import { compileRule } from "../../../src/policy/compile.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { placeOf } from "../../../src/policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../../src/policy/route-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { processorTime } from "../../processor-time.ts";
import { anyRule } from "./generated.ts";

const pattern = readRouteKey("GET /:a/:b/*rest", placeOf("", [])) as RoutePattern;

function bound(rule: Rule) {
  const { source } = compileRule(rule);
  return { rule: source, rules: {}, acrLevels: cognitoAcrLevels, parts: partsOfPattern(pattern) };
}

const levels = [1, 2, 3].map((level) => `urn:cognito:loa:${level}`);

describe("a rule that nobody can ever pass", () => {
  it.each<[string, Rule]>([
    ["two kinds of caller", { allOf: ["guest", "authenticated"] }],
    ["two values of one tag", { allOf: [{ equal: [{ tag: "a" }, "x"] }, { equal: [{ tag: "a" }, "y"] }] }],
    ["a value outside a list", { allOf: [{ equal: [{ tag: "a" }, "x"] }, { oneOf: [{ tag: "a" }, ["y", "z"]] }] }],
    ["values of two types", { allOf: [{ equal: [{ claim: "a" }, 1] }, { not: { equal: [{ claim: "a" }, "1"] } }] }],
    [
      "a circle of different values",
      {
        allOf: [
          { equal: [{ tag: "a" }, { tag: "b" }] },
          { equal: [{ tag: "b" }, { header: "c" }] },
          { not: { equal: [{ header: "C" }, { tag: "a" }] } },
        ],
      },
    ],
    ["an account and a role of another", { allOf: [{ account: "111111111111" }, { role: "222222222222/*" }] }],
    ["patterns with no name in common", { allOf: [{ role: "111111111111/a*" }, { role: "111111111111/b*" }] }],
    [
      "a pattern in another, and not that",
      { allOf: [{ role: "111111111111/ab*" }, { not: { role: "111111111111/a*" } }] },
    ],
    ["two issuers", { allOf: [{ issuer: "p" }, { issuer: "q" }] }],
    ["two OAuth clients", { allOf: [{ client: "p" }, { client: ["q", "r"] }] }],
    ["a range in another, and not that", { allOf: [{ ip: "10.1.0.0/16" }, { not: { ip: "10.0.0.0/8" } }] }],
    [
      "two halves and not the whole",
      { allOf: [{ ip: "10.0.0.0/8" }, { not: { ip: ["10.0.0.0/9", "10.128.0.0/9"] } }] },
    ],
    ["all addresses", { not: { ip: ["0.0.0.0/0", "::/0"] } }],
    [
      "a high level without a lower one",
      { allOf: [{ stepUp: { acr: levels[2] as string } }, { not: { stepUp: { acr: levels[1] as string } } }] },
    ],
    ["a shorter age without a longer", { allOf: [{ stepUp: { maxAge: 60 } }, { not: { stepUp: { maxAge: 90 } } }] }],
    ["a step-up of a machine", { allOf: [{ stepUp: { maxAge: 60 } }, { not: "authenticated" }] }],
    ["a claim that is a value and a list", { allOf: [{ equal: [{ claim: "amr" }, "x"] }, { stepUp: { amr: "x" } }] }],
    ["an empty user id", { equal: [{ userId: true }, ""] }],
    ["a parameter with a slash", { equal: [{ param: "a" }, "x/y"] }],
    ["a parameter that is a dot", { oneOf: [{ param: "a" }, [".", ".."]] }],
    ["a query in half a character", { equal: [{ query: "\ud800" }, "x"] }],
    ["a value in half a character", { equal: [{ query: "x" }, "\udfff"] }],
    ["a header with a line break", { equal: [{ header: "x" }, "a\nb"] }],
    [
      "two queries that spoil each other",
      { allOf: [{ equal: [{ query: "a" }, "x"] }, { equal: [{ query: "a[b]" }, "x"] }] },
    ],
    ["a rest with an empty segment", { oneOf: [{ param: "rest" }, ["x//y", "x/"]] }],
    ["half a character in the path", { equal: [{ param: "a" }, "\ud800"] }],
    ["nobody", { not: { anyOf: ["anyone", { group: "a" }] } }],
  ])("is found: %s", (_, rule) => {
    expect(isNeverTrue(bound(rule), loadReserve())).toBe(true);
  });

  it.each<Rule>([
    { not: { role: "111111111111/*" } },
    { allOf: [{ group: "a" }, { not: { group: "b" } }, { scope: "a" }] },
    { allOf: [{ role: "111111111111/a*" }, { role: "111111111111/*b" }, { not: { role: "111111111111/ab" } }] },
    { allOf: [{ equal: [{ tag: "a" }, { tag: "a" }] }, { equal: [{ tag: "a" }, { param: "a" }] }] },
    {
      allOf: [
        { not: { equal: [{ claim: "a" }, { claim: "b" }] } },
        { not: { equal: [{ claim: "b" }, { claim: "c" }] } },
      ],
    },
    { not: { ip: "0.0.0.0/0" } },
    { allOf: [{ not: { account: "999999999999" } }, { not: { role: "999999999998/*" } }] },
    { allOf: [{ not: { equal: [{ tag: "a" }, "other-1"] } }, { not: { equal: [{ tag: "a" }, "x"] } }] },
    { allOf: [{ not: { oneOf: [{ claim: "a" }, [1, 2]] } }, { not: { equal: [{ claim: "a" }, 3] } }] },
    { allOf: [{ equal: [{ claim: "a" }, { claim: "b" }] }, { equal: [{ claim: "a" }, true] }] },
    { allOf: [{ issuer: "111111111111" }, { account: "222222222222" }] },
    { allOf: [{ issuer: "p" }, { role: "111111111111/x" }, { scope: "a" }] },
    { stepUp: { acr: "urn:cognito:loa:4", amr: ["mfa"], maxAge: 60 } },
    { not: { stepUp: { amr: "mfa" } } },
    { equal: [{ param: "a" }, "é x"] },
    { equal: [{ param: "rest" }, "x/é y"] },
    { not: { ip: "10.0.0.0/8" } },
    { anyOf: [{ allOf: [{ group: "a" }, "guest"] }, { not: { group: "a" } }] },
    { allOf: [{ group: "a" }, { not: { group: ["a", "b"] } }, "anyone"].slice(0, 1) as [Rule] },
    {
      allOf: [{ header: "x" }, { header: "x" }].map((operand) => ({ not: { equal: [operand, ""] as const } })) as [
        Rule,
        Rule,
      ],
    },
    { allOf: ["anyone", { not: "authenticated" }, { not: "guest" }] },
  ])("is not %j", (rule) => {
    expect(isNeverTrue(bound(rule), loadReserve())).toBe(false);
  });

  it("is not supposed where it cannot be told in bounded time", () => {
    const tags = Array.from({ length: 12 }, (_, index) => ({ tag: `t${index}` }));
    const different = tags.flatMap((one, index) =>
      tags.slice(index + 1).map((other): Rule => ({ not: { equal: [one, other] } })),
    );
    const values = tags.map((own): Rule => ({ oneOf: [own, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]] }));
    const started = processorTime();
    expect(isNeverTrue(bound({ allOf: [...values, ...different] as unknown as [Rule] }), loadReserve())).toBe(false);
    expect(processorTime() - started).toBeLessThan(10_000);
  });

  it("has two parts that exclude each other, which are looked for while there are steps left", () => {
    const rule: Rule = { allOf: ["authenticated", { group: "a" }, { not: { group: "a" } }] };
    expect(excludingParts(bound(rule), loadReserve())).toEqual([1, 2]);
    expect(excludingParts(bound(rule), { steps: 0 })).toBeUndefined();
  });

  it("is looked at once where named rules are used over and over", () => {
    const rules = Object.fromEntries(
      Array.from({ length: 31 }, (_, index): [string, Rule] => {
        const inner: Rule = index === 0 ? { group: "a" } : { rule: `r${index - 1}` };
        return [`r${index}`, { allOf: [inner, inner] }];
      }),
    );
    const whole = { ...bound({ group: "a" }), rules };
    expect(isNeverTrue({ ...whole, rule: { rule: "r30" } }, loadReserve())).toBe(false);
    expect(isNeverTrue({ ...whole, rule: { allOf: [{ rule: "r30" }, { not: { rule: "r29" } }] } }, loadReserve())).toBe(
      true,
    );
  });

  it("is never one that can plainly be passed", () => {
    let plain = 0;
    fc.assert(
      fc.property(anyRule({ params: true }), (rule) => {
        const own = bound(rule);
        if (!isPlainlyPassable(own)) return;
        plain += 1;
        const world = createWorld(anyCallers, [own]);
        expect(world.find(world.condition(own).yes)).toBeDefined();
      }),
      { numRuns: 1_500 },
    );
    expect(plain).toBeGreaterThan(400);
  });
});

describe("loading a policy", () => {
  it("takes little longer for looking whether its rules can be passed", () => {
    const tenants = Array.from({ length: 2_000 }, (_, index) => [
      `GET /tenants/t${index}/:id`,
      {
        allOf: [
          { group: [`g${index}`, "admins"] },
          { anyOf: [{ scope: `s${index}` }, { role: `111111111111/r${index}*` }] },
        ],
      },
    ]);
    const started = processorTime();
    definePolicy({ require: { not: { group: "suspended" } }, routes: Object.fromEntries(tenants) });
    expect(processorTime() - started).toBeLessThan(20_000);
  });

  it.each<[string, number, (index: number) => Rule]>([
    [
      "patterns of roles with many stars",
      300,
      (index) => ({
        allOf: [
          { role: "111111111111/*x*y*" },
          ...Array.from({ length: 8 }, (_, at): Rule => {
            const [one, other] = ["abcdef"[(index + at) % 6], "abcdef"[at % 6]];
            return { not: { role: `111111111111/*${one}*${other}*` } };
          }),
          { group: `g${index}` },
        ],
      }),
    ],
    [
      "values, each in a leaf of its own",
      1,
      () => ({
        allOf: Array.from({ length: 2_000 }, (_, at): Rule => {
          const tag = { tag: "t" };
          return { anyOf: [{ equal: [tag, `a${at}`] }, { equal: [tag, `b${at}`] }] };
        }) as unknown as [Rule],
      }),
    ],
    [
      "parts that exclude each other, the last two of thousands",
      1,
      () => ({
        allOf: [
          ...Array.from({ length: 3_000 }, (_, at): Rule => ({ anyOf: [{ group: `g${at}` }, { scope: `s${at}` }] })),
          "guest",
          "authenticated",
        ] as unknown as [Rule],
      }),
    ],
  ])("takes bounded time of a policy with %s", (_, count, ruleOf) => {
    const routes = Array.from({ length: count }, (_, index) => [`GET /a${index}`, ruleOf(index)]);
    const started = processorTime();
    try {
      definePolicy({ routes: Object.fromEntries(routes) });
    } catch (thrown) {
      expect(String(thrown)).toContain("nobody can ever pass this rule");
    }
    expect(processorTime() - started).toBeLessThan(20_000);
  });
});

import { describe, expect, it } from "vitest";
import { rule } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";

// What follows is as long as a document may be, about. Where the work grew with the square of it, each would take minutes.
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const object = (entries: readonly (readonly [string, unknown])[]): never => Object.fromEntries(entries) as never;

function refusalOf(init: object): PolicyError {
  try {
    definePolicy(init as never);
  } catch (thrown) {
    if (thrown instanceof PolicyError) return thrown;
    throw thrown;
  }
  throw new Error("the policy was defined");
}

const tooLarge =
  "the rule has more than 10000 leaves, those of named rules counted wherever they are used, and a long leaf once for every hundred characters; make it smaller";

describe("a document of the most that is read", () => {
  it("may have a rule of ten thousand leaves, and tells of more in one fault", () => {
    const anyOf = many(10_000, () => "guest");
    const policy = definePolicy({ routes: { "GET /a": { anyOf } } } as never);
    expect(policy.match("GET", { path: "/a", segments: ["a"], trailingSlash: false, query: undefined })).toBeDefined();
    for (const more of [many(10_001, () => "guest"), many(200_000, () => "guest")]) {
      expect(refusalOf({ routes: { "GET /a": { anyOf: more } } }).faults).toEqual([
        { where: 'routes["GET /a"]', fault: tooLarge },
      ]);
    }
  });

  it("may have no rule whose leaves are longer than ten thousand short ones", () => {
    const group = (count: number) => ({ group: many(count, (index) => `g${index}`.padEnd(96, "x")) });
    expect(definePolicy({ routes: { "GET /a": group(9_999) } } as never)).toBeDefined();
    expect(refusalOf({ routes: { "GET /a": { not: group(10_001) } } }).faults).toEqual([
      { where: 'routes["GET /a"]', fault: tooLarge },
    ]);
  });

  it("may have no named rules that multiply", () => {
    const fanned = (levels: number, references: number) =>
      Object.fromEntries([
        ["r0", { group: "a" }],
        ...many(levels, (index) => [`r${index + 1}`, { anyOf: many(references, () => ({ rule: `r${index}` })) }]),
      ]);
    expect(definePolicy({ rules: fanned(6, 4), routes: {} })).toBeDefined();
    expect(refusalOf({ rules: fanned(10, 4), routes: { "GET /a": { rule: "r10" } } }).faults).toEqual([
      { where: "rules.r7", fault: tooLarge },
    ]);
    const required = { require: { anyOf: [{ rule: "r6" }, { rule: "r6" }, { rule: "r6" }] } };
    expect(refusalOf({ rules: fanned(6, 4), ...required, routes: {} }).faults).toEqual([
      { where: "require", fault: tooLarge },
    ]);
    const policy = definePolicy({ rules: fanned(6, 4), routes: {} });
    const guard = { allOf: many(3, () => rule("r6")) } as unknown as Rule;
    expect(() => policy.compile(guard)).toThrow(tooLarge);
  });

  it.each([
    "guest",
    "nobody",
    { rule: "staff" },
    { rule: "nobody" },
    { rule: 1 },
    { group: "a" },
    { not: { not: "guest" } },
    {},
    { anyOf: [] },
    { allOf: "guest" },
    { not: { anyOf: [] } },
  ])("may have no rule that holds one object again and again, at the bottom %j", (bottom) => {
    let shared: object | string = bottom;
    for (let level = 1; level < 30; level += 1) shared = { anyOf: [shared, shared] };
    const { faults } = refusalOf({ rules: { staff: { group: "staff" } }, routes: { "GET /a": shared } });
    expect(faults.at(-1)).toEqual({ where: 'routes["GET /a"]', fault: tooLarge });
  });

  it("may have no rule that holds a long leaf or a long named rule again and again", () => {
    const long = { group: many(20_000, (index) => `g${index}`) };
    for (const shared of [long, { rule: "long" }]) {
      const anyOf = [...many(5_000, () => shared), { never: "read" }];
      expect(refusalOf({ rules: { long }, routes: { "GET /a": { anyOf } } }).faults).toEqual([
        { where: 'routes["GET /a"]', fault: tooLarge },
      ]);
    }
  });

  it("may have a rule of ten thousand leaves with a fault, which is told alone", () => {
    const anyOf = [...many(9_999, () => "guest"), { anyOf: [] }];
    expect(refusalOf({ routes: { "GET /a": { anyOf } } }).faults).toEqual([
      { where: 'routes["GET /a"].anyOf[9999].anyOf', fault: "the list is empty; write one item at least" },
    ]);
  });

  it("may have no rule that holds one object again and again, and deeper than rules may be", () => {
    let shared: object | string = "guest";
    for (let level = 1; level < 50; level += 1) shared = { allOf: [shared, shared] };
    const { faults } = refusalOf({ routes: { "GET /a": "guest" }, require: shared });
    expect(faults.at(-1)).toEqual({ where: "require", fault: tooLarge });
  });

  it("tells what a list of two hundred thousand names holds twice", () => {
    const group = [...many(200_000, (index) => `g${index}`), "g199999"];
    expect(refusalOf({ routes: { "GET /a": { group } } }).faults).toEqual([
      { where: 'routes["GET /a"].group[200000]', fault: "it is in the list already; write each once" },
    ]);
  });

  it("tells of ten thousand names that no rule has, without the names of ten thousand rules beside each", () => {
    const { faults } = refusalOf({
      rules: object(many(10_000, (index) => [`rule${index}`, "guest"])),
      routes: object(many(10_000, (index) => [`GET /a${index}`, { rule: `ruel${index}` }])),
    });
    expect(faults).toHaveLength(10_000);
    expect(faults[0]?.fault).toMatch(
      /^there is no rule of the name "ruel0" \(did you mean "rule0"\?\) in rules; it has "rule0", .*"rule19" and 9980 more$/,
    );
    expect(faults[100]?.fault).toBe('there is no rule of the name "ruel100" in rules');
    expect(faults.reduce((sum, { fault }) => sum + fault.length, 0)).toBeLessThan(1_000_000);
  });

  it("tells of levels that it has not, without all that it has beside each", () => {
    const { faults } = refusalOf({
      acrLevels: many(10_000, (index) => `level${index}`),
      routes: object(many(10_000, (index) => [`GET /a${index}`, { stepUp: { acr: `other${index}` } }])),
    });
    expect(faults).toHaveLength(10_000);
    expect(faults[0]?.fault).toMatch(/least first, "level0", .* and 9980 more$/);
  });

  it("is told where each of many faults is", async () => {
    const text = `version: 1\nroutes:\n${many(4_000, (index) => `  GET /a${index}: nobody\n`).join("")}`;
    const faults = await parsePolicy(text).then(
      () => [],
      (thrown: PolicyError) => thrown.faults,
    );
    expect(faults).toHaveLength(4_000);
    expect(faults.at(-1)?.location).toMatchObject({ line: 4_002, column: 15 });
  });
});

import { describe, expectTypeOf, it } from "vitest";
import { anyone, authenticated, group, tag } from "../../src/policy/combinators.ts";
import { definePolicy, type Policy, type RouteMatch } from "../../src/policy/define-policy.ts";
import type { CompiledRule, Ternary } from "../../src/policy/evaluation.ts";

describe("definePolicy", () => {
  it("takes a method, one space and a path as the key of a route", () => {
    expectTypeOf(
      definePolicy({
        version: 1,
        require: group("staff"),
        rules: { own: authenticated },
        routes: { "GET /health": anyone, "* /admin/**": { group: "admins" }, "PATCH /a/{id}": { rule: "own" } },
        caseSensitive: true,
        strict: false,
      }),
    ).toEqualTypeOf<Policy>();
  });

  it("refuses keys that are no routes", () => {
    // @ts-expect-error no space before the path
    definePolicy({ routes: { "GET/typo": anyone } });
    // @ts-expect-error the path has no slash
    definePolicy({ routes: { "GET typo": anyone } });
    // @ts-expect-error HEAD takes the rule of GET
    definePolicy({ routes: { "HEAD /a": anyone } });
    // @ts-expect-error methods are upper-case
    definePolicy({ routes: { "get /a": anyone } });
    // @ts-expect-error no method
    definePolicy({ routes: { "/a": anyone } });
  });

  it("refuses what is no rule on a route", () => {
    // @ts-expect-error an operand is not a rule
    definePolicy({ routes: { "GET /a": tag("tenant") } });
    // @ts-expect-error true is not a rule
    definePolicy({ routes: { "GET /a": true } });
    // @ts-expect-error undefined is not a rule
    definePolicy({ require: undefined, routes: {} });
  });

  it("refuses keys that it does not know, and a policy without routes", () => {
    // @ts-expect-error a misspelled key
    definePolicy({ requires: anyone, routes: {} });
    // @ts-expect-error neither routes nor fields nor connect
    definePolicy({ require: anyone });
    // @ts-expect-error another version
    definePolicy({ version: 2, routes: {} });
  });

  it("takes rules for fields by their coordinates, and one to connect", () => {
    definePolicy({ fields: {} });
    definePolicy({ fields: { "Mutation.deleteUser": anyone, "Mutation.*": anyone, "*": anyone } });
    definePolicy({ connect: anyone });
    definePolicy({ routes: {}, fields: {}, connect: anyone });
    // @ts-expect-error a field without its type
    definePolicy({ fields: { deleteUser: anyone } });
    // @ts-expect-error an operand is not a rule
    definePolicy({ fields: { "Mutation.deleteUser": tag("tenant") } });
    // @ts-expect-error no rule
    definePolicy({ fields: { "*": undefined } });
  });

  it("gives matches with text parameters and rules of three values", () => {
    expectTypeOf<RouteMatch["params"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf<ReturnType<CompiledRule["evaluate"]>>().toEqualTypeOf<Ternary>();
    expectTypeOf<Ternary>().toEqualTypeOf<boolean | undefined>();
  });
});

import { describe, expectTypeOf, it } from "vitest";
import {
  account,
  allOf,
  anyOf,
  anyone,
  authenticated,
  claim,
  equal,
  group,
  identityId,
  not,
  oneOf,
  param,
  role,
  rule,
  scope,
  stepUp,
  tag,
  userId,
} from "../../src/policy/combinators.ts";
import type { Operand, Rule } from "../../src/policy/rule.ts";

describe("a rule", () => {
  it("is what every combinator returns", () => {
    expectTypeOf(group("a")).toExtend<Rule>();
    expectTypeOf(allOf(group("a"), anyOf(authenticated, not(scope("b"))), rule("c"))).toExtend<Rule>();
    expectTypeOf(equal(tag("tenant"), param("tenantId"))).toExtend<Rule>();
    expectTypeOf(oneOf(claim("plan"), ["pro", 1, false])).toExtend<Rule>();
    expectTypeOf(stepUp({ amr: ["mfa", "hwk"], maxAge: 900 })).toExtend<Rule>();
    expectTypeOf(role("123456789012/Editor", "arn:aws:iam::123456789012:role/x-*")).toExtend<Rule>();
  });

  it("can be written as JSON", () => {
    expectTypeOf({ allOf: ["authenticated", { group: ["a", "b"] }] } as const).toExtend<Rule>();
    expectTypeOf({ equal: [{ claim: "a" }, 1] } as const).toExtend<Rule>();
  });

  it("is never an operand", () => {
    expectTypeOf(userId).not.toExtend<Rule>();
    expectTypeOf(group("a")).not.toExtend<Operand>();
    // @ts-expect-error an operand is not a rule
    allOf(tag("tenant"));
    // @ts-expect-error an operand is not a rule
    not(identityId);
    // @ts-expect-error a rule is not an operand
    equal(group("a"), "a");
    // @ts-expect-error a rule is not a value
    equal(tag("a"), anyOf(anyone));
  });

  it("has at least one part in every list", () => {
    // @ts-expect-error nothing to hold
    allOf();
    // @ts-expect-error nothing to choose from
    anyOf();
    // @ts-expect-error no group
    group();
    // @ts-expect-error nothing to demand
    stepUp({});
    // @ts-expect-error an empty list
    oneOf(claim("plan"), []);
    // @ts-expect-error an empty list
    const empty: Rule = { group: [] };
    expectTypeOf(empty).toExtend<Rule>();
  });

  it("compares an operand with something", () => {
    // @ts-expect-error two literals say nothing about the request
    equal("a", "a");
    // @ts-expect-error null is no value
    equal(tag("a"), null);
    // @ts-expect-error one operand alone
    equal(tag("a"));
  });

  it("names a role with its account", () => {
    // @ts-expect-error a role without an account
    role("Editor");
    // @ts-expect-error an account is text, since it may begin with zeros
    account(123456789012);
  });

  it("spells its words right", () => {
    // @ts-expect-error no such word
    const wrong: Rule = "everyone";
    expectTypeOf(wrong).toExtend<Rule>();
  });
});

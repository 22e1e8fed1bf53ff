import { describe, expect, it } from "vitest";
import { analyzePolicy } from "../../../src/policy/analysis/analyze-policy.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { parsePolicy } from "../../../src/policy/parse-policy.ts";
import type { Rule } from "../../../src/policy/rule.ts";

const functions = { f: () => true };
const findingsOf = (init: object) => analyzePolicy(definePolicy(init as PolicyInit, { functions })).findings;

/** A token has no role of a user. */
const signedUser: Rule = { allOf: [{ role: "111111111111/a" }, { equal: [{ userId: true }, "x"] }] };

describe("what the analysis tells of fields and connect", () => {
  it.each<[string, object, readonly object[]]>([
    [
      "fields that everybody passes",
      { fields: { "Query.a": { anyOf: [{ group: "a" }, "anyone"] } } },
      [{ code: "always_true", severity: "warning", where: 'fields["Query.a"]', field: "Query.a" }],
    ],
    [
      "connections that everybody may open",
      { connect: { not: { not: "anyone" } } },
      [{ code: "always_true", severity: "warning", where: "connect", connect: true }],
    ],
    [
      "fields out of reach of whoever signs, with somebody who passes",
      { fields: { "Mutation.*": { scope: "a" }, "*": { not: "anyone" } } },
      [
        {
          ...{ code: "no_signed_caller", where: 'fields["Mutation.*"]', field: "Mutation.*" },
          witness: { caller: { scopes: ["a"] }, request: { field: "Mutation.other" } },
        },
      ],
    ],
    [
      "what only * takes",
      { fields: { "*": signedUser, "Query.*": "anyone" } },
      [{ code: "no_token_caller", field: "*", witness: { request: { field: "Mutation.other" } } }],
    ],
    [
      "connections out of reach of tokens",
      { connect: { allOf: [signedUser, { equal: [{ query: "q" }, "x"] }] } },
      [
        {
          ...{ code: "no_token_caller", where: "connect.allOf[0]", connect: true },
          witness: { request: { connect: true, target: "/?q=x" } },
        },
      ],
    ],
    [
      "parts that do not matter",
      { fields: { "User.a": { anyOf: ["authenticated", { allOf: ["authenticated", { group: "a" }] }] } } },
      [{ code: "redundant_alternative", where: 'fields["User.a"].anyOf[1]', field: "User.a" }],
    ],
    [
      "what depends on functions",
      { fields: { "Query.a": { custom: "f" }, "Query.b": { custom: "f" } } },
      [
        { code: "cannot_tell", field: "Query.a", witness: { request: { field: "Query.a" } } },
        { code: "cannot_tell", field: "Query.b", witness: { request: { field: "Query.b" } } },
      ],
    ],
  ])("has %s", (_, init, expected) => {
    expect(findingsOf(init)).toMatchObject(expected);
    expect(findingsOf(init)).toHaveLength(expected.length);
  });

  it("knows groups that are written in other case there", () => {
    const a = { group: "a" } as const;
    const there = { "Query.a": a, "Query.b": a, "Query.c": a };
    expect(findingsOf({ fields: { ...there, "Query.d": { group: "A" } } })).toMatchObject([
      { code: "group_case", where: 'fields["Query.d"].group', field: "Query.d" },
    ]);
    expect(findingsOf({ fields: there, connect: { group: "A" } })).toMatchObject([
      { code: "group_case", where: "connect.group", connect: true },
    ]);
  });

  it("says nothing of what means what it says", () => {
    const plain = { "Query.a": "anyone", "Query.b": { not: "anyone" }, "*": "authenticated" };
    expect(findingsOf({ require: { not: { group: "suspended" } }, fields: plain, connect: "authenticated" })).toEqual(
      [],
    );
    const all = { "Query.*": "anyone", "Mutation.*": "anyone", "Subscription.*": "anyone", "*": { scope: "a" } };
    expect(findingsOf({ fields: all })).toEqual([]);
  });

  it("tells where that is in the text", async () => {
    const policy = await parsePolicy(
      "version: 1\nfields:\n  Query.a: { not: { not: anyone } }\nconnect: { scope: a }\n",
    );
    expect(analyzePolicy(policy).findings.map(({ code, location }) => [code, location?.line])).toEqual([
      ["always_true", 3],
      ["no_signed_caller", 4],
    ]);
    const line = await parsePolicy("version: 1\nfields: { Query.a: { scope: a }, Query.b: { scope: b } }\n");
    expect(analyzePolicy(line).findings.map(({ field, location }) => [field, location?.line])).toEqual([
      ["Query.a", 2],
      ["Query.b", 2],
    ]);
  });
});

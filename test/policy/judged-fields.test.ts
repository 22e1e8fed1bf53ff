import { describe, expect, it } from "vitest";
import { definePolicy, type PolicyInit } from "../../src/policy/define-policy.ts";
import { judgedFields } from "../../src/policy/judged-fields.ts";

const policyOf = (init: object) => definePolicy(init as PolicyInit);

describe("judgedFields", () => {
  it("takes what any policy judges, and of the others what a key other than * is for, each once", () => {
    const policy = policyOf({ fields: { "User.email": { group: "staff" }, "Card.*": { group: "staff" } } });
    const nested = ["User.email", "User.name", "Card.number", "Query.a"] as const;
    expect(judgedFields({ fields: ["Query.a", "Query.b"], nested }, policy)).toEqual([
      ...["Query.a", "Query.b", "User.email", "Card.number"],
    ]);
    expect(judgedFields({ fields: ["Query.a"] }, policy)).toEqual(["Query.a"]);
  });

  it("takes all of a policy without fields, which denies them", () => {
    expect(judgedFields({ fields: ["Query.a"], nested: ["User.email"] }, policyOf({ connect: "anyone" }))).toEqual([
      ...["Query.a", "User.email"],
    ]);
  });
});

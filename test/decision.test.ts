import { describe, expect, it } from "vitest";
import { allowed, denied } from "../src/decision.ts";
import { AuthError } from "../src/errors.ts";
import { group } from "../src/policy/combinators.ts";
import { compileRule } from "../src/policy/compile.ts";
import { closedGroups, createPrincipal } from "../src/principal.ts";
import { RequestHeaders } from "../src/request.ts";
import { parseTarget } from "../src/target.ts";

const principal = createPrincipal({
  kind: "user",
  id: "user:pool:1",
  issuer: "pool",
  verifiedBy: "test",
  groups: closedGroups(["editors"]),
  claims: { secret_claim: "not for the explanation" },
});
const request = {
  method: "GET",
  target: "/a",
  wire: true,
  headers: new RequestHeaders(["authorization", "Bearer very-secret"]),
};
const explained = () => [
  compileRule(group("admins")).explain({ principal, request, target: parseTarget(request.target), params: {}, now: 0 }),
];

describe("denied", () => {
  it("explains the refusal with caller, route and rules", () => {
    const decision = denied(new AuthError("access_denied"), { principal, route: "GET /a", rules: explained });
    expect(decision).toMatchObject({ allowed: false, route: "GET /a", principal });
    const explanation = decision.explain();
    expect(explanation).toMatchObject({
      allowed: false,
      code: "access_denied",
      sentence: "The caller may not do this.",
      route: "GET /a",
      caller: { kind: "user", id: "user:pool:1", verifiedBy: "test" },
      rules: [{ value: false }],
    });
    expect(explanation.text.split("\n").slice(0, 3)).toEqual([
      "denied: access_denied - The caller may not do this.",
      "caller: user:pool:1 (user, verified by test)",
      "route: GET /a",
    ]);
    expect(explanation.text).toContain("admins");
  });

  it("keeps the id of the caller on its line", () => {
    const odd = createPrincipal({ ...principal, id: "user:pool:1\nallowed\u202e" });
    const { text } = denied(new AuthError("access_denied"), { principal: odd, rules: () => [] }).explain();
    expect(text.split("\n")[1]).toBe("caller: user:pool:1\\nallowed\\u202e (user, verified by test)");
  });

  it("says nothing of a caller, a route or rules where there are none", () => {
    const decision = denied(new AuthError("invalid_token"), { rules: () => [] });
    expect(decision.principal).toBeUndefined();
    expect(decision.route).toBeUndefined();
    expect(decision.explain()).toEqual({
      allowed: false,
      code: "invalid_token",
      sentence: "The token is not valid here.",
      rules: [],
      text: "denied: invalid_token - The token is not valid here.",
    });
  });

  it("shows nothing of the credential, nor claims that no rule reads", () => {
    const decision = denied(new AuthError("access_denied"), { principal, rules: explained });
    expect(JSON.stringify(decision.explain())).not.toMatch(/very-secret|not for the explanation/);
  });
});

describe("allowed", () => {
  it("explains what let the caller in", () => {
    const decision = allowed(principal, { principal, route: "GET /a", rules: explained });
    expect(decision).toMatchObject({ allowed: true, principal, route: "GET /a" });
    expect(decision.explain()).toMatchObject({ allowed: true, route: "GET /a" });
    expect(decision.explain().text).toMatch(/^allowed\n/);
    expect(decision.explain().code).toBeUndefined();
  });

  it("is frozen, so that nobody turns it round", () => {
    const decision = allowed(principal, { principal, rules: explained });
    expect(Object.isFrozen(decision)).toBe(true);
    expect(decision.route).toBeUndefined();
  });
});

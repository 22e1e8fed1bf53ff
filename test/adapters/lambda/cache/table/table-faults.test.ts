import { describe, expect, it } from "vitest";
import { tableCache } from "../../../../../src/adapters/lambda/cache/table-cache.ts";
import { lambdaAuthorizer } from "../../../../../src/adapters/lambda/lambda-authorizer.ts";
import { type Authorizer, createAuthorizer } from "../../../../../src/authorizer.ts";
import { definePolicy, type PolicyInit } from "../../../../../src/policy/define-policy.ts";
import { byName } from "../../gate.ts";
import { faultOf } from "../kept-gate.ts";

function gateBy(routes: object, init: object = {}): Authorizer {
  return createAuthorizer({ verifiers: [byName], policy: definePolicy({ ...init, routes } as PolicyInit) });
}

function construct(authorizer: Authorizer, unrouted: "deny" | "gateway" = "deny") {
  return () => lambdaAuthorizer(authorizer, { format: "rest-token", cache: tableCache({ cacheTtl: 300, unrouted }) });
}

describe("routes that no table of ARNs can hold", () => {
  it.each<[string, object, object, string]>([
    [
      "deeper ones",
      { "GET /a/:id": "authenticated", "GET /a/:id/notes": "authenticated" },
      {},
      '"GET /a/:id/notes": "*" crosses slashes',
    ],
    [
      "one in the midst of another",
      { "GET /a/**": "authenticated", "GET /a/:id/raw": { group: "admins" } },
      {},
      '"GET /a/:id/raw" and "GET /a/**"',
    ],
    ["strict ones", { "GET /a": "authenticated" }, { strict: true }, "the policy is strict"],
    ["ones with an escape", { "GET /a%20b": "authenticated" }, {}, '"GET /a%20b" has an escape'],
    ["very long ones", { [`GET /${"a/".repeat(24)}b`]: "authenticated" }, {}, "has more than 24 segments"],
  ])("are refused at the construction: %s", (_, routes, init, message) => {
    const fault = faultOf(construct(gateBy(routes, init)));
    expect(fault.option).toBe("lambdaAuthorizer.cache");
    expect(fault.message).toContain(message);
  });

  it("are fewer where the gateway has the routes of the policy and none beside them", () => {
    const authorizer = gateBy({
      "GET /a/:id": "authenticated",
      "GET /a/:id/notes": "authenticated",
      "GET /a/:id/raw": { group: "admins" },
    });
    expect(faultOf(construct(authorizer)).message).toContain('unrouted: "gateway"');
    expect(construct(authorizer, "gateway")()).toBeTypeOf("function");
  });

  it("are tried with parameters as one way among others", () => {
    const routes = {
      "* /t/:t/**": { anyOf: [{ group: "admins" }, { equal: [{ tag: "tenant" }, { param: "t" }] }] },
      "* /t/:t/secret/**": { equal: [{ tag: "tenant" }, { param: "t" }] },
    };
    expect(faultOf(construct(gateBy(routes))).message).toContain('"* /t/:t/secret/**" and "* /t/:t/**"');
  });
});

import { describe, expect, it } from "vitest";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import type { CallerProfile } from "../../../src/policy/analysis/caller-profile.ts";
import { partsOfPattern } from "../../../src/policy/analysis/path-parts.ts";
import { routeWitness } from "../../../src/policy/analysis/route-witness.ts";
import type { WitnessFacts } from "../../../src/policy/analysis/witness-facts.ts";
import { createWorld } from "../../../src/policy/analysis/world.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { placeOf } from "../../../src/policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../../src/policy/route-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";

function routeOf(key: string, rule: Rule, more: Record<string, Rule> = {}) {
  const routes = { [key]: rule, ...more };
  const policy = definePolicy({ routes, strict: true } as PolicyInit, { functions: { f: () => true } });
  const pattern = readRouteKey(key, placeOf("", [])) as RoutePattern;
  const { rules, acrLevels } = policy.document;
  const bound = {
    rule: policy.document.routes[key as "GET /a"] as Rule,
    rules,
    acrLevels,
    parts: partsOfPattern(pattern),
  };
  return { policy, pattern, bound };
}

function whoPasses({ bound }: ReturnType<typeof routeOf>): WitnessFacts {
  const world = createWorld(callerProfiles, [bound]);
  return world.find(world.condition(bound).yes) as WitnessFacts;
}

describe("a witness of a route", () => {
  it.each([
    ["GET /", "GET /"],
    ["GET /a/", "GET /a/"],
    ["* /a/**", "GET /a"],
    ["POST /a/*/:id", "POST /a/other-1/other-1"],
    ["PUT /a/*rest", "PUT /a/other-1"],
  ])("asks what reaches it: %s", (key, expected) => {
    const route = routeOf(key, "guest");
    const { request } = routeWitness(route.policy, route.pattern, route.bound, whoPasses(route), true);
    expect(`${request?.method} ${request?.target}`).toBe(expected);
  });

  it("asks with a method that is left to the route", () => {
    const route = routeOf("* /a", "guest", { "GET /a": "anyone", "POST /a": "anyone" });
    const { request } = routeWitness(route.policy, route.pattern, route.bound, whoPasses(route), true);
    expect(request?.method).toBe("PUT");
  });

  it("tells answers that cannot tell, too", () => {
    const unsure: Rule = { anyOf: [{ custom: "f" }, "guest"] };
    const route = routeOf("GET /a", unsure);
    const facts = whoPasses(routeOf("GET /a", "guest"));
    expect(routeWitness(route.policy, route.pattern, route.bound, facts, false).provided).toEqual([
      { leaf: 'custom("f")', answer: "indeterminate" },
    ]);
    expect(routeWitness(route.policy, route.pattern, route.bound, facts, true).provided).toEqual([]);
  });

  it("is not believed where the rule judges him otherwise", () => {
    const guest = whoPasses(routeOf("GET /a", "guest"));
    const route = routeOf("GET /a", "authenticated");
    expect(() => routeWitness(route.policy, route.pattern, route.bound, guest, true)).toThrow(
      "the analysis of GET /a is not what the policy says",
    );
    const user = { ...guest, profile: callerProfiles.find(({ kind }) => kind === "user") as CallerProfile };
    expect(routeWitness(route.policy, route.pattern, route.bound, user, true).caller.kind).toBe("user");
  });
});

import { describe, expect, it } from "vitest";
import { coarseCache } from "../../../../src/adapters/lambda/cache/coarse-cache.ts";
import { exactCache } from "../../../../src/adapters/lambda/cache/exact-cache.ts";
import { tableCache } from "../../../../src/adapters/lambda/cache/table-cache.ts";
import { lambdaAuthorizer } from "../../../../src/adapters/lambda/lambda-authorizer.ts";
import { type Authorizer, createAuthorizer } from "../../../../src/authorizer.ts";
import { definePolicy, type PolicyInit } from "../../../../src/policy/define-policy.ts";
import { byName } from "../gate.ts";
import { faultOf } from "./kept-gate.ts";

const http = "$request.header.Authorization";
const exact = exactCache({ cacheTtl: 300, identitySource: [http, "$context.httpMethod", "$context.path"] });
const table = tableCache({ cacheTtl: 300, identitySource: [http] });

function gateBy(routes: object, init: object = {}): Authorizer {
  const asking = { functions: { quiet: () => true }, engines: { cedar: { decide: () => true } } };
  return createAuthorizer({ verifiers: [byName], policy: definePolicy({ ...init, routes } as PolicyInit, asking) });
}

describe("rules that look at more than who calls and what for", () => {
  const rules: Readonly<Record<string, object>> = {
    'ip("10.0.0.0/8")': { ip: "10.0.0.0/8" },
    "stepUp({ maxAge: 60 })": { stepUp: { maxAge: 60 } },
    'equal(query("q"), "x")': { equal: [{ query: "q" }, "x"] },
    'equal(header("x-a"), "x")': { equal: [{ header: "x-a" }, "x"] },
    'custom("quiet")': { custom: "quiet" },
    'delegate("cedar")': { delegate: "cedar" },
  };

  it.each(Object.entries(rules))("make no answer that is kept: %s", (text, rule) => {
    const authorizer = gateBy({ "GET /open": "anyone", "GET /a": { allOf: ["authenticated", rule] } });
    for (const cache of [exact, table]) {
      const { option, message } = faultOf(() => lambdaAuthorizer(authorizer, { format: "http-policy", cache }));
      expect(option).toBe("lambdaAuthorizer.cache");
      expect(message).toContain(`"GET /a" depends on ${text}`);
      expect(message).not.toContain("GET /open");
    }
    const cache = coarseCache({ cacheTtl: 300 });
    expect(lambdaAuthorizer(authorizer, { format: "rest-token", cache })).toBeTypeOf("function");
  });

  it("are found in require and behind names", () => {
    const messageOf = (authorizer: Authorizer) =>
      faultOf(() => lambdaAuthorizer(authorizer, { format: "http-policy", cache: table })).message;
    expect(messageOf(gateBy({ "GET /a": "authenticated" }, { require: { not: { ip: "10.0.0.0/8" } } }))).toContain(
      '"GET /a" depends on not(ip("10.0.0.0/8"))',
    );
    expect(messageOf(gateBy({ "GET /a": { rule: "x" } }, { rules: { x: { custom: "quiet" } } }))).toContain(
      'custom("quiet")',
    );
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { lambdaAuthorizer } from "../../../src/adapters/lambda/lambda-authorizer.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { createSessions } from "../../../src/sessions/create-sessions.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { signedRequest } from "../../../src/verify/signed-request.ts";
import { byName, gate } from "./gate.ts";

const http = "$request.header.Authorization";
const rest = "method.request.header.Authorization";
const plain = gateBy({
  "GET /articles": "authenticated",
  "* /tenants/:t/**": { equal: [{ tag: "tenant" }, { param: "t" }] },
});
const kept = { cacheTtl: 300, onCacheEvent: () => undefined, clock: Date.now };
const signed: Verifier = signedRequest({
  sessions: createSessions({ service: "api.example.com", region: "eu-west-1" }),
});

function gateBy(
  routes: object,
  init: object = {},
  verifiers: readonly [Verifier, ...Verifier[]] = [byName],
): Authorizer {
  const asking = { functions: { quiet: () => true }, engines: { cedar: { decide: () => true } } };
  return createAuthorizer({ verifiers, policy: definePolicy({ ...init, routes } as PolicyInit, asking) });
}

/** The fault of a construction. */
function faultOf(authorizer: Authorizer, options: object): ConfigurationError {
  try {
    lambdaAuthorizer(authorizer, options as never);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown;
    throw thrown;
  }
  throw new Error("it was constructed");
}

describe("a mode in which the gateway keeps answers", () => {
  it.each<[object]>([
    [{ format: "rest-token", cache: "coarse", ...kept }],
    [{ format: "rest-token", cache: "table", ...kept, unrouted: "gateway" }],
    [
      {
        format: "rest-request",
        cache: "exact",
        cacheTtl: 1,
        identitySource: [rest, "context.path", "context.httpMethod"],
      },
    ],
    [
      {
        format: "rest-request",
        cache: "coarse",
        cacheTtl: 3_600,
        identitySource: [rest, "method.request.querystring.v", "stageVariables.x"],
      },
    ],
    [{ format: "rest-request", cache: "table", ...kept, identitySource: [rest] }],
    [
      {
        format: "http-simple",
        cache: "exact",
        ...kept,
        identitySource: [http, "$context.httpMethod", "$context.path"],
      },
    ],
    [{ format: "http-simple", cache: "coarse", ...kept, identitySource: [http, "$context.routeKey"] }],
    [
      {
        format: "http-policy",
        cache: "table",
        ...kept,
        unrouted: "deny",
        identitySource: [http, "$request.querystring.v", "$stageVariables.x"],
      },
    ],
    [{ format: "http-policy-1.0", cache: "table", ...kept, identitySource: [http] }],
    [
      {
        format: "http-policy-1.0",
        cache: "exact",
        ...kept,
        identitySource: [http, "$context.httpMethod", "$context.path"],
      },
    ],
  ])("constructs with %j", (options) => {
    expect(lambdaAuthorizer(plain, options as never)).toBeTypeOf("function");
  });

  it.each<[object, string]>([
    [{ format: "rest-token", cache: "exact", ...kept }, "cache"],
    [{ format: "http-simple", cache: "table", ...kept, identitySource: [http] }, "cache"],
    [{ format: "rest-token", cache: "on" }, "cache"],
    [{ format: "rest-token" }, "cache"],
    [{ format: "rest-token", cache: "table" }, "cacheTtl"],
    [{ format: "rest-token", cache: "table", cacheTtl: 0 }, "cacheTtl"],
    [{ format: "rest-token", cache: "table", cacheTtl: 3_601 }, "cacheTtl"],
    [{ format: "rest-token", cache: "table", cacheTtl: "300" }, "cacheTtl"],
    [{ format: "rest-token", cache: "off", cacheTtl: 300 }, "cacheTtl"],
    [{ format: "rest-token", cache: "table", cacheTtl: 300, identitySource: [rest] }, "identitySource"],
    [{ format: "rest-request", cache: "table", cacheTtl: 300 }, "identitySource"],
    [{ format: "rest-request", cache: "table", cacheTtl: 300, identitySource: [] }, "identitySource"],
    [{ format: "rest-request", cache: "table", cacheTtl: 300, identitySource: rest }, "identitySource"],
    [{ format: "rest-request", cache: "table", cacheTtl: 300, identitySource: [http] }, "identitySource"],
    [{ format: "http-policy", cache: "table", cacheTtl: 300, identitySource: [rest] }, "identitySource"],
    [{ format: "http-policy", cache: "table", cacheTtl: 300, identitySource: ["$request.header."] }, "identitySource"],
    [{ format: "http-policy", cache: "table", cacheTtl: 300, identitySource: [7] }, "identitySource"],
    [{ format: "http-policy", cache: "table", cacheTtl: 300, identitySource: ["$context.path"] }, "identitySource"],
    [{ format: "http-simple", cache: "exact", cacheTtl: 300, identitySource: [http] }, "identitySource"],
    [
      { format: "http-simple", cache: "exact", cacheTtl: 300, identitySource: [http, "$context.path"] },
      "identitySource",
    ],
    [
      { format: "http-simple", cache: "exact", cacheTtl: 300, identitySource: [http, "$context.httpMethod"] },
      "identitySource",
    ],
    [
      {
        format: "http-simple",
        cache: "exact",
        cacheTtl: 300,
        identitySource: [http, "$context.httpMethod", "$context.routeKey"],
      },
      "identitySource",
    ],
    [
      { format: "rest-request", cache: "exact", cacheTtl: 300, identitySource: [rest, "context.path"] },
      "identitySource",
    ],
    [{ format: "rest-token", cache: "coarse", cacheTtl: 300, unrouted: "deny" }, "unrouted"],
    [{ format: "rest-token", cache: "table", cacheTtl: 300, unrouted: "allow" }, "unrouted"],
    [{ format: "rest-token", cache: "table", cacheTtl: 300, clock: 7 }, "clock"],
    [{ format: "rest-token", cache: "table", cacheTtl: 300, onCacheEvent: "log" }, "onCacheEvent"],
  ])("is refused with %j: %s", (options, option) => {
    expect(faultOf(plain, options).option).toBe(`lambdaAuthorizer.${option}`);
  });
});

describe("a signature", () => {
  const options = {
    "rest-token": ["coarse", "table"],
    "rest-request": ["exact", "coarse", "table"],
    "http-simple": ["exact", "coarse"],
    "http-policy": ["exact", "coarse", "table"],
    "http-policy-1.0": ["exact", "coarse", "table"],
  } as const;
  const rows = Object.entries(options).flatMap(([format, modes]) => modes.map((cache) => [format, cache] as const));

  it.each(rows)("is never kept: %s, %s is a TypeError at the construction", (format, cache) => {
    const authorizer = gateBy({ "GET /a": "authenticated" }, {}, [byName, signed]);
    const fault = faultOf(authorizer, { format, cache, cacheTtl: 300 });
    expect(fault).toBeInstanceOf(TypeError);
    expect(fault.option).toBe("lambdaAuthorizer.cache");
    expect(fault.message).toContain("AWS4-HMAC-SHA256");
  });

  it.each(Object.keys(options))("is taken where nothing is kept: %s", (format) => {
    const authorizer = gateBy({ "GET /a": "authenticated" }, {}, [byName, signed]);
    expect(lambdaAuthorizer(authorizer, { format, cache: "off" } as never)).toBeTypeOf("function");
  });
});

const exact = {
  format: "http-simple",
  cache: "exact",
  cacheTtl: 300,
  identitySource: [http, "$context.httpMethod", "$context.path"],
};
const table = { format: "rest-token", cache: "table", cacheTtl: 300 };

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
    for (const options of [exact, table]) {
      const { option, message } = faultOf(authorizer, options);
      expect(option).toBe("lambdaAuthorizer.cache");
      expect(message).toContain(`"GET /a" depends on ${text}`);
      expect(message).not.toContain("GET /open");
    }
    expect(lambdaAuthorizer(authorizer, { format: "rest-token", cache: "coarse", cacheTtl: 300 })).toBeTypeOf(
      "function",
    );
  });

  it("are found in require and behind names", () => {
    expect(
      faultOf(gateBy({ "GET /a": "authenticated" }, { require: { not: { ip: "10.0.0.0/8" } } }), table).message,
    ).toContain('"GET /a" depends on not(ip("10.0.0.0/8"))');
    expect(
      faultOf(gateBy({ "GET /a": { rule: "x" } }, { rules: { x: { custom: "quiet" } } }), table).message,
    ).toContain('custom("quiet")');
  });
});

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
    const fault = faultOf(gateBy(routes, init), table);
    expect(fault.option).toBe("lambdaAuthorizer.cache");
    expect(fault.message).toContain(message);
  });

  it("are fewer where the gateway has the routes of the policy and none beside them", () => {
    const authorizer = gateBy({
      "GET /a/:id": "authenticated",
      "GET /a/:id/notes": "authenticated",
      "GET /a/:id/raw": { group: "admins" },
    });
    expect(faultOf(authorizer, table).message).toContain('unrouted: "gateway"');
    expect(
      lambdaAuthorizer(authorizer, { format: "rest-token", cache: "table", cacheTtl: 300, unrouted: "gateway" }),
    ).toBeTypeOf("function");
  });

  it("are tried with parameters as one way among others", () => {
    const routes = {
      "* /t/:t/**": { anyOf: [{ group: "admins" }, { equal: [{ tag: "tenant" }, { param: "t" }] }] },
      "* /t/:t/secret/**": { equal: [{ tag: "tenant" }, { param: "t" }] },
    };
    expect(faultOf(gateBy(routes), table).message).toContain('"* /t/:t/secret/**" and "* /t/:t/**"');
  });
});

describe("what is told of answers that grant less", () => {
  afterEach(() => vi.restoreAllMocks());

  it("becomes one warning of the process for each kind, where nobody listens", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const long = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`GET /${"x".repeat(40)}${index}`, "authenticated"]),
    );
    const handler = lambdaAuthorizer(gateBy(long), { format: "rest-token", cache: "table", cacheTtl: 300 });
    const event = {
      type: "TOKEN",
      authorizationToken: "Bearer reader",
      methodArn: `arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/${"x".repeat(40)}7`,
    } as const;
    await handler(event);
    await handler(event);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("exact_instead"), { code: "POOLGATE_ON_CACHE_EVENT" });
  });

  it.each([new Error("x"), "x"])("cannot fail an answer by what a listener throws: %j", async (thrown) => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const starred = gateBy({ "GET /t/:t": { equal: [{ param: "t" }, "*"] } });
    const handler = lambdaAuthorizer(starred, {
      format: "rest-token",
      cache: "table",
      cacheTtl: 300,
      onCacheEvent: () => {
        throw thrown;
      },
    });
    const event = {
      type: "TOKEN",
      authorizationToken: "Bearer reader",
      methodArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/t/x",
    } as const;
    expect(await handler(event)).toMatchObject({ policyDocument: { Statement: [{ Effect: "Deny" }] } });
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

it("says off for each format where nothing is declared", () => {
  expect(lambdaAuthorizer(gate(), { format: "http-policy-1.0", cache: "off" })).toBeTypeOf("function");
});

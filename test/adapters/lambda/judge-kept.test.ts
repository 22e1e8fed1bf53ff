import { describe, expect, it, vi } from "vitest";
import type { CacheEvent } from "../../../src/adapters/lambda/caching.ts";
import { lambdaAuthorizer } from "../../../src/adapters/lambda/lambda-authorizer.ts";
import { principalOf } from "../../../src/adapters/lambda/principal-of.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy, type Policy } from "../../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal } from "../../../src/principal.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { httpAuthorizerV2Cacheable } from "../../fixtures/http-authorizer-v2.ts";
import { restRequestBasePath } from "../../fixtures/rest-request.ts";
import { httpAuthorizerEvent, httpProxyEvent, methodArn, restRequestEvent, restTokenEvent } from "./events.ts";
import { byName } from "./gate.ts";
import { createGateway, type ModeledFormat } from "./gateway-cache.ts";

const now = Date.UTC(2026, 0, 1);
const clock = () => now;
const formats: readonly ModeledFormat[] = ["rest-token", "rest-request", "http-policy", "http-policy-1.0"];
const header = { rest: "method.request.header.Authorization", http: "$request.header.Authorization" } as const;

/** Takes `Bearer <tenant>` for somebody of that tenant. */
const byTenant: Verifier = {
  scheme: "Bearer",
  detects: ({ headers }) => headers.all("authorization").length > 0,
  async verify({ headers }) {
    const tenant = (headers.get("authorization") ?? "").slice("Bearer ".length);
    if (tenant === "bad") throw new AuthError("invalid_token");
    if (tenant === "outage") throw new AuthError("store_unavailable");
    const tags = new Map([["tenant", tenant]]);
    return {
      principal: createPrincipal({
        kind: "user",
        id: `user:${tenant}`,
        issuer: "x",
        verifiedBy: "x",
        groups: closedGroups(),
        tags,
      }),
    };
  },
};

const tenants = definePolicy({
  routes: { "* /tenants/:t/**": { equal: [{ tag: "tenant" }, { param: "t" }] }, "GET /a/:id": "authenticated" },
});

function gateBy(policy: Policy | Readonly<Record<string, unknown>>, verifier: Verifier = byTenant): Authorizer {
  const made = "match" in policy ? (policy as Policy) : definePolicy({ routes: policy as never });
  return createAuthorizer({ verifiers: [verifier], policy: made, clock });
}

function handlerOf(
  authorizer: Authorizer,
  format: string,
  cache: string,
  more: object = {},
): (event: never) => Promise<object> {
  const rest = format === "rest-request";
  const source = rest ? header.rest : header.http;
  const context =
    cache !== "exact" ? [] : rest ? ["context.httpMethod", "context.path"] : ["$context.httpMethod", "$context.path"];
  const keyed = format === "rest-token" ? {} : { identitySource: [source, ...context] };
  return lambdaAuthorizer(authorizer, { format, cache, cacheTtl: 300, clock, ...keyed, ...more } as never) as never;
}

function gatewayOf(authorizer: Authorizer, format: ModeledFormat, cache: string, more: object = {}) {
  const keyed = cache === "exact" ? (["method", "path"] as const) : [];
  return createGateway({ format, authorizer: handlerOf(authorizer, format, cache, more), ttl: 300, keyed, clock });
}

describe.each(formats)("a table that is kept: %s", (format) => {
  const get = (path: string, token = "Bearer A") => ({ method: "GET", path, token });

  it("allows tenant A what is of tenant A, and never what is of tenant B, whatever was asked first", async () => {
    for (const first of ["/tenants/A", "/tenants/B", "/a/7", "/none"]) {
      const ask = gatewayOf(gateBy(tenants), format, "table");
      await ask(get(first));
      expect(await ask(get("/tenants/A"))).toMatchObject({ status: 200, kept: true });
      expect(await ask(get("/tenants/A/x/y"))).toMatchObject({ status: 200 });
      expect(await ask(get("/tenants/B"))).toMatchObject({ status: 403 });
      expect(await ask(get("/tenants/B/x"))).toMatchObject({ status: 403 });
      expect(await ask(get("/tenants/AB"))).toMatchObject({ status: 403 });
      expect(await ask(get("/x/tenants/A"))).toMatchObject({ status: 403 });
      expect(await ask(get("/tenants/A", "Bearer B"))).toMatchObject({ status: 403, kept: false });
    }
  });

  it.each(["/tenants/A/*", "/tenants/A/?", "/tenants/A/$x", "/a/*", "/a/$"])(
    "denies the path %s, and no other for it",
    async (path) => {
      const ask = gatewayOf(gateBy(tenants), format, "table");
      expect(await ask(get(path))).toMatchObject({ status: 403 });
      expect(await ask(get("/tenants/A/long"))).toMatchObject({ status: 200, kept: true });
      expect(await ask(get("/a/long"))).toMatchObject({ status: 200, kept: true });
      expect(await ask(get("/tenants/B/long"))).toMatchObject({ status: 403, kept: true });
    },
  );

  it("denies a path with a wildcard that is too long to be named", async () => {
    const ask = gatewayOf(gateBy(tenants), format, "table");
    expect(await ask(get(`/a/*${"x".repeat(600)}`))).toMatchObject({ status: 403 });
    expect(await ask(get("/a/y"))).toMatchObject({ status: 200, kept: true });
  });

  it.each(["/a//x", "/a/./x", "/a/../x", "/a/.", "/a/..", "/a/%2e", "/a/x\\y", "//a/x"])(
    "denies the path %s, which can be read in two ways, kept or not",
    async (path) => {
      const ask = gatewayOf(gateBy({ "GET /a/**": "authenticated" }), format, "table");
      expect(await ask(get(path))).toMatchObject({ status: 403 });
      expect(await ask(get("/a/x"))).toMatchObject({ status: 200, kept: true });
      expect(await ask(get(path))).toMatchObject({ status: 403, kept: true });
    },
  );

  it.each([
    "*",
    "?",
    "$",
    `$${"{aws:x}"}`,
    "a/b",
    "%41",
    "é",
    "a b",
    "a\nb",
    "..",
    ".",
    "",
    "\u0000",
    "a\\b",
    "<",
    '"',
  ])("grants nothing by the tag %j, and tells so", async (tenant) => {
    const events: CacheEvent[] = [];
    const tagged: Verifier = {
      ...byTenant,
      verify: async () => ({
        principal: createPrincipal({
          kind: "user",
          id: "user:x",
          issuer: "x",
          verifiedBy: "x",
          tags: new Map([["tenant", tenant]]),
        }),
      }),
    };
    const ask = gatewayOf(gateBy(tenants, tagged), format, "table", {
      onCacheEvent: (event: CacheEvent) => events.push(event),
    });
    for (const path of [
      "/tenants/A",
      "/tenants/x/y",
      "/tenants/a",
      "/tenants/b",
      `/tenants/${tenant}`,
      `/tenants/${tenant}/x`,
    ]) {
      expect(await ask(get(path))).toMatchObject({ status: 403 });
    }
    expect(await ask(get("/a/7"))).toMatchObject({ status: 200 });
    expect(events).toContainEqual({
      type: "value_refused",
      principalId: "user:x",
      route: "* /tenants/:t/**",
      param: "t",
    });
  });

  it("denies all where the policy grants nothing", async () => {
    const ask = gatewayOf(gateBy({ "GET /a": { group: "admins" } }), format, "table");
    expect(await ask(get("/a"))).toMatchObject({ status: 403 });
    expect(await ask(get("/b"))).toMatchObject({ status: 403, kept: true });
  });

  it("takes HEAD for GET, methods for themselves, and a slash at the end for none", async () => {
    const ask = gatewayOf(
      gateBy({
        "GET /a": "authenticated",
        "* /b": "authenticated",
        "POST /c": "authenticated",
        "PUT /c": "authenticated",
      }),
      format,
      "table",
    );
    const allowed: string[] = [];
    for (const path of ["/a", "/a/", "/b", "/b/", "/c", "/A"]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        if ((await ask({ method, path, token: "Bearer A" })).status === 200) allowed.push(`${method} ${path}`);
      }
    }
    const all = (path: string) =>
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => `${method} ${path}`);
    expect(allowed).toEqual([
      "GET /a",
      "HEAD /a",
      "GET /a/",
      "HEAD /a/",
      ...all("/b"),
      ...all("/b/"),
      "POST /c",
      "PUT /c",
    ]);
  });

  it("is one request where it would be too large, tells so, and is never more", async () => {
    const events: CacheEvent[] = [];
    const routes = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`GET /${"x".repeat(40)}${index}`, "authenticated"]),
    );
    const options = { onCacheEvent: (event: CacheEvent) => events.push(event) };
    const ask = gatewayOf(gateBy(routes), format, "table", options);
    const path = (index: number) => `/${"x".repeat(40)}${index}`;
    expect(await ask(get(path(7)))).toMatchObject({ status: 200 });
    expect(await ask(get(path(8)))).toMatchObject({ status: 403, kept: true });
    expect(await ask(get("/none", "Bearer B"))).toMatchObject({ status: 403, kept: false });
    expect(events).toEqual([
      { type: "exact_instead", principalId: "user:A", reason: "too_large" },
      { type: "exact_instead", principalId: "user:B", reason: "too_large" },
    ]);
    const long = gatewayOf(
      gateBy({ [`GET /${"x".repeat(500)}`]: "authenticated", "GET /b": "authenticated" }),
      format,
      "table",
      options,
    );
    expect(await long(get("/b"))).toMatchObject({ status: 200 });
    expect(events).toHaveLength(3);
  });

  it("is one request where a value of the caller makes a table impossible, and tells so", async () => {
    const events: CacheEvent[] = [];
    const policy = definePolicy({
      routes: {
        "GET /:t/**": { equal: [{ tag: "tenant" }, { param: "t" }] },
        "GET /x/:id/:of/**": { oneOf: [{ param: "id" }, ["7"]] },
      },
      caseSensitive: true,
    });
    const ask = gatewayOf(gateBy(policy), format, "table", { onCacheEvent: (event: CacheEvent) => events.push(event) });
    expect(await ask(get("/x/7/b", "Bearer x"))).toMatchObject({ status: 200 });
    expect(await ask(get("/x/8/b", "Bearer x"))).toMatchObject({ status: 403 });
    expect(await ask(get("/A/8", "Bearer A"))).toMatchObject({ status: 200 });
    expect(events).toEqual([{ type: "exact_instead", principalId: "user:x", reason: "not_expressible" }]);
  });

  it("goes by the policy that is live, and fails where that one cannot be kept", async () => {
    const first = definePolicy({ routes: { "GET /a": "authenticated" } });
    const second = definePolicy({ routes: { "GET /b": "authenticated" } });
    const third = definePolicy({ routes: { "GET /b": { ip: "10.0.0.0/8" } } });
    const fourth = definePolicy({ routes: { "GET /b": "authenticated" }, strict: true });
    let current = first;
    const following: Policy = {
      ...first,
      get current() {
        return current;
      },
    };
    const exchanging: Verifier = {
      ...byTenant,
      verify(request) {
        if (request.headers.get("authorization") === "Bearer exchange") current = second;
        return byTenant.verify(request);
      },
    };
    const statusOf = async (path: string, token: string) => (await ask(get(path, token))).status;
    const ask = gatewayOf(gateBy(following, exchanging), format, "table");
    expect(await statusOf("/a", "Bearer A")).toBe(200);
    expect(await statusOf("/b", "Bearer exchange")).toBe(200);
    expect(await statusOf("/a", "Bearer B")).toBe(403);
    expect(await statusOf("/b", "Bearer B")).toBe(200);
    current = third;
    expect(await statusOf("/b", "Bearer C")).toBe(500);
    current = fourth;
    expect(await statusOf("/b", "Bearer C")).toBe(500);
  });

  it("refuses what proves nothing, and fails where nobody knows", async () => {
    const ask = gatewayOf(gateBy(tenants), format, "table");
    expect(await ask(get("/a/7", "Bearer bad"))).toMatchObject({ status: format.startsWith("rest") ? 401 : 403 });
    expect(await ask(get("/a/7", "Bearer outage"))).toMatchObject({ status: 500, kept: false });
  });
});

describe("a table of ARNs", () => {
  it("is written for the stage of the request, as two statements", async () => {
    const handler = handlerOf(gateBy({ "GET /a/:id": "authenticated" }), "rest-token", "table");
    const stage = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/";
    expect(await handler(restTokenEvent({ token: "Bearer A" }) as never)).toEqual({
      principalId: "user:A",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Action: "execute-api:Invoke", Effect: "Allow", Resource: [`${stage}GET/a/?*`, `${stage}HEAD/a/?*`] },
          {
            Action: "execute-api:Invoke",
            Effect: "Deny",
            Resource: [
              "arn:aws:execute-api:*:*:*//*",
              "arn:aws:execute-api:*:*:*/./*",
              "arn:aws:execute-api:*:*:*/../*",
              "arn:aws:execute-api:*:*:*%*",
              "arn:aws:execute-api:*:*:*\\*",
              "arn:aws:execute-api:*:*:*/.",
              "arn:aws:execute-api:*:*:*/..",
              `${stage}GET/a/*/?*`,
              `${stage}HEAD/a/*/?*`,
            ],
          },
        ],
      },
      context: expect.objectContaining({ principalId: "user:A", keptUntil: "2026-01-01T00:05:00.000Z" }),
    });
  });

  it("fails on an ARN that is not of the request, as behind a base path, and is not kept", async () => {
    const handler = handlerOf(gateBy({ "GET /**": "authenticated" }), "rest-request", "table");
    const event = { ...restRequestBasePath, headers: { Authorization: "Bearer A" }, multiValueHeaders: null };
    await expect(handler(event as never)).rejects.toMatchObject({ code: "configuration_error" });
    const http = handlerOf(gateBy({ "GET /**": "authenticated" }), "http-policy", "table");
    for (const routeArn of ["arn", methodArn("POST", "/articles", "$default"), methodArn("$default", "", "$default")]) {
      const other = {
        ...httpAuthorizerEvent({ headers: { authorization: "Bearer A" } }),
        identitySource: ["Bearer A"],
        routeArn,
      };
      await expect(http(other as never)).rejects.toMatchObject({ code: "configuration_error" });
    }
  });
});

describe("a TOKEN event that carries a signature", () => {
  it.each(["off", "coarse", "table"])("is Unauthorized: %s", async (cache) => {
    const handler =
      cache === "off"
        ? (lambdaAuthorizer(gateBy(tenants), { format: "rest-token", cache: "off" }) as never)
        : handlerOf(gateBy(tenants), "rest-token", cache);
    const token =
      "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE000000000/20260101/eu-west-1/x/aws4_request, SignedHeaders=host, Signature=0";
    await expect((handler as (event: unknown) => Promise<object>)(restTokenEvent({ token }))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });
});

describe("answers for one request, kept under method and path", () => {
  it.each(["rest-request", "http-simple", "http-policy", "http-policy-1.0"] as const)(
    "are never given to another: %s",
    async (format) => {
      const ask = gatewayOf(gateBy(tenants), format, "exact");
      const get = (path: string, method = "GET") => ask({ method, path, token: "Bearer A" });
      expect(await get("/tenants/A")).toMatchObject({ status: 200, kept: false });
      expect(await get("/tenants/B")).toMatchObject({ status: 403, kept: false });
      expect(await get("/tenants/A")).toMatchObject({ status: 200, kept: true });
      expect(await get("/tenants/A", "DELETE")).toMatchObject({ status: 200, kept: false });
      expect(await get("/a/7", "DELETE")).toMatchObject({ status: 403, kept: false });
      expect(await get("/a/*")).toMatchObject({ status: 403, kept: false });
      expect(await get("/a/7")).toMatchObject({ status: 200, kept: false });
    },
  );

  it("are decided by the identity sources alone, so that nothing else can be mixed up", async () => {
    const seen: string[] = [];
    const authorizer = createAuthorizer({
      verifiers: [byName],
      policy: definePolicy({ routes: { "GET /articles": "authenticated" } }),
      onDecision: (_, request) => seen.push(`${request.target} ${[...request.headers.names()].join()}`),
    });
    const handler = handlerOf(authorizer, "http-simple", "exact");
    const event = httpAuthorizerEvent({
      headers: { authorization: "Bearer reader", "x-mode": "raw" },
      query: { a: ["1"] },
    });
    const identitySource = ["Bearer reader", "GET", "/articles"];
    expect(await handler({ ...event, cookies: ["token=x"], identitySource } as never)).toMatchObject({
      isAuthorized: true,
    });
    expect(seen).toEqual(["/articles authorization"]);
  });

  it.each([
    ["the token", ["GET", "/articles/7"]],
    ["the method", [httpAuthorizerV2Cacheable.headers?.authorization ?? "", "/articles/7"]],
    ["the path", [httpAuthorizerV2Cacheable.headers?.authorization ?? "", "GET"]],
    [
      "the path, and the route in its place",
      [httpAuthorizerV2Cacheable.headers?.authorization ?? "", "GET", "GET /articles/{id}"],
    ],
    [
      "one, and has another that is not declared",
      [httpAuthorizerV2Cacheable.headers?.authorization ?? "", "GET", "/articles/7", "x"],
    ],
    ["all", []],
    ["even a list", undefined],
    ["even a list, but for a null", null],
  ])("fail with a fault of ours where the gateway's key lacks %s", async (_, identitySource) => {
    const verify = vi.fn(byTenant.verify);
    const handler = handlerOf(gateBy(tenants, { ...byTenant, verify }), "http-simple", "exact");
    await expect(handler({ ...httpAuthorizerV2Cacheable, identitySource } as never)).rejects.toMatchObject({
      code: "configuration_error",
    });
    expect(verify).not.toHaveBeenCalled();
  });

  it("are refused where they are too large", async () => {
    const crowd = gateBy({ "GET /articles": "authenticated" }, byName);
    for (const cache of ["exact", "coarse"]) {
      const handler = handlerOf(crowd, "http-simple", cache);
      const event = {
        ...httpAuthorizerEvent({ headers: { authorization: "Bearer crowd" } }),
        identitySource: cache === "exact" ? ["Bearer crowd", "GET", "/articles"] : ["Bearer crowd"],
      };
      expect(await handler(event as never)).toMatchObject({ isAuthorized: false, context: { code: "access_denied" } });
    }
  });
});

describe("answers for all of the stage", () => {
  it.each([...formats, "http-simple"] as const)(
    "let every caller pass whose credential is good: %s",
    async (format) => {
      const ask = gatewayOf(gateBy({ "GET /a": { ip: "10.0.0.0/8" } }), format, "coarse");
      expect(await ask({ method: "GET", path: "/a", token: "Bearer A" })).toMatchObject({ status: 200 });
      expect(await ask({ method: "DELETE", path: "/b/c", token: "Bearer A" })).toMatchObject({
        status: 200,
        kept: true,
      });
      expect((await ask({ method: "GET", path: "/a", token: "Bearer bad" })).status).toBeGreaterThan(400);
    },
  );

  it.each(formats)("do not reach a path with a wildcard: %s", async (format) => {
    const ask = gatewayOf(gateBy({ "GET /a/:id": "authenticated" }), format, "coarse");
    expect(await ask({ method: "GET", path: "/a/*", token: "Bearer A" })).toMatchObject({ status: 403 });
    expect(await ask({ method: "GET", path: "/a/long", token: "Bearer A" })).toMatchObject({ status: 200, kept: true });
  });
});

describe("the function behind a kept answer", () => {
  const context = async () => {
    const expiresAt = new Date(now + 60_000);
    const lasting: Verifier = {
      ...byTenant,
      verify: async () => ({
        principal: createPrincipal({ kind: "user", id: "user:x", issuer: "x", verifiedBy: "x", expiresAt }),
      }),
    };
    const handler = handlerOf(gateBy({ "GET /articles": "authenticated" }, lasting), "http-policy", "table", {
      cacheTtl: 3_600,
    });
    const event = { ...httpAuthorizerEvent(), identitySource: ["Bearer editor"] };
    return ((await handler(event as never)) as { context: Record<string, string> }).context;
  };

  it("refuses a caller whose credential has ended since, however long the gateway keeps it", async () => {
    const event = httpProxyEvent({ context: await context() });
    expect(principalOf(event, { clock: () => now + 59_999 }).id).toBe("user:x");
    expect(() => principalOf(event, { clock: () => now + 60_000 })).toThrow(
      expect.objectContaining({ code: "token_expired" }),
    );
  });

  it("refuses an answer that the gateway kept for longer than was declared, but for a minute", async () => {
    const { expiresAt: _, ...lasting } = await context();
    const event = httpProxyEvent({ context: lasting });
    expect(principalOf(event, { clock: () => now + 3_659_999 }).id).toBe("user:x");
    for (const late of [now + 3_660_000, Number.NaN]) {
      expect(() => principalOf(event, { clock: () => late })).toThrow(
        expect.objectContaining({ code: "configuration_error" }),
      );
    }
  });
});

it("keeps nothing of a REST request but its token", async () => {
  const handler = handlerOf(gateBy(tenants), "rest-request", "table");
  const first = await handler(
    restRequestEvent({ path: "/a/7", headers: { Authorization: "Bearer A", Cookie: "token=x" } }) as never,
  );
  const second = await handler(
    restRequestEvent({
      method: "POST",
      path: "/none",
      headers: { Authorization: "Bearer A" },
      query: { a: ["1"] },
    }) as never,
  );
  expect(second).toEqual(first);
});

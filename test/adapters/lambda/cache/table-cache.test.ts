import { describe, expect, it } from "vitest";
import { tableCache } from "../../../../src/adapters/lambda/cache/table-cache.ts";
import { definePolicy } from "../../../../src/policy/define-policy.ts";
import { createPrincipal } from "../../../../src/principal.ts";
import type { Verifier } from "../../../../src/verifier.ts";
import { restRequestBasePath } from "../../../fixtures/rest-request.ts";
import { httpAuthorizerEvent, methodArn, restTokenEvent } from "../events.ts";
import { exchangedPolicy } from "./exchanged-policy.ts";
import { byTenant, faultOf, gateBy, gatewayOf, handlerOf, listener, policyFormats, tenants } from "./kept-gate.ts";

describe("the options of a table", () => {
  it.each<[object, string]>([
    [{ cacheTtl: 300, unrouted: "allow" }, "unrouted"],
    [{ cacheTtl: 300, onCacheEvent: "log" }, "onCacheEvent"],
    [{ cacheTtl: 300, routes: [] }, "routes"],
  ])("are refused: %j", (options, option) => {
    expect(faultOf(() => tableCache(options as never)).option).toBe(`tableCache.${option}`);
  });
});

describe.each(policyFormats)("a table that is kept: %s", (format) => {
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
    const { events, onCacheEvent } = listener();
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
      onCacheEvent,
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
    const { events, onCacheEvent } = listener();
    const routes = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`GET /${"x".repeat(40)}${index}`, "authenticated"]),
    );
    const options = { onCacheEvent };
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
    const { events, onCacheEvent } = listener();
    const policy = definePolicy({
      routes: {
        "GET /:t/**": { equal: [{ tag: "tenant" }, { param: "t" }] },
        "GET /x/:id/:of/**": { oneOf: [{ param: "id" }, ["7"]] },
      },
      caseSensitive: true,
    });
    const ask = gatewayOf(gateBy(policy), format, "table", { onCacheEvent });
    expect(await ask(get("/x/7/b", "Bearer x"))).toMatchObject({ status: 200 });
    expect(await ask(get("/x/8/b", "Bearer x"))).toMatchObject({ status: 403 });
    expect(await ask(get("/A/8", "Bearer A"))).toMatchObject({ status: 200 });
    expect(events).toEqual([{ type: "exact_instead", principalId: "user:x", reason: "not_expressible" }]);
  });

  it("goes by the policy that is live, and fails where that one cannot be kept", async () => {
    const { policy, exchange, exchangingBy } = exchangedPolicy(definePolicy({ routes: { "GET /a": "authenticated" } }));
    const second = definePolicy({ routes: { "GET /b": "authenticated" } });
    const third = definePolicy({ routes: { "GET /b": { ip: "10.0.0.0/8" } } });
    const fourth = definePolicy({ routes: { "GET /b": "authenticated" }, strict: true });
    const statusOf = async (path: string, token: string) => (await ask(get(path, token))).status;
    const ask = gatewayOf(gateBy(policy, exchangingBy("Bearer exchange", second)), format, "table");
    expect(await statusOf("/a", "Bearer A")).toBe(200);
    expect(await statusOf("/b", "Bearer exchange")).toBe(200);
    expect(await statusOf("/a", "Bearer B")).toBe(403);
    expect(await statusOf("/b", "Bearer B")).toBe(200);
    exchange(third);
    expect(await statusOf("/b", "Bearer C")).toBe(500);
    exchange(fourth);
    expect(await statusOf("/b", "Bearer C")).toBe(500);
    // A gateway that decodes ARNs would hold "/é" against an allow for "/?*" and a denial of "/%C3%A9".
    exchange(definePolicy({ routes: { "GET /:id": "authenticated", "GET /%C3%A9": { group: "admins" } } }));
    expect(await statusOf("/é", "Bearer C")).toBe(500);
    expect(await statusOf("/b", "Bearer D")).toBe(500);
    exchange(definePolicy({ routes: { [`GET /${"a/".repeat(30)}:id` as const]: "authenticated" } }));
    expect(await statusOf("/b", "Bearer D")).toBe(500);
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
    for (const routeArn of [
      "arn",
      methodArn("POST", "/articles", "$default"),
      methodArn("$default", "", "$default"),
      methodArn("GET", "/{proxy+}", "$default"),
      methodArn("GET", "/articles/{id}", "$default"),
    ]) {
      const other = {
        ...httpAuthorizerEvent({ headers: { authorization: "Bearer A" } }),
        identitySource: ["Bearer A"],
        routeArn,
      };
      await expect(http(other as never)).rejects.toMatchObject({ code: "configuration_error" });
    }
  });
});

import { describe, expect, it, vi } from "vitest";
import { exactCache } from "../../../../src/adapters/lambda/cache/exact-cache.ts";
import { createAuthorizer } from "../../../../src/authorizer.ts";
import { definePolicy } from "../../../../src/policy/define-policy.ts";
import { httpAuthorizerV2Cacheable } from "../../../fixtures/http-authorizer-v2.ts";
import { httpAuthorizerEvent } from "../events.ts";
import { byName } from "../gate.ts";
import { exchangedPolicy } from "./exchanged-policy.ts";
import { byTenant, faultOf, gateBy, gatewayOf, handlerOf, tenants } from "./kept-gate.ts";

const http = "$request.header.Authorization";
const rest = "method.request.header.Authorization";

describe("the key of answers for one request", () => {
  it.each<[readonly string[] | undefined, string]>([
    [undefined, '"$context.httpMethod" and "$context.path"'],
    [[http], '"$context.httpMethod" and "$context.path"'],
    [[http, "$context.path"], '"$context.httpMethod" and "$context.path"'],
    [[http, "$context.httpMethod"], '"$context.httpMethod" and "$context.path"'],
    [[http, "$context.httpMethod", "$context.routeKey"], '"$context.httpMethod" and "$context.path"'],
    [[rest, "context.path"], '"context.httpMethod" and "context.path"'],
    [[rest, "context.httpMethod"], '"context.httpMethod" and "context.path"'],
  ])("has method and path, or is refused: %j", (identitySource, advice) => {
    const fault = faultOf(() => exactCache({ cacheTtl: 300, identitySource } as never));
    expect(fault.option).toBe("exactCache.identitySource");
    expect(fault.message).toContain(advice);
  });

  it("is all that there is to declare", () => {
    const identitySource = [http, "$context.httpMethod", "$context.path"] as const;
    for (const option of ["unrouted", "onCacheEvent", "mode"]) {
      const options = { cacheTtl: 300, identitySource, [option]: undefined };
      expect(faultOf(() => exactCache(options)).option).toBe(`exactCache.${option}`);
    }
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

  it("fail where the policy that is live now makes them wrong for the next request", async () => {
    const { policy, exchange } = exchangedPolicy(definePolicy({ routes: { "GET /a": "authenticated" } }));
    const ask = gatewayOf(gateBy(policy), "http-simple", "exact");
    expect(await ask({ method: "GET", path: "/a", token: "Bearer A" })).toMatchObject({ status: 200 });
    exchange(definePolicy({ routes: { "GET /b": { anyOf: ["authenticated", { ip: "10.0.0.0/8" }] } } }));
    expect(await ask({ method: "GET", path: "/b", token: "Bearer A" })).toMatchObject({ status: 500 });
  });

  it("fail where such a policy comes while a question is judged", async () => {
    const { policy, exchangingBy } = exchangedPolicy(definePolicy({ routes: { "GET /a": "authenticated" } }));
    const next = definePolicy({ routes: { "GET /a": { anyOf: ["authenticated", { ip: "10.0.0.0/8" }] } } });
    const ask = gatewayOf(gateBy(policy, exchangingBy("Bearer A", next)), "http-simple", "exact");
    expect(await ask({ method: "GET", path: "/a", token: "Bearer A" })).toMatchObject({ status: 500, kept: false });
  });

  it("are refused where they are too large", async () => {
    const crowd = gateBy({ "GET /articles": "authenticated" }, byName);
    const handler = handlerOf(crowd, "http-simple", "exact");
    const event = {
      ...httpAuthorizerEvent({ headers: { authorization: "Bearer crowd" } }),
      identitySource: ["Bearer crowd", "GET", "/articles"],
    };
    expect(await handler(event as never)).toMatchObject({ isAuthorized: false, context: { code: "access_denied" } });
  });
});

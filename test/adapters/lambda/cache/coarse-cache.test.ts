import { describe, expect, it } from "vitest";
import { coarseCache } from "../../../../src/adapters/lambda/cache/coarse-cache.ts";
import { httpAuthorizerEvent } from "../events.ts";
import { byName } from "../gate.ts";
import { faultOf, gateBy, gatewayOf, handlerOf, policyFormats } from "./kept-gate.ts";

it("is told nothing of routes", () => {
  expect(faultOf(() => coarseCache({ cacheTtl: 300, unrouted: "deny" } as never)).option).toBe("coarseCache.unrouted");
});

describe("answers for all of the stage", () => {
  it.each([...policyFormats, "http-simple"] as const)(
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

  it.each(policyFormats)("do not reach a path with a wildcard: %s", async (format) => {
    const ask = gatewayOf(gateBy({ "GET /a/:id": "authenticated" }), format, "coarse");
    expect(await ask({ method: "GET", path: "/a/*", token: "Bearer A" })).toMatchObject({ status: 403 });
    expect(await ask({ method: "GET", path: "/a/long", token: "Bearer A" })).toMatchObject({ status: 200, kept: true });
  });

  it("are refused where they are too large", async () => {
    const handler = handlerOf(gateBy({ "GET /articles": "authenticated" }, byName), "http-simple", "coarse");
    const event = {
      ...httpAuthorizerEvent({ headers: { authorization: "Bearer crowd" } }),
      identitySource: ["Bearer crowd"],
    };
    expect(await handler(event as never)).toMatchObject({ isAuthorized: false, context: { code: "access_denied" } });
  });

  it("are refused where the stage cannot be named", async () => {
    const handler = handlerOf(gateBy({ "GET /a": "authenticated" }), "http-policy", "coarse");
    const event = { ...httpAuthorizerEvent({ headers: { authorization: "Bearer A" } }), identitySource: ["Bearer A"] };
    const routeArn = event.routeArn.replace("abcdef1234", "a".repeat(500));
    expect(await handler({ ...event, routeArn } as never)).toMatchObject({ context: { code: "access_denied" } });
  });
});

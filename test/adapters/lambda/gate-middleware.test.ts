import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { gateMiddleware } from "../../../src/adapters/lambda/gate-middleware.ts";
import { principalOf } from "../../../src/adapters/lambda/principal-of.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { group } from "../../../src/policy/combinators.ts";
import { httpProxyEvent, latticeEvent, loadBalancerEvent, loadBalancerListEvent, restProxyEvent } from "./events.ts";
import { gate, gateWithoutPolicy } from "./gate.ts";

/** A handler of middy behind the gate, and what ran behind it. */
function behindGate(options = {}, authorizer = gate()) {
  const ran: string[] = [];
  const handler = middy()
    .use(gateMiddleware<APIGatewayProxyEventV2>(authorizer, options))
    .before(() => void ran.push("before"))
    .after(() => void ran.push("after"))
    .handler(async (event: APIGatewayProxyEventV2) => {
      ran.push("handler");
      return { statusCode: 200, body: principalOf(event, authorizer).id };
    });
  const context = { getRemainingTimeInMillis: () => 1_000 };
  return { ran, call: (event: unknown) => handler(event as never, context as never) as Promise<unknown> };
}

describe("gateMiddleware", () => {
  it.each([restProxyEvent, httpProxyEvent, loadBalancerEvent, loadBalancerListEvent, latticeEvent])(
    "lets those who may through to the handler, which knows them: door %#",
    async (event) => {
      const { ran, call } = behindGate();
      expect(await call(event({ method: "POST" }))).toEqual({ statusCode: 200, body: "user:eu-west-1_Example01:ada" });
      expect(ran).toEqual(["before", "handler", "after"]);
    },
  );

  it.each([
    [restProxyEvent({ headers: {} }), 401, "no_credentials"],
    [httpProxyEvent({ method: "POST", headers: { authorization: "Bearer reader" } }), 403, "access_denied"],
    [loadBalancerEvent({ headers: { authorization: "Bearer bad" } }), 401, "invalid_token"],
    [latticeEvent({ headers: { authorization: "Bearer outage" } }), 503, "store_unavailable"],
    [{ Records: [] }, 500, "configuration_error"],
    [null, 500, "configuration_error"],
  ])("answers early, and lets nothing behind it run: case %#", async (event, statusCode, code) => {
    const { ran, call } = behindGate();
    const body = expect.stringContaining(`"code":"${code}"`);
    expect(await call(event)).toMatchObject({ statusCode, body });
    expect(ran).toEqual([]);
  });

  it("answers a load balancer that sends lists in lists", async () => {
    expect(await behindGate().call(loadBalancerListEvent({ headers: {} }))).toMatchObject({
      statusDescription: "401 Unauthorized",
      multiValueHeaders: { "www-authenticate": ["Bearer"] },
    });
  });

  it("holds a rule beside the policy, or without one", async () => {
    const { call } = behindGate({ rule: group("editors") }, gateWithoutPolicy());
    expect(await call(httpProxyEvent())).toMatchObject({ statusCode: 200 });
    const asReader = httpProxyEvent({ headers: { authorization: "Bearer reader" } });
    expect(await call(asReader)).toMatchObject({ statusCode: 403 });
  });

  it.each([
    [undefined, {}, "gateMiddleware"],
    [gate(), null, "gateMiddleware"],
    [gate(), { rules: [] }, "gateMiddleware.rules"],
    [gate(), { basePath: "v1" }, "gateMiddleware.basePath"],
    [gateWithoutPolicy(), {}, "gateMiddleware.rule"],
  ])("refuses faulty arguments: case %#", (authorizer, options, option) => {
    const construct = () => gateMiddleware(authorizer as never, options as never);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });
});

import { describe, expect, it } from "vitest";
import { authorizerContext } from "../../../src/adapters/lambda/authorizer-context.ts";
import { guardHandler } from "../../../src/adapters/lambda/guard-handler.ts";
import { principalOf } from "../../../src/adapters/lambda/principal-of.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { equal, group, param, tag } from "../../../src/policy/combinators.ts";
import type { Verifier } from "../../../src/verifier.ts";
import {
  functionUrlEvent,
  httpAuthorizerEvent,
  httpProxyEvent,
  httpProxyEventV1,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  restProxyEvent,
  restRequestEvent,
} from "./events.ts";
import { caller, gate, gateWithoutPolicy, policy } from "./gate.ts";

const gateways = [
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
  ["an HTTP API in payload format 1.0", httpProxyEventV1],
  ["a function URL", functionUrlEvent],
] as const;
const doors = [
  ...gateways,
  ["a load balancer", loadBalancerEvent],
  ["a load balancer that sends lists", loadBalancerListEvent],
  ["VPC Lattice", latticeEvent],
] as const;
const helloSha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/** Calls a guarded handler as a function's runtime does, whose events have no types. */
function guarded(options = {}, authorizer = gate()) {
  const handler = guardHandler(
    authorizer,
    (event: never, context: { awsRequestId: string }, principal) => ({
      statusCode: 200,
      body: `${principal.id} ${context.awsRequestId} ${principalOf(event) === principal}`,
    }),
    options,
  ) as (event: unknown, context: { awsRequestId: string }) => Promise<unknown>;
  return (event: unknown) => handler(event, { awsRequestId: "r1" });
}

function problem(status: number, code: string) {
  return {
    statusCode: status,
    headers: expect.objectContaining({ "content-type": "application/problem+json", "cache-control": "no-store" }),
    body: expect.stringContaining(`"code":"${code}"`),
  };
}

/** The code of a refusal, whatever form the door has for it. */
function codeIn(answer: unknown): [status: number, code: string] {
  const { statusCode, body } = answer as { statusCode: number; body: string };
  return [statusCode, (JSON.parse(body) as { code: string }).code];
}

describe.each(doors)("guardHandler behind %s", (name, event) => {
  it("calls the handler with event, context and caller for those who may", async () => {
    expect(await guarded()(event({ method: "POST", body: "{}" }))).toEqual({
      statusCode: 200,
      body: "user:eu-west-1_Example01:ada r1 true",
    });
  });

  it.each([
    [{ method: "POST", headers: { authorization: "Bearer reader" } }, 403, "access_denied"],
    [{ headers: { authorization: "Bearer bad" } }, 401, "invalid_token"],
    [{ headers: {} }, 401, "no_credentials"],
    [{ headers: { authorization: "Basic YTpi" } }, 401, "unsupported_scheme"],
    [{ path: "/secrets" }, 403, "no_route"],
    [{ path: "/tenants/evil/x" }, 403, "access_denied"],
    [{ path: "/files//a" }, 400, "target_not_canonical"],
    [{ headers: { authorization: "Bearer outage" } }, 503, "store_unavailable"],
    [{ headers: { authorization: "Bearer crash" } }, 500, "internal_error"],
    [{ headers: { authorization: "Bearer editor", "x-http-method-override": "DELETE" } }, 400, "method_override"],
    [{ path: "/search", query: { tenant: ["evil"] } }, 403, "access_denied"],
  ])("answers %j with %i %s", async (facts, status, code) => {
    expect(codeIn(await guarded()(event(facts)))).toEqual([status, code]);
  });

  it("is undecided about a query parameter that is given twice", async () => {
    const twice = await guarded()(event({ path: "/search", query: { tenant: ["evil", "acme"] } }));
    // A load balancer that sends no lists sends the last value, to the gate as to the handler.
    expect(twice).toMatchObject({ statusCode: name === "a load balancer" ? 200 : 403 });
  });

  it("answers preflights where it is told to, and judges every other request", async () => {
    const preflight = { origins: ["https://app.example.com"], methods: ["POST"], headers: ["authorization"] };
    const withPreflight = guarded({ preflight });
    const asked = { origin: "https://app.example.com", "access-control-request-method": "POST" };
    const { statusCode, headers, multiValueHeaders } = (await withPreflight(
      event({ method: "OPTIONS", headers: asked }),
    )) as { statusCode: number; headers?: object; multiValueHeaders?: object };
    const origin = "https://app.example.com";
    expect([statusCode, headers ?? multiValueHeaders]).toEqual([
      204,
      expect.objectContaining({
        "access-control-allow-origin": multiValueHeaders === undefined ? origin : [origin],
      }),
    ]);
    const others = [
      { method: "GET", headers: asked },
      { method: "OPTIONS", headers: { origin } },
    ];
    for (const facts of others) {
      expect(codeIn(await withPreflight(event(facts)))).toEqual([401, "no_credentials"]);
    }
    const withCredential = { ...asked, authorization: "Bearer editor" };
    expect(codeIn(await withPreflight(event({ method: "OPTIONS", headers: withCredential })))).toEqual([
      403,
      "no_route",
    ]);
    expect(codeIn(await guarded()(event({ method: "OPTIONS", headers: asked })))).toEqual([401, "no_credentials"]);
  });

  it("answers HEAD without a body", async () => {
    const refused = await guarded()(event({ method: "HEAD", headers: {} }));
    expect(refused).toMatchObject({ statusCode: 401, body: "" });
  });

  it.each([
    { path: "/articles/a b" },
    { path: "/files/*" },
    { path: "/files/$a" },
    { path: "/search", query: { tenant: ["acme"] } },
    { path: "/health", headers: {} },
  ])("lets %j through", async (facts) => {
    expect(await guarded()(event(facts))).toMatchObject({ statusCode: 200 });
  });

  it("challenges a caller without a credential", async () => {
    const challenge = name === "a load balancer that sends lists" ? ["Bearer"] : "Bearer";
    const { headers, multiValueHeaders } = (await guarded()(event({ headers: {} }))) as Record<string, object>;
    expect(headers ?? multiValueHeaders).toMatchObject({ "www-authenticate": challenge });
  });

  it.each([
    ["a refusal without a reason", { allowed: false }],
    ["a refusal with something that is no fault", { allowed: false, error: { code: "access_denied" } }],
    ["no decision", undefined],
    ["a decision in a word", { allowed: "yes", principal: caller("ada", []) }],
  ])("calls no handler where whoever wrapped the authorizer gives %s", async (_name, decision) => {
    const wrapped = { ...gate(), authorize: async () => decision as never };
    const called: unknown[] = [];
    const handler = guardHandler(wrapped, async (one: never) => void called.push(one)) as (
      event: unknown,
      context: unknown,
    ) => Promise<unknown>;
    expect(await handler(event(), {})).toMatchObject({ statusCode: 500 });
    expect(called).toEqual([]);
  });

  it("answers with the fault of another copy of the package, and calls no handler", async () => {
    const error = { status: 403, code: "access_denied", message: "The caller may not do this." };
    const wrapped = { ...gate(), authorize: async () => ({ allowed: false, error }) as never };
    expect(codeIn(await guarded({}, wrapped)(event()))).toEqual([403, "access_denied"]);
  });

  it("throws on what the handler throws", async () => {
    const fault = new Error("the handler's own");
    const handler = guardHandler(gate(), () => Promise.reject(fault)) as (event: unknown, context: unknown) => unknown;
    await expect(handler(event(), {})).rejects.toBe(fault);
  });

  it("holds a rule beside the policy", async () => {
    const editorsOnly = guarded({ rule: group("editors") });
    expect(await editorsOnly(event())).toMatchObject({ statusCode: 200 });
    const asReader = event({ headers: { authorization: "Bearer reader" } });
    expect(codeIn(await editorsOnly(asReader))).toEqual([403, "access_denied"]);
  });

  it.each([
    [{ body: "hello", isBase64Encoded: false }, "hello"],
    [{ body: "aGVsbG8=", isBase64Encoded: true }, "hello"],
    [{ body: null }, ""],
  ])("shows a verifier the bytes of %j", async (change, text) => {
    const seen: string[] = [];
    const reader: Verifier = {
      scheme: "Bearer",
      detects: () => true,
      async verify({ body }) {
        seen.push(Buffer.from((await body?.(5)) ?? "no body").toString());
        return { principal: caller("ada", ["editors"]) };
      },
    };
    await guarded({}, createAuthorizer({ verifiers: [reader], policy }))({ ...event({ method: "POST" }), ...change });
    expect(seen).toEqual([text]);
  });

  it("answers 413 for a body above the verifier's limit", async () => {
    const reader: Verifier = {
      scheme: "Bearer",
      detects: () => true,
      async verify({ body }) {
        await body?.(4);
        return { principal: caller("ada", ["editors"]) };
      },
    };
    const answer = await guarded(
      {},
      createAuthorizer({ verifiers: [reader], policy }),
    )(event({ method: "POST", body: "hello" }));
    expect(codeIn(answer)).toEqual([413, "body_too_large"]);
  });
});

describe.each(gateways)("guardHandler behind %s, which decodes and matches paths", (_, event) => {
  it("lets a path through that holds a question mark once it is decoded", async () => {
    expect(await guarded()(event({ path: "/files/$a?b" }))).toMatchObject({ statusCode: 200 });
  });

  it("refuses a path in which an escape is left", async () => {
    expect(await guarded()(event({ path: "/articles/a%20b" }))).toEqual(problem(400, "target_not_canonical"));
  });

  it("refuses a body that is not the one that was signed when the authorizer ahead let it through", async () => {
    const context = authorizerContext(caller("ada", ["editors"]), helloSha256);
    expect(await guarded()(event({ method: "POST", body: "hello", context }))).toMatchObject({ statusCode: 200 });
    expect(await guarded()(event({ method: "POST", body: "hullo", context }))).toEqual(
      problem(401, "payload_mismatch"),
    );
  });

  it("verifies again, whoever the authorizer ahead let through", async () => {
    const context = authorizerContext(caller("ada", ["editors"]), undefined);
    expect(await guarded()(event({ headers: {}, context }))).toEqual(problem(401, "no_credentials"));
    const asReader = { method: "POST", headers: { authorization: "Bearer reader" }, context };
    expect(await guarded()(event(asReader))).toEqual(problem(403, "access_denied"));
  });

  it("fails where the context ahead is not as we write it", async () => {
    const context = { ...authorizerContext(caller("ada", ["editors"]), undefined), kind: "root" };
    expect(await guarded()(event({ context }))).toEqual(problem(500, "configuration_error"));
  });

  it("gives a rule the parameters that the gateway matched", async () => {
    const ownTenant = guarded({ rule: equal(tag("tenant"), param("tenantId")) }, gateWithoutPolicy());
    const route = { resource: "/tenants/{tenantId}", routeKey: "GET /tenants/{tenantId}" };
    const to = (tenant: string) => ({ ...event({ path: `/tenants/${tenant}` }), ...route });
    expect(await ownTenant({ ...to("acme"), pathParameters: { tenantId: "acme" } })).toMatchObject({ statusCode: 200 });
    expect(await ownTenant({ ...to("evil"), pathParameters: { tenantId: "evil" } })).toEqual(
      problem(403, "access_denied"),
    );
    for (const pathParameters of [{}, null, undefined]) {
      expect(await ownTenant({ ...to("acme"), pathParameters })).toEqual(problem(403, "access_denied"));
    }
    expect(await ownTenant({ ...to("evil"), pathParameters: { tenantId: "acme" } })).toEqual(
      problem(400, "target_not_canonical"),
    );
    expect(await ownTenant({ ...to("acme"), pathParameters: { tenantId: 7 } })).toEqual(
      problem(500, "configuration_error"),
    );
  });
});

describe("guardHandler", () => {
  it("judges the path within the stage of an HTTP API", async () => {
    for (const event of [httpProxyEvent, httpProxyEventV1]) {
      expect(await guarded()(event({ method: "POST", stage: "prod" }))).toMatchObject({ statusCode: 200 });
      expect(await guarded()(event({ path: "/prod/articles" }))).toMatchObject({ statusCode: 403 });
    }
  });

  it.each([
    undefined,
    null,
    "event",
    [],
    {},
    { version: "2.0" },
    { version: "1.1", ...restProxyEvent() },
    { ...httpProxyEvent(), version: "3.0" },
    { ...restProxyEvent(), httpMethod: undefined },
    { ...restProxyEvent(), path: undefined },
    { Records: [{ eventSource: "aws:sqs" }] },
    restRequestEvent(),
    httpAuthorizerEvent(),
    Object.create(httpProxyEvent()) as object,
  ])("answers 500 to an event of another format: event %#", async (event) => {
    expect(await guarded()(event)).toEqual(problem(500, "configuration_error"));
  });

  it.each([
    [undefined, () => ({}), {}, "guardHandler"],
    [gate(), undefined, {}, "guardHandler"],
    [gate(), () => ({}), null, "guardHandler"],
    [gate(), () => ({}), { rules: [] }, "guardHandler.rules"],
    [gate(), () => ({}), { basePath: "v1" }, "guardHandler.basePath"],
    [gate(), () => ({}), { forwardedFor: "preserve" }, "guardHandler.forwardedFor"],
    [gate(), () => ({}), { preflight: true }, "guardHandler.preflight"],
    [gate(), () => ({}), { preflight: { origins: ["*"], methods: ["GET"] } }, "guardHandler.preflight.origins"],
    [gateWithoutPolicy(), () => ({}), {}, "guardHandler.rule"],
  ])("refuses faulty arguments: case %#", (authorizer, handler, options, option) => {
    const construct = () => guardHandler(authorizer as never, handler as never, options as never);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });

  it("refuses a faulty rule at construction", () => {
    expect(() => guardHandler(gate(), () => ({}), { rule: { grup: "editors" } as never })).toThrow(ConfigurationError);
  });
});

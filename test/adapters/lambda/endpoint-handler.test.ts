import { describe, expect, it, vi } from "vitest";
import { endpointHandler } from "../../../src/adapters/lambda/endpoint-handler.ts";
import { guardHandler } from "../../../src/adapters/lambda/guard-handler.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import type { Endpoint } from "../../../src/endpoint.ts";
import { protectedResource } from "../../../src/protected-resource.ts";
import { functionUrlEvent, httpProxyEvent, loadBalancerListEvent, restProxyEvent } from "./events.ts";
import { gate } from "./gate.ts";

const events = [
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
  ["a function URL", functionUrlEvent],
] as const;
const metadata = protectedResource({
  resource: "https://api.example.com",
  authorizationServers: ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"],
});
const path = "/.well-known/oauth-protected-resource";
const echo: Endpoint = {
  methods: ["POST"],
  path: "/echo",
  async handle({ body }) {
    return { status: 202, headers: {}, body: Buffer.from((await body?.(10)) ?? []).toString() };
  },
};
const silent: Endpoint = { methods: ["GET"], path: "/silent", handle: async () => ({ status: 204, headers: {} }) };
const faulty: Endpoint = { methods: ["GET"], path: "/faulty", handle: () => Promise.reject(new Error("secret")) };

/** Calls a handler as a function's runtime does, whose events have no types. */
function handle(event: unknown, otherwise?: (event: never, context: object) => unknown) {
  const handler = endpointHandler([metadata, echo, silent, faulty], otherwise);
  return handler(event as never, { awsRequestId: "r1" });
}

describe.each(events)("endpointHandler behind %s", (_, event) => {
  it("answers at the path of an endpoint, whatever credential is there", async () => {
    expect(await handle(event({ path, headers: { authorization: "Bearer bad" } }))).toEqual({
      statusCode: 200,
      headers: {
        "content-type": "application/json",
        "cache-control": "public, max-age=3600",
        "access-control-allow-origin": "*",
      },
      body: expect.stringContaining('"resource":"https://api.example.com"'),
    });
    expect(await handle(event({ path, query: { a: ["1"] } }))).toMatchObject({ statusCode: 200 });
  });

  it("answers HEAD without a body", async () => {
    expect(await handle(event({ method: "HEAD", path }))).toMatchObject({ statusCode: 200, body: "" });
  });

  it("hands the body to the endpoint", async () => {
    expect(await handle(event({ method: "POST", path: "/echo", body: "hello" }))).toMatchObject({ body: "hello" });
    const long = await handle(event({ method: "POST", path: "/echo", body: "hello world" }));
    expect(long).toMatchObject({ statusCode: 413 });
  });

  it("has an empty body where the endpoint gives none", async () => {
    expect(await handle(event({ path: "/silent" }))).toEqual({ statusCode: 204, headers: {}, body: "" });
  });

  it("refuses a method that the endpoint does not answer", async () => {
    expect(await handle(event({ method: "POST", path }))).toMatchObject({
      statusCode: 405,
      headers: { allow: "GET, HEAD" },
    });
  });

  it("answers for an endpoint that fails, and tells nothing of it", async () => {
    const answer = await handle(event({ path: "/faulty" }));
    expect(answer).toMatchObject({ statusCode: 500, body: expect.stringContaining("internal_error") });
    expect(JSON.stringify(answer)).not.toContain("secret");
  });

  it.each([`${path}/`, `${path}/v1`, path.toUpperCase(), "/articles"])(
    "refuses %s, where there is nothing",
    async (other) => {
      expect(await handle(event({ path: other }))).toMatchObject({
        statusCode: 403,
        body: expect.stringContaining("no_route"),
      });
    },
  );

  it("hands every other event on, and what it cannot read too", async () => {
    const otherwise = vi.fn(() => "behind");
    for (const other of [event({ path: "/articles" }), event({ path: "/a%20b" }), { Records: [] }]) {
      expect(await handle(other, otherwise)).toBe("behind");
      expect(otherwise).toHaveBeenLastCalledWith(other, { awsRequestId: "r1" });
    }
    expect(await handle(event({ path }), otherwise)).toMatchObject({ statusCode: 200 });
    expect(otherwise).toHaveBeenCalledTimes(3);
  });

  it("stands in front of a guarded handler", async () => {
    const guarded = guardHandler(gate(), (_event: never, _context: object) => ({ statusCode: 200 }));
    expect(await handle(event({ path: "/articles", headers: {} }), guarded)).toMatchObject({ statusCode: 401 });
    expect(await handle(event({ path: "/articles" }), guarded)).toEqual({ statusCode: 200 });
  });
});

describe("endpointHandler", () => {
  it("says what it cannot read of an event", async () => {
    expect(await handle({ Records: [] })).toMatchObject({ statusCode: 500 });
    expect(await handle(restProxyEvent({ path: "/a%20b" }))).toMatchObject({ statusCode: 400 });
    expect(await handle(null)).toMatchObject({ statusCode: 500 });
  });

  it("answers a load balancer in the form of its event", async () => {
    expect(await handle(loadBalancerListEvent({ path }))).toMatchObject({
      statusCode: 200,
      statusDescription: "200 OK",
      multiValueHeaders: { "content-type": ["application/json"] },
      isBase64Encoded: false,
    });
  });

  it("throws on what the handler behind it throws", async () => {
    const otherwise = () => Promise.reject(new Error("theirs"));
    await expect(handle(restProxyEvent(), otherwise)).rejects.toThrow("theirs");
  });

  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["an empty list", [[]]],
    ["an endpoint that is none", [[{ path: "/a", methods: ["GET"] }]]],
    ["something that is no list", ["/a"]],
    ["two of one path", [[metadata, metadata]]],
    ["a path that is not canonical", [[{ ...echo, path: "/a//b" }]]],
    ["a handler that cannot be called", [[metadata], {}]],
  ])("refuses %s at construction", (_name, given) => {
    const make = endpointHandler as (...args: unknown[]) => unknown;
    expect(() => make(...given)).toThrow(ConfigurationError);
    expect(() => make(...given)).toThrow(expect.objectContaining({ option: "endpointHandler" }));
  });
});

describe("endpointHandler with a base path", () => {
  const behind = (event: unknown, options: object) =>
    endpointHandler([metadata], () => "the next handler", options)(event as never, {});
  const resource = { resource: path, pathParameters: null };

  it.each([
    ["a REST API", { ...restProxyEvent({ path: `/v1${path}` }), ...resource }],
    ["an HTTP API", httpProxyEvent({ path: `/v1${path}` })],
    ["a load balancer", loadBalancerListEvent({ path: `/v1${path}` })],
  ])("answers behind %s, at the paths within it", async (_, event) => {
    expect(await behind(event, { basePath: "/v1" })).toMatchObject({ statusCode: 200 });
    expect(await behind(event, { basePath: "/v2" })).toBe("the next handler");
    expect(await behind(event, {})).toBe("the next handler");
  });

  it("is refused options that are faulty", () => {
    expect(() => behind({}, { basePath: "v1" })).toThrow(
      expect.objectContaining({ option: "endpointHandler.basePath" }),
    );
    expect(() => behind({}, { base: "/v1" })).toThrow(ConfigurationError);
  });
});

import { describe, expect, it } from "vitest";
import { proxyRequest } from "../../../src/adapters/lambda/proxy-event.ts";
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

/** A request context with two marks. */
function both(...names: readonly string[]): object {
  const marks: Record<string, unknown> = {
    ...loadBalancerEvent().requestContext,
    ...httpProxyEvent().requestContext,
    ...latticeEvent().requestContext,
  };
  return Object.fromEntries(names.map((name) => [name, marks[name]]));
}

const facts = { method: "POST", path: "/articles", query: { a: ["1", "2 3"] }, body: "hello" };

describe.each([
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
  ["an HTTP API in payload format 1.0", httpProxyEventV1],
  ["a function URL", functionUrlEvent],
  ["a load balancer that sends lists", loadBalancerListEvent],
  ["VPC Lattice", latticeEvent],
] as const)("proxyRequest behind %s", (_, event) => {
  it("makes the request, and gives back the event", () => {
    const sent = event(facts);
    const { fields, request } = proxyRequest(sent);
    expect(fields).toBe(sent);
    expect(request).toMatchObject({
      method: "POST",
      target: "/articles?a=1&a=2%203",
      wire: false,
    });
    expect(request.headers.all("authorization")).toEqual(["Bearer editor"]);
  });

  it.each([
    [{ body: "hello" }, "hello"],
    [{ body: "aGVsbG8=", isBase64Encoded: true }, "hello"],
    [{ body: null }, ""],
    [{ body: undefined }, ""],
  ])("has the bytes of %j for its body", async (change, text) => {
    const { request } = proxyRequest({ ...event(facts), ...change });
    expect(Buffer.from((await request.body?.(5)) ?? "no body").toString()).toBe(text);
  });

  it.each([
    [{ body: "hello!" }, "body_too_large"],
    [{ body: 7 }, "configuration_error"],
    [{ body: "?", isBase64Encoded: true }, "configuration_error"],
  ])("refuses the body of %j only when it is read: %s", async (change, code) => {
    const { request } = proxyRequest({ ...event(facts), ...change });
    await expect(request.body?.(5)).rejects.toMatchObject({ code });
  });
});

describe("proxyRequest", () => {
  it.each([
    ["a REST API", restProxyEvent],
    ["an HTTP API", httpProxyEvent],
    ["a function URL", functionUrlEvent],
  ] as const)("has the address that %s saw, and refuses a path that it may have decoded", (_, event) => {
    const forged = { authorization: "Bearer editor", "x-forwarded-for": "198.51.100.9" };
    expect(proxyRequest(event({ headers: forged })).request.remoteAddress).toBe("203.0.113.7");
    expect(() => proxyRequest(event({ path: "/a%20b" }))).toThrow(
      expect.objectContaining({ code: "target_not_canonical" }),
    );
  });

  it("says nothing of whom a load balancer has let in, whatever its event holds", () => {
    const { requestContext, ...event } = loadBalancerEvent();
    const identity = { userArn: "arn:aws:sts::123456789012:assumed-role/Admin/x" };
    expect(proxyRequest({ ...event, requestContext: { ...requestContext, identity } }).request).not.toHaveProperty(
      "gateway",
    );
  });

  it.each([
    ["a load balancer and an HTTP API", { ...loadBalancerEvent(), requestContext: both("elb", "http") }],
    ["VPC Lattice and an HTTP API", { ...latticeEvent(), requestContext: both("serviceArn", "http") }],
    ["a load balancer and VPC Lattice", { ...loadBalancerEvent(), requestContext: both("elb", "serviceArn") }],
    ["a load balancer with a version", { ...loadBalancerEvent(), version: "2.0" }],
    ["VPC Lattice without a version", { ...latticeEvent(), version: undefined }],
    ["VPC Lattice in version 1", { raw_path: "/", method: "GET", headers: {}, is_base64_encoded: false }],
    ["a REST API that tells no identity", { ...restProxyEvent(), requestContext: {} }],
    ["a question to an authorizer of a REST API", restRequestEvent()],
    ["a question to an authorizer of an HTTP API", httpAuthorizerEvent()],
  ])("refuses an event with the marks of %s", (_name, event) => {
    expect(() => proxyRequest(event)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  it("takes the base path off the path, not off the routes", () => {
    const settings = { basePath: "/v1", forwardedFor: undefined };
    for (const event of [restProxyEvent, httpProxyEvent, functionUrlEvent, loadBalancerEvent, latticeEvent]) {
      const at = (path: string) => {
        const sent = { ...event({ path, query: { a: ["1"] } }), pathParameters: null };
        return proxyRequest(sent, settings).request.target;
      };
      expect(at("/v1/articles")).toBe("/articles?a=1");
      expect(at("/v1")).toBe("/?a=1");
      expect(() => at("/articles")).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
      expect(() => at("/v11/articles")).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
    }
  });

  it("takes the stage of an HTTP API off ahead of the base path", () => {
    const event = httpProxyEvent({ path: "/v1/articles", stage: "prod" });
    expect(proxyRequest(event, { basePath: "/v1", forwardedFor: undefined }).request.target).toBe("/articles");
  });

  it.each([
    undefined,
    null,
    "event",
    [restProxyEvent()],
    {},
    { version: "2.0" },
    { ...restProxyEvent(), version: "1.1" },
    { ...httpProxyEventV1({ path: "/articles" }), requestContext: { identity: {} } },
    { ...httpProxyEventV1(), requestContext: { ...httpProxyEventV1().requestContext, stage: "prod" } },
    { ...restProxyEvent(), version: "2.0" },
    { ...httpProxyEvent(), version: "3.0" },
    { ...httpProxyEvent(), version: 2 },
    { ...httpProxyEvent(), version: undefined },
    Object.create(restProxyEvent()) as object,
  ])("refuses event %# as one of another format", (event) => {
    expect(() => proxyRequest(event)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });
});

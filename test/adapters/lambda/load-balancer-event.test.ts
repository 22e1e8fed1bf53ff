import { describe, expect, it } from "vitest";
import { loadBalancerRequest, readForwardedFor } from "../../../src/adapters/lambda/load-balancer-event.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import * as fixtures from "../../fixtures/load-balancer.ts";
import { loadBalancerEvent, loadBalancerListEvent } from "./events.ts";

/** Reads an event, which has no types where it comes from. */
function read(event: object, forwardedFor?: "append") {
  return loadBalancerRequest(event as Record<string, unknown>, forwardedFor);
}
function refusedWith(code: string) {
  return expect.objectContaining({ code });
}

describe("the request of a load balancer's event", () => {
  it("has path and query as they were on the wire", () => {
    expect(read(fixtures.loadBalancer)).toMatchObject({
      method: "GET",
      target: "/articles/a%20b?tag=hard%20news",
      wire: false,
    });
    expect(read(fixtures.loadBalancerMultiValue).target).toBe("/articles/a%20b?tag=sports&tag=hard%20news");
    expect(read(fixtures.loadBalancerHealthCheck).target).toBe("/");
  });

  it("has every value of a header where the event has lists", () => {
    expect(read(fixtures.loadBalancerMultiValue).headers.all("Cookie")).toEqual(["theme=dark", "lang=en"]);
    const multiValueHeaders = { authorization: ["Bearer a", "Bearer b"] };
    const { headers } = read({ ...fixtures.loadBalancerMultiValue, multiValueHeaders });
    expect(headers.all("authorization")).toEqual(["Bearer a", "Bearer b"]);
  });

  it("keeps names that differ in case, or in their escapes, as two occurrences", () => {
    const headers = { Authorization: "Bearer a", authorization: "Bearer b" };
    expect(read({ ...loadBalancerEvent(), headers }).headers.all("authorization")).toEqual(["Bearer a", "Bearer b"]);
    const queryStringParameters = { tenant: "a", "ten%61nt": "b" };
    expect(read({ ...loadBalancerEvent(), queryStringParameters }).target).toBe("/articles?tenant=a&ten%61nt=b");
  });

  it("reads names that objects are born with as any other", () => {
    const event = JSON.parse(
      JSON.stringify(loadBalancerEvent()).replace(
        '"headers":{',
        '"headers":{"__proto__":"a","constructor":"b","authorization_":"c",',
      ),
    ) as object;
    const { headers } = read(event);
    expect([headers.get("__proto__"), headers.get("constructor"), headers.get("authorization_")]).toEqual([
      ...["a", "b", "c"],
    ]);
    expect(headers.get("authorization")).toBe("Bearer editor");
  });

  it.each(["M-SEARCH", "get", "PROPFIND"])("has the method %s, which the policy is to refuse", (method) => {
    expect(read(loadBalancerEvent({ method })).method).toBe(method);
  });

  it.each([
    ["a name that holds what parts names", { "a&tenant=acme": "1" }],
    ["a name with an equals sign", { "a=b": "1" }],
    ["a value that holds what parts pairs", { a: "1&tenant=acme" }],
    ["a fragment", { a: "1#b" }],
  ])("is refused where the query has been decoded: %s", (_, queryStringParameters) => {
    expect(() => read({ ...loadBalancerEvent(), queryStringParameters })).toThrow(refusedWith("target_not_canonical"));
  });

  it("is refused where the path holds a query", () => {
    expect(() => read({ ...loadBalancerEvent(), path: "/articles?tenant=acme" })).toThrow(
      refusedWith("target_not_canonical"),
    );
  });

  const one = loadBalancerEvent();
  const lists = loadBalancerListEvent();
  it.each([
    ["no target group", { ...one, requestContext: { elb: {} } }],
    ["a target group that is none", { ...one, requestContext: { elb: { targetGroupArn: "arn:aws:lambda:x" } } }],
    ["a mark that is no object", { ...one, requestContext: { elb: true } }],
    ["no headers", { ...one, headers: null }],
    ["both forms of headers", { ...one, multiValueHeaders: lists.multiValueHeaders }],
    ["lists beside one query", { ...lists, queryStringParameters: { a: "1" } }],
    ["one header beside query lists", { ...one, multiValueQueryStringParameters: { a: ["1"] } }],
    ["a header that is no text", { ...one, headers: { authorization: 7 } }],
    ["a list in the place of a text", { ...one, headers: { authorization: ["Bearer editor"] } }],
    ["a text in the place of a list", { ...lists, multiValueHeaders: { authorization: "Bearer editor" } }],
    ["a query that is no text", { ...one, queryStringParameters: { a: { b: "1" } } }],
    ["headers that are none", { ...one, headers: "authorization: Bearer editor" }],
    ["no path", { ...one, path: undefined }],
    ["no method", { ...one, httpMethod: null }],
    ["a method of two lines", { ...one, httpMethod: "GET\nHost: x" }],
  ])("is refused as of another format with %s", (_, event) => {
    expect(() => read(event)).toThrow(refusedWith("configuration_error"));
  });
});

describe("the address of the caller behind a load balancer", () => {
  const from = (value: string) => loadBalancerEvent({ headers: { "x-forwarded-for": value } });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.9, 203.0.113.7", "203.0.113.7"],
    ["127.0.0.1,203.0.113.7", "203.0.113.7"],
    ["198.51.100.9, 2001:DB8::7", "2001:db8::7"],
    ["198.51.100.9, 203.0.113.7:4711", "203.0.113.7"],
  ])("is the last of %s, which the load balancer appended", (value, address) => {
    expect(read(from(value), "append").remoteAddress).toBe(address);
  });

  it.each(["", "198.51.100.9, unknown", "203.0.113.7,", "203.0.113.7, "])("is not known of %j", (value) => {
    expect(read(from(value), "append")).not.toHaveProperty("remoteAddress");
  });

  it("is not known without the option, without the header and with two of them", () => {
    expect(read(from("203.0.113.7"))).not.toHaveProperty("remoteAddress");
    expect(read({ ...loadBalancerEvent(), headers: {} }, "append")).not.toHaveProperty("remoteAddress");
    const multiValueHeaders = { "x-forwarded-for": ["198.51.100.9", "203.0.113.7"] };
    expect(read({ ...loadBalancerListEvent(), multiValueHeaders }, "append")).not.toHaveProperty("remoteAddress");
  });

  it("is told by no other option", () => {
    expect([readForwardedFor("guardHandler", undefined), readForwardedFor("guardHandler", "append")]).toEqual([
      undefined,
      "append",
    ]);
    for (const value of ["preserve", "remove", "", true, null]) {
      expect(() => readForwardedFor("guardHandler", value)).toThrow(ConfigurationError);
    }
  });
});

import { describe, expect, it } from "vitest";
import { latticeRequest } from "../../../src/adapters/lambda/lattice-event.ts";
import * as fixtures from "../../fixtures/vpc-lattice.ts";
import { latticeEvent } from "./events.ts";

/** Reads an event, which has no types where it comes from. */
function read(event: object) {
  return latticeRequest(event as Record<string, unknown>);
}
function refusedWith(code: string) {
  return expect.objectContaining({ code });
}

describe("the request of an event of VPC Lattice", () => {
  it("has method, path, query and every value of a header, and no address", () => {
    const request = read(fixtures.lattice);
    expect(request).toMatchObject({ method: "GET", target: "/articles/7?tag=sports&tag=news", wire: false });
    expect(request.headers.all("X-Tag")).toEqual(["a", "b"]);
    expect(request).not.toHaveProperty("remoteAddress");
    expect(read(fixtures.latticeBare).target).toBe("/articles/7");
  });

  it.each([
    [{ tenant: ["%61cme"] }, "/articles?tenant=%2561cme&tenant=acme"],
    [{ tenant: ["a+b"] }, "/articles?tenant=a%2Bb&tenant=a%20b"],
    [{ "ten%61nt": ["acme"] }, "/articles?ten%2561nt=acme&tenant=acme"],
    [{ "X-Amz-Signatur%65": ["x"] }, "/articles?X-Amz-Signatur%2565=x&X-Amz-Signature=x"],
    [{ tenant: ["100%"] }, "/articles?tenant=100%25"],
    [{ "100%": ["a+b"] }, "/articles?100%25=a%2Bb&100%25=a%20b"],
    [{ tenant: ["a b", "c&d"] }, "/articles?tenant=a%20b&tenant=c%26d"],
  ])("has both readings of a query that may not be decoded: %j", (queryStringParameters, target) => {
    expect(read({ ...latticeEvent(), queryStringParameters }).target).toBe(target);
  });

  it.each(["/a%20b", "/articles?tenant=acme", "/a\uFFFD"])("is refused with the path %s", (path) => {
    expect(() => read({ ...latticeEvent(), path })).toThrow(refusedWith("target_not_canonical"));
  });

  const good = latticeEvent();
  const { requestContext } = good;
  it.each([
    ["no service", { ...good, requestContext: { ...requestContext, serviceArn: undefined } }],
    ["a service of something else", { ...good, requestContext: { ...requestContext, serviceArn: "arn:aws:s3:::x" } }],
    ["no service network", { ...good, requestContext: { ...requestContext, serviceNetworkArn: null } }],
    ["no context", { ...good, requestContext: null }],
    ["a text in the place of a list", { ...good, headers: { authorization: "Bearer editor" } }],
    ["a list of other things", { ...good, headers: { authorization: [7] } }],
    ["a query of texts", { ...good, queryStringParameters: { a: "1" } }],
    ["headers that are a list", { ...good, headers: ["authorization", "Bearer editor"] }],
    ["no path", { ...good, path: 7 }],
    ["no method", { ...good, method: undefined }],
    ["a method of two words", { ...good, method: "GET /" }],
  ])("is refused as of another format with %s", (_, event) => {
    expect(() => read(event)).toThrow(refusedWith("configuration_error"));
  });
});

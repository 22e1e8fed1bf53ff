import { describe, expect, it } from "vitest";
import { readRestRequest } from "../../../src/adapters/lambda/rest-request.ts";
import { restRequestBasePath } from "../../fixtures/rest-request.ts";
import { consoleTestEvent, httpAuthorizerEvent, methodArn, restRequestEvent } from "./events.ts";

describe("readRestRequest", () => {
  it("makes a request without a body", () => {
    const request = readRestRequest(
      restRequestEvent({ method: "PUT", path: "/tenants/ä", query: { a: ["1", "2"], "b c": ["+"] } }),
    ).toRequest();
    expect(request).toMatchObject({
      method: "PUT",
      target: "/tenants/%C3%A4?a=1&a=2&b%20c=%2B",
      wire: false,
      remoteAddress: "203.0.113.7",
    });
    expect(request.body).toBeUndefined();
    expect(request.headers.get("authorization")).toBe("Bearer editor");
    expect(request.headers.get("host")).toBe("abcdef1234.execute-api.eu-west-1.amazonaws.com");
  });

  it("reads the console's test of an authorizer, which has null for every map", () => {
    const request = readRestRequest(consoleTestEvent()).toRequest();
    expect(request).toMatchObject({ method: "GET", target: "/", wire: false });
    expect([...request.headers.names()]).toEqual([]);
    expect(request.remoteAddress).toBeUndefined();
    expect(request.body).toBeUndefined();
  });

  it("takes the base path of a custom domain off the path where it is named, and refuses it otherwise", () => {
    const event = { ...restRequestBasePath, path: "/shop/articles/7" };
    expect(readRestRequest(event, { basePath: "/shop" }).toRequest().target).toBe("/articles/7?tag=sports&tag=news");
    expect(readRestRequest(event, { basePath: "/shop" }).asked()).toMatchObject({ path: "/articles/7" });
    for (const question of [readRestRequest(event), readRestRequest(event, { basePath: "/v1" })]) {
      expect(() => question.toRequest()).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
    }
  });

  it.each([
    undefined,
    null,
    7,
    [restRequestEvent()],
    {},
    httpAuthorizerEvent(),
    { ...restRequestEvent(), type: "TOKEN" },
    { ...restRequestEvent(), methodArn: undefined },
    { ...restRequestEvent(), methodArn: methodArn("GET", "") },
    { ...restRequestEvent(), methodArn: methodArn("POST", "/articles") },
    { ...restRequestEvent(), httpMethod: "DELETE" },
    { ...restRequestEvent(), httpMethod: undefined },
    { ...restRequestEvent(), path: undefined },
    { ...restRequestEvent(), path: ["/articles"] },
  ])("refuses event %# as one of another format", (event) => {
    expect(() => readRestRequest(event)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  it.each([
    [{ version: "1.0" }, "configuration_error"],
    [{ path: "/*" }, "target_not_canonical"],
    [{ methodArn: methodArn("GET", "/*") }, "access_denied"],
    [{ methodArn: methodArn("GET", `/${"a".repeat(512)}`) }, "access_denied"],
  ])("makes no request of an event with %j: %s", (change, code) => {
    const question = readRestRequest({ ...restRequestEvent(), ...change });
    expect(() => question.toRequest()).toThrow(expect.objectContaining({ code }));
  });
});

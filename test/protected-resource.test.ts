import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../src/configuration.ts";
import { type ProtectedResourceOptions, protectedResource } from "../src/protected-resource.ts";
import { RequestHeaders } from "../src/request.ts";

const pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const least: ProtectedResourceOptions = { resource: "https://api.example.com", authorizationServers: [pool] };

const answerOf = (options: ProtectedResourceOptions) =>
  protectedResource(options).handle({ method: "GET", target: "/", wire: true, headers: new RequestHeaders([]) });
const documentOf = async (options: ProtectedResourceOptions) => JSON.parse((await answerOf(options)).body ?? "");

describe("protectedResource", () => {
  it("tells who issues the tokens, and that they go into the header", async () => {
    expect(await documentOf(least)).toStrictEqual({
      resource: "https://api.example.com",
      authorization_servers: [pool],
      bearer_methods_supported: ["header"],
    });
  });

  it("tells all that it is told", async () => {
    const document = await documentOf({
      resource: "https://api.example.com/v1",
      authorizationServers: [pool, "https://login.example.com/"],
      scopesSupported: ["articles/read", "articles/write"],
      resourceName: "Articles",
      resourceDocumentation: "https://example.com/docs",
    });
    expect(document).toStrictEqual({
      resource: "https://api.example.com/v1",
      authorization_servers: [pool, "https://login.example.com/"],
      scopes_supported: ["articles/read", "articles/write"],
      bearer_methods_supported: ["header"],
      resource_name: "Articles",
      resource_documentation: "https://example.com/docs",
    });
  });

  it("may be kept by caches and read by pages of any origin", async () => {
    expect(await answerOf(least)).toMatchObject({
      status: 200,
      headers: {
        "content-type": "application/json",
        "cache-control": "public, max-age=3600",
        "access-control-allow-origin": "*",
      },
    });
    expect((await answerOf({ ...least, maxAgeSeconds: 0 })).headers["cache-control"]).toBe("public, max-age=0");
  });

  // RFC 9728 Section 3.1
  it.each([
    ["https://api.example.com", "https://api.example.com", ""],
    ["https://api.example.com/", "https://api.example.com", ""],
    ["https://api.example.com:8443", "https://api.example.com:8443", ""],
    ["https://api.example.com/articles", "https://api.example.com", "/articles"],
    ["https://api.example.com/articles/", "https://api.example.com", "/articles/"],
    ["https://api.example.com/V1/a%20b", "https://api.example.com", "/V1/a%20b"],
  ])("puts the well-known path between host and path of %s", (resource, origin, path) => {
    const { url, path: own, methods } = protectedResource({ ...least, resource });
    expect(own).toBe(`/.well-known/oauth-protected-resource${path}`);
    expect(url).toBe(`${origin}${own}`);
    expect(methods).toEqual(["GET", "HEAD"]);
  });

  it.each<[string, unknown, string, string]>([
    ["no options", undefined, "missing_option", "protectedResource"],
    ["an unknown option", { ...least, scopes: ["a"] }, "unknown_option", "protectedResource.scopes"],
    ["no resource", { authorizationServers: [pool] }, "missing_option", "protectedResource.resource"],
    ["no URL", { ...least, resource: "api.example.com" }, "invalid_option", "protectedResource.resource"],
    ["http", { ...least, resource: "http://api.example.com" }, "invalid_option", "protectedResource.resource"],
    ["a query", { ...least, resource: "https://a.example/?b" }, "invalid_option", "protectedResource.resource"],
    ["an empty query", { ...least, resource: "https://a.example/?" }, "invalid_option", "protectedResource.resource"],
    ["a fragment", { ...least, resource: "https://a.example/#b" }, "invalid_option", "protectedResource.resource"],
    ["a user", { ...least, resource: "https://u@a.example/" }, "invalid_option", "protectedResource.resource"],
    ["an upper-case host", { ...least, resource: "https://A.example" }, "invalid_option", "protectedResource.resource"],
    [
      "the default port",
      { ...least, resource: "https://a.example:443" },
      "invalid_option",
      "protectedResource.resource",
    ],
    [
      "a dot segment",
      { ...least, resource: "https://a.example/a/../b" },
      "invalid_option",
      "protectedResource.resource",
    ],
    [
      "an empty segment",
      { ...least, resource: "https://a.example/a//b" },
      "invalid_option",
      "protectedResource.resource",
    ],
    [
      "an escaped slash",
      { ...least, resource: "https://a.example/a%2Fb" },
      "invalid_option",
      "protectedResource.resource",
    ],
    ["no issuer", { resource: least.resource }, "missing_option", "protectedResource.authorizationServers"],
    [
      "an empty list",
      { ...least, authorizationServers: [] },
      "invalid_option",
      "protectedResource.authorizationServers",
    ],
    ["a text", { ...least, authorizationServers: pool }, "invalid_option", "protectedResource.authorizationServers"],
    [
      "a hole",
      { ...least, authorizationServers: new Array(1) },
      "missing_option",
      "protectedResource.authorizationServers",
    ],
    [
      "an issuer over http",
      { ...least, authorizationServers: [pool, "http://a.example"] },
      "invalid_option",
      "protectedResource.authorizationServers",
    ],
    [
      "scopes that are undefined",
      { ...least, scopesSupported: undefined },
      "missing_option",
      "protectedResource.scopesSupported",
    ],
    [
      "two scopes in one",
      { ...least, scopesSupported: ["a b"] },
      "invalid_option",
      "protectedResource.scopesSupported",
    ],
    [
      "a scope that is no text",
      { ...least, scopesSupported: [1] },
      "invalid_option",
      "protectedResource.scopesSupported",
    ],
    ["an empty name", { ...least, resourceName: "" }, "invalid_option", "protectedResource.resourceName"],
    [
      "docs that are no page",
      { ...least, resourceDocumentation: "javascript:alert(1)" },
      "invalid_option",
      "protectedResource.resourceDocumentation",
    ],
    ["a negative age", { ...least, maxAgeSeconds: -1 }, "invalid_option", "protectedResource.maxAgeSeconds"],
  ])("refuses %s", (_name, options, code, option) => {
    const make = () => protectedResource(options as ProtectedResourceOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ code, option }));
  });
});

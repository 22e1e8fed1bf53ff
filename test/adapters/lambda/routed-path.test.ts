import { describe, expect, it } from "vitest";
import { guardHandler, lambdaAuthorizer } from "../../../src/adapters/lambda/index.ts";
import { anyone, authenticated, group } from "../../../src/policy/combinators.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { httpAuthorizerEvent, httpProxyEvent, restProxyEvent, restRequestEvent } from "./events.ts";
import { gate } from "./gate.ts";

// The details of an article are public, the article is not, and neither are other files than the list.
const authorizer = gate({
  policy: definePolicy({
    routes: {
      "GET /articles/:id": group("editors"),
      "GET /articles/:id/public": anyone,
      "GET /files/**": group("editors"),
      "GET /files/list": anyone,
    },
  }),
});
const restGate = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
const simpleGate = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
const policyGate = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });
const guarded = guardHandler(authorizer, () => ({ statusCode: 200 })) as (e: unknown, c: unknown) => Promise<unknown>;

/** Whether an anonymous caller is let through by each door, with the path, route and parameters that the gateway tells. */
async function passes(
  path: string,
  template: string | undefined,
  pathParameters: unknown,
): Promise<readonly boolean[]> {
  const facts = { path, headers: {} };
  const rest = { resource: template, pathParameters };
  const http = { routeKey: template?.startsWith("/") !== true ? template : `GET ${template}`, pathParameters };
  const answers = await Promise.allSettled([
    restGate({ ...restRequestEvent(facts), ...rest } as never),
    simpleGate({ ...httpAuthorizerEvent(facts), ...http } as never),
    policyGate({ ...httpAuthorizerEvent(facts), ...http } as never),
    guarded({ ...restProxyEvent(facts), ...rest }, {}),
    guarded({ ...httpProxyEvent(facts), ...http }, {}),
  ]);
  return answers.map((answer) => /"Allow"|"isAuthorized":true|"statusCode":200/.test(JSON.stringify(answer)));
}

const every = [true, true, true, true, true];
const none = [false, false, false, false, false];

describe("the path that is judged is the path that the gateway routed", () => {
  it.each([
    ["/articles/42/public", "/articles/{id}/public", { id: "42" }],
    ["/articles/42/public", "/{proxy+}", { proxy: "articles/42/public" }],
    ["/articles/42/public", "/articles/{proxy+}", { proxy: "42/public" }],
    ["/articles/42/public", "/{kind}/{rest+}", { kind: "articles", rest: "42/public" }],
    ["/articles/42/public/", "/{proxy+}", { proxy: "articles/42/public" }],
    ["/articles/a b/public", "/articles/{id}/public", { id: "a b" }],
    ["/articles/a b/public", "/articles/{id}/public", { id: "a%20b" }],
    ["/files/list", "/files/list", null],
    ["/files/list", "$default", undefined],
    // As in sample events, whose parameters are invented.
    ["/files/list", "$default", { parameter1: "value1" }],
    ["/files/list", "/{proxy+}", { proxy: "/files/list" }],
    ["/files/list", undefined, { proxy: "files/list" }],
    ["/files/list", "/$default", undefined],
    ["/files/list", "/{proxy+}", null],
    ["/files/list", "/{a}/{b}", { a: "files" }],
    ["/files/list/", "/files/list", null],
    ["/files/list/", "/files/{name}", { name: "list" }],
  ])("takes %s on the route %s with the parameters %j", async (path, template, parameters) => {
    expect(await passes(path, template, parameters)).toEqual(every);
  });

  it.each([
    ["an escaped slash that it decoded", "/articles/42/public", "/articles/{id}", { id: "42/public" }],
    ["an escaped slash that it did not decode", "/articles/42/public", "/articles/{id}", { id: "42%2Fpublic" }],
    ["a path that it cut at a question mark", "/files/list", "/files/{proxy+}", { proxy: "list?/secret" }],
    ["a path that it cut within a segment", "/files/list", "/files/{name}", { name: "list?secret" }],
    ["a first segment of the name of the stage", "/files/list", "/{proxy+}", { proxy: "prod/files/list" }],
    ["a part of a segment", "/files/list", "/files/{name}", { name: "lis" }],
    ["bytes that are not UTF-8", "/files/list", "/files/{name}", { name: "%FF" }],
    ["a base path ahead of the route", "/files/list", "/list", null],
    ["a base path ahead of a parameter", "/files/list", "/{name}", { name: "list" }],
    ["a base path ahead of many segments", "/articles/42/public", "/42/{proxy+}", { proxy: "public" }],
    ["a base path that ends as the route begins", "/articles/42/public", "/articles/{proxy+}", { proxy: "public" }],
    ["a route of more segments", "/files/list", "/files/list/{id}", { id: "7" }],
    ["a route of other segments", "/files/list", "/files/lists", null],
    ["a route in another case", "/files/list", "/Files/list", null],
    ["parameters in another order", "/articles/42/public", "/{a}/{b}/public", { a: "42", b: "articles" }],
    ["more than the parameter took in", "/articles/42/public", "/articles/{proxy+}", { proxy: "42" }],
    ["a prototype's parameter", "/files/list", "/files/{name}", JSON.parse('{"__proto__": "x", "name": "lists"}')],
  ])("refuses %s: %s on the route %s with the parameters %j", async (_, path, template, parameters) => {
    expect(await passes(path, template, parameters)).toEqual(none);
  });
});

describe("a policy that was written for paths with a base path", () => {
  // The reader may see what a version has, and the editor administers it.
  const versioned = gate({
    policy: definePolicy({
      routes: { "* /:version/**": authenticated, "* /:version/admin/**": group("editors") },
    }),
  });
  const asking = { headers: { Authorization: "Bearer reader" } };
  const route = { resource: "/admin/{proxy+}", pathParameters: { proxy: "users" } };
  const statusOf = async (path: string, basePath?: string) => {
    const options = basePath === undefined ? {} : { basePath };
    const handler = guardHandler(versioned, () => ({ statusCode: 200 }), options);
    const { statusCode } = await handler({ ...restProxyEvent({ ...asking, path }), ...route } as never, {});
    return statusCode;
  };

  it("does not hold at the API's own endpoint, which has none, so it holds nowhere until the base path is named", async () => {
    expect(await statusOf("/v1/admin/users")).toBe(400);
    expect(await statusOf("/prod/admin/users")).toBe(400);
  });

  it("judges the routes of the API once it is named, by one name of the API alone", async () => {
    const named = gate({
      policy: definePolicy({ routes: { "* /**": authenticated, "* /admin/**": group("editors") } }),
    });
    const handler = guardHandler(named, () => ({ statusCode: 200 }), { basePath: "/v1" });
    const ask = async (path: string, token: string) => {
      const event = { ...restProxyEvent({ path, headers: { Authorization: `Bearer ${token}` } }), ...route };
      return (await handler(event as never, {})).statusCode;
    };
    expect(await ask("/v1/admin/users", "editor")).toBe(200);
    expect(await ask("/v1/admin/users", "reader")).toBe(403);
    expect(await ask("/admin/users", "editor")).toBe(400);
    expect(await ask("/v1/v1/admin/users", "editor")).toBe(400);
  });
});

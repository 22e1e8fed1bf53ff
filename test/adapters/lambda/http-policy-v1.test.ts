import { describe, expect, it } from "vitest";
import { exactCache } from "../../../src/adapters/lambda/cache/exact-cache.ts";
import { lambdaAuthorizer } from "../../../src/adapters/lambda/lambda-authorizer.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import {
  httpAuthorizerV1,
  httpAuthorizerV1NoSource,
  httpAuthorizerV1Stage,
  httpAuthorizerV1TwoSources,
} from "../../fixtures/http-authorizer-v1.ts";
import { httpAuthorizerV2 } from "../../fixtures/http-authorizer-v2.ts";
import { restRequest } from "../../fixtures/rest-request.ts";
import { gate } from "./gate.ts";

const gatePolicy = definePolicy({ routes: { "GET /articles": "authenticated" } });
const handler = lambdaAuthorizer(gate(), { format: "http-policy-1.0", cache: "off" });

/** The event of a request by somebody. */
function eventFor(token: string, method: string, path: string, more: object = {}) {
  const stage = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/";
  const event = {
    ...httpAuthorizerV1,
    httpMethod: method,
    path,
    methodArn: `${stage}${method}${path}`,
    resource: "/{proxy+}",
  };
  return { ...event, pathParameters: { proxy: path.slice(1) }, headers: { Authorization: token }, ...more };
}

const effectOf = async (event: object) => (await handler(event as never)).policyDocument.Statement[0].Effect;

describe("an HTTP API with payload format 1.0", () => {
  it.each<[string, string, string, string]>([
    ["Bearer editor", "POST", "/articles", "Allow"],
    ["Bearer reader", "POST", "/articles", "Deny"],
    ["Bearer reader", "GET", "/tenants/acme/x", "Allow"],
    ["Bearer reader", "GET", "/tenants/evil/x", "Deny"],
    ["Bearer bad", "GET", "/articles", "Deny"],
    ["Basic x", "GET", "/health", "Deny"],
    ["Bearer editor", "GET", "/secrets", "Deny"],
    ["Bearer editor", "GET", "/files/*", "Deny"],
    ["Bearer editor", "GET", "/files/a%20b", "Deny"],
  ])("answers %s, who asks for %s %s: %s", async (token, method, path, effect) => {
    expect(await effectOf(eventFor(token, method, path))).toBe(effect);
  });

  it("judges the path within the stage, and the query decoded", async () => {
    const query = { queryStringParameters: { tenant: "acme" }, multiValueQueryStringParameters: null };
    expect(await effectOf(eventFor("Bearer reader", "GET", "/search", query))).toBe("Allow");
    const staged = { ...httpAuthorizerV1Stage, headers: { Authorization: "Bearer reader" }, path: "/prod/articles" };
    const methodArn = httpAuthorizerV1Stage.methodArn.replace("/7", "");
    expect(await effectOf({ ...staged, methodArn, resource: "/articles", pathParameters: {} })).toBe("Allow");
  });

  it("fails where nobody knows", async () => {
    await expect(handler(eventFor("Bearer outage", "GET", "/articles") as never)).rejects.toMatchObject({
      code: "store_unavailable",
    });
  });

  it.each<[string, unknown]>([
    ["2.0", httpAuthorizerV2],
    ["a REST API", restRequest],
    ["another type", { ...httpAuthorizerV1, type: "TOKEN" }],
    ["an ARN of another method", { ...httpAuthorizerV1, httpMethod: "POST" }],
    ["no ARN", { ...httpAuthorizerV1, methodArn: "arn" }],
    ["no stage", { ...httpAuthorizerV1, requestContext: {} }],
    ["a path of another stage", { ...httpAuthorizerV1Stage, path: "/articles/7" }],
    ["nothing", null],
  ])("fails on an event of another kind: %s", async (_, event) => {
    await expect(handler(event as never)).rejects.toMatchObject({ code: "configuration_error" });
  });

  it.each(
    Object.entries({ httpAuthorizerV1, httpAuthorizerV1NoSource, httpAuthorizerV1Stage, httpAuthorizerV1TwoSources }),
  )("reads the event %s", async (_, event) => {
    expect(await handler(event as never)).toMatchObject({ context: { code: "invalid_token" } });
  });

  it("has all that decides in the key that is one text", async () => {
    const kept = lambdaAuthorizer(gate({ policy: gatePolicy }), {
      format: "http-policy-1.0",
      cache: exactCache({
        cacheTtl: 60,
        identitySource: ["$request.header.Authorization", "$context.httpMethod", "$context.path"],
      }),
    });
    const event = eventFor("Bearer reader", "GET", "/articles");
    const answer = await kept({ ...event, identitySource: "Bearer reader,GET,/articles" } as never);
    expect(answer.policyDocument.Statement[0].Effect).toBe("Allow");
    for (const identitySource of [
      "Bearer reader,GET",
      "Bearer reader",
      "GET,/articles",
      "Bearer readers,GET,/articles",
      undefined,
      null,
      "",
    ]) {
      await expect(kept({ ...event, identitySource } as never)).rejects.toMatchObject({ code: "configuration_error" });
    }
  });
});

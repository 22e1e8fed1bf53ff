import { describe, expect, it } from "vitest";
import { tableCache } from "../../../src/adapters/lambda/cache/table-cache.ts";
import { lambdaAuthorizer } from "../../../src/adapters/lambda/lambda-authorizer.ts";
import type { LambdaAuthorizerFormat } from "../../../src/adapters/lambda/lambda-authorizer-format.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import type { AuthErrorCode } from "../../../src/errors.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { restRequestBasePath } from "../../fixtures/rest-request.ts";
import { type EventFacts, httpAuthorizerEvent, methodArn, restRequestEvent, restTokenEvent } from "./events.ts";
import { byName, gate, gateWithoutPolicy } from "./gate.ts";

interface Row {
  readonly what: string;
  readonly facts: Pick<EventFacts, "method" | "path">;
  readonly token: string;
  readonly outcome: "allow" | 401 | 403 | AuthErrorCode;
}

const rows: readonly Row[] = [
  {
    what: "an editor who posts",
    facts: { method: "POST", path: "/articles" },
    token: "Bearer editor",
    outcome: "allow",
  },
  { what: "a reader who posts", facts: { method: "POST", path: "/articles" }, token: "Bearer reader", outcome: 403 },
  { what: "a reader who reads", facts: { path: "/articles" }, token: "Bearer reader", outcome: "allow" },
  { what: "a bad token", facts: { path: "/articles" }, token: "Bearer bad", outcome: 401 },
  { what: "a bad token where anyone may", facts: { path: "/health" }, token: "Bearer bad", outcome: 401 },
  { what: "an unknown scheme", facts: { path: "/health" }, token: "Basic YTpi", outcome: 401 },
  { what: "a decoded parameter", facts: { path: "/articles/a b" }, token: "Bearer reader", outcome: "allow" },
  { what: "a parameter that may be decoded", facts: { path: "/articles/a%20b" }, token: "Bearer reader", outcome: 403 },
  { what: "the own tenant", facts: { path: "/tenants/acme/x" }, token: "Bearer reader", outcome: "allow" },
  { what: "another tenant", facts: { path: "/tenants/evil/x" }, token: "Bearer reader", outcome: 403 },
  { what: "no route", facts: { path: "/secrets" }, token: "Bearer editor", outcome: 403 },
  { what: "another method", facts: { method: "DELETE", path: "/articles" }, token: "Bearer editor", outcome: 403 },
  { what: "the root", facts: { path: "/" }, token: "Bearer reader", outcome: "allow" },
  {
    what: "HEAD by GET's rule",
    facts: { method: "HEAD", path: "/articles" },
    token: "Bearer reader",
    outcome: "allow",
  },
  { what: "a path with *", facts: { path: "/files/*" }, token: "Bearer editor", outcome: 403 },
  { what: "a path with ?", facts: { path: "/files/a?" }, token: "Bearer editor", outcome: 403 },
  { what: "a path with $", facts: { path: "/files/$a" }, token: "Bearer editor", outcome: 403 },
  { what: "an empty segment", facts: { path: "//articles" }, token: "Bearer editor", outcome: 403 },
  { what: "a dot segment", facts: { path: "/files/../articles" }, token: "Bearer editor", outcome: 403 },
  { what: "a store that is down", facts: { path: "/articles" }, token: "Bearer outage", outcome: "store_unavailable" },
  { what: "a verifier that fails", facts: { path: "/articles" }, token: "Bearer crash", outcome: "internal_error" },
  { what: "a caller without an id", facts: { path: "/articles" }, token: "Bearer nobody", outcome: "internal_error" },
  { what: "more groups than fit", facts: { path: "/articles" }, token: "Bearer crowd", outcome: 403 },
];

function eventFor(format: LambdaAuthorizerFormat, { facts, token }: Row): object {
  if (format === "rest-token") return restTokenEvent({ ...facts, token });
  if (format === "rest-request") return restRequestEvent({ ...facts, headers: { Authorization: token } });
  return httpAuthorizerEvent({ ...facts, headers: { authorization: token } });
}

/** What a gateway would do: 200 where the answer allows this very request, else the status that the client gets. */
async function statusAt(format: LambdaAuthorizerFormat, event: object): Promise<number | string> {
  const handler = lambdaAuthorizer(gate(), { format, cache: "off" }) as (event: object) => Promise<object>;
  try {
    const answer = await handler(event);
    if ("isAuthorized" in answer) return answer.isAuthorized === true ? 200 : 403;
    const { policyDocument } = answer as { policyDocument: { Statement: [{ Effect: string; Resource: string }] } };
    const [{ Effect, Resource }] = policyDocument.Statement;
    const { methodArn, routeArn } = event as { methodArn?: string; routeArn?: string };
    return Effect === "Allow" && Resource === (methodArn ?? routeArn) ? 200 : 403;
  } catch (thrown) {
    const { message, code } = thrown as { message: string; code?: string };
    return message === "Unauthorized" ? 401 : String(code);
  }
}

describe.each(["rest-token", "rest-request"] as const)("%s", (format) => {
  it.each(rows)("answers $what: $outcome", async (row) => {
    expect(await statusAt(format, eventFor(format, row))).toBe(row.outcome === "allow" ? 200 : row.outcome);
  });
});

describe.each(["http-simple", "http-policy"] as const)("%s", (format) => {
  it.each(rows)("answers $what: $outcome, where 401 is a 403", async (row) => {
    const { outcome } = row;
    const expected = outcome === "allow" ? 200 : outcome === 401 ? 403 : outcome;
    expect(await statusAt(format, eventFor(format, row))).toBe(expected);
  });

  it.each(["prod", "v1"])("judges the path within the stage %s", async (stage) => {
    expect(await statusAt(format, httpAuthorizerEvent({ method: "POST", stage }))).toBe(200);
  });
});

describe("an answer that allows", () => {
  const context = {
    poolgate: "1",
    principalId: "user:eu-west-1_Example01:cleo",
    kind: "user",
    issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
    verifiedBy: "user-pool",
    userId: "cleo",
    groups: '["editors"]',
    groupsClosed: "true",
    tags: '{"tenant":"acme"}',
    expiresAt: "2026-01-01T01:00:00.000Z",
  };
  const policyFor = (arn: string) => ({
    principalId: "user:eu-west-1_Example01:cleo",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: arn }],
    },
    context,
  });
  const arn = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234";

  it("is a policy for the one method of a TOKEN event", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" });
    expect(await handler(restTokenEvent({ token: "Bearer spender" }))).toEqual(policyFor(`${arn}/prod/GET/articles`));
  });

  it("is a policy for the one method of a REQUEST event", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-request", cache: "off" });
    expect(await handler(restRequestEvent({ headers: { Authorization: "Bearer spender" } }))).toEqual(
      policyFor(`${arn}/prod/GET/articles`),
    );
  });

  it("is a policy for the one route of an HTTP API", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "http-policy", cache: "off" });
    expect(await handler(httpAuthorizerEvent({ headers: { authorization: "Bearer spender" } }))).toEqual(
      policyFor(`${arn}/$default/GET/articles`),
    );
  });

  it("is a yes to an HTTP API that wants no policy", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "http-simple", cache: "off" });
    expect(await handler(httpAuthorizerEvent({ headers: { authorization: "Bearer spender" } }))).toEqual({
      isAuthorized: true,
      context,
    });
  });

  it("tells an anonymous caller by the kind", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-request", cache: "off" });
    expect(await handler(restRequestEvent({ path: "/health", headers: {} }))).toMatchObject({
      principalId: "anonymous",
      context: { kind: "anonymous", principalId: "anonymous", issuer: "" },
    });
  });

  it("carries no token and no claim", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" });
    const answer = JSON.stringify(await handler(restTokenEvent({ token: "Bearer spender" })));
    expect(answer).not.toContain("Bearer spender");
    expect(answer).not.toContain("someone@example.com");
  });
});

describe("an answer that refuses", () => {
  it("names the request, the caller, and why", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" });
    expect(await handler(restTokenEvent({ method: "POST", token: "Bearer reader" }))).toEqual({
      principalId: "user:eu-west-1_Example01:ben",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "execute-api:Invoke",
            Effect: "Deny",
            Resource: "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/POST/articles",
          },
        ],
      },
      context: { code: "access_denied", message: "The caller may not do this." },
    });
  });

  it.each(["Bearer bad", "Bearer nobody-at-all"])(
    "has a principalId where %s proves nothing",
    async (authorization) => {
      const handler = lambdaAuthorizer(gate(), { format: "http-policy", cache: "off" });
      expect(await handler(httpAuthorizerEvent({ headers: { authorization } }))).toMatchObject({
        principalId: "anonymous",
        policyDocument: { Statement: [{ Effect: "Deny" }] },
        context: { code: "invalid_token" },
      });
    },
  );

  it("has a principalId where the refused caller has no id", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" });
    expect(await handler(restTokenEvent({ method: "POST", token: "Bearer nobody" }))).toMatchObject({
      principalId: "anonymous",
      context: { code: "access_denied" },
    });
  });

  it("says that a caller with too many groups does not fit, and cuts nothing", async () => {
    const handler = lambdaAuthorizer(gate(), { format: "http-simple", cache: "off" });
    expect(await handler(httpAuthorizerEvent({ headers: { authorization: "Bearer crowd" } }))).toEqual({
      isAuthorized: false,
      context: {
        code: "access_denied",
        message:
          "The caller may not do this. (the groups, scopes and tags of the caller do not fit into the answer of an authorizer)",
      },
    });
  });

  it.each([
    ["a wildcard", "/files/*"],
    ["more than 512 characters", `/files/${"a".repeat(500)}`],
  ])("denies everything rather than an ARN with %s", async (_, path) => {
    for (const [handler, event] of [
      [lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" }), restTokenEvent({ path })],
      [lambdaAuthorizer(gate(), { format: "rest-request", cache: "off" }), restRequestEvent({ path })],
      [lambdaAuthorizer(gate(), { format: "http-policy", cache: "off" }), httpAuthorizerEvent({ path })],
    ] as const) {
      expect(await handler(event as never)).toMatchObject({
        policyDocument: { Statement: [{ Effect: "Deny", Resource: "*" }] },
      });
    }
  });
});

describe("the construction", () => {
  it.each([
    [undefined, { format: "rest-token", cache: "off" }, "lambdaAuthorizer"],
    [{}, { format: "rest-token", cache: "off" }, "lambdaAuthorizer"],
    [gateWithoutPolicy(), { format: "rest-token", cache: "off" }, "lambdaAuthorizer"],
    [gate(), undefined, "lambdaAuthorizer"],
    [gate(), {}, "lambdaAuthorizer.format"],
    [gate(), { cache: "off" }, "lambdaAuthorizer.format"],
    [gate(), { format: "websocket", cache: "off" }, "lambdaAuthorizer.format"],
    [gate(), { format: "constructor", cache: "off" }, "lambdaAuthorizer.format"],
    [gate(), { format: "rest-token" }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: null }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: true }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: { cacheTtl: 300 } }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: tableCache }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: "constructor" }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: "table", cacheTtl: 300 }, "lambdaAuthorizer.cache"],
    [gate(), { format: "rest-token", cache: "off", cacheTtl: 300 }, "lambdaAuthorizer.cacheTtl"],
    [gate(), { Format: "rest-token", cache: "off" }, "lambdaAuthorizer.Format"],
    [gate(), { format: "rest-request", cache: "off", basePath: "v1/" }, "lambdaAuthorizer.basePath"],
    [gate(), { format: "rest-token", cache: "off", basePath: "/v1" }, "lambdaAuthorizer.basePath"],
  ])("with %j and %j names %s", (authorizer, options, option) => {
    const construct = () => lambdaAuthorizer(authorizer as never, options as never);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });

  it.each(["exact", "table", "coarse"])("says which function to import for the mode %s", (cache) => {
    const construct = () => lambdaAuthorizer(gate(), { format: "rest-token", cache } as never);
    expect(construct).toThrow(`import ${cache}Cache from "poolgate/lambda" and write ${cache}Cache({`);
  });

  it("gives onDecision every request that could be judged", async () => {
    const codes: string[] = [];
    const authorizer = gate({
      verifiers: [byName],
      onDecision: (decision) => void codes.push(decision.allowed ? "allowed" : decision.error.code),
    });
    const handler = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
    await handler(restRequestEvent());
    await handler(restRequestEvent({ path: "/secrets" }));
    expect(codes).toEqual(["allowed", "no_route"]);
  });
});

describe("behind a custom domain with a base path", () => {
  const authorization = { authorization: "Bearer reader" };
  const rest = (path: string) => ({
    ...restRequestBasePath,
    ...{ headers: authorization, multiValueHeaders: null, pathParameters: { id: "a b" } },
    path,
    methodArn: methodArn("GET", "/articles/a b"),
  });
  const http = (path: string) => ({
    ...httpAuthorizerEvent({ path, headers: authorization }),
    routeArn: methodArn("GET", "/articles/a b", "$default"),
    routeKey: "GET /articles/{id}",
    pathParameters: { id: "a b" },
    identitySource: ["Bearer reader"],
  });
  const httpV1 = (path: string) => ({
    ...rest(path),
    version: "1.0",
    methodArn: methodArn("GET", "/articles/a b", "$default"),
    identitySource: "Bearer reader",
    requestContext: { ...restRequestBasePath.requestContext, stage: "$default" },
  });
  const allowed = async (format: LambdaAuthorizerFormat, event: object, more: object = {}) => {
    const handler = lambdaAuthorizer(gate(), { format: format as "http-policy", cache: "off", ...more });
    return /"Allow"|"isAuthorized":true/.test(JSON.stringify(await handler(event as never)));
  };

  it.each<[LambdaAuthorizerFormat, (path: string) => object]>([
    ["rest-request", rest],
    ["http-simple", http],
    ["http-policy", http],
    ["http-policy-1.0", httpV1],
  ])("judges %s by the routes of the API, by that one name", async (format, eventAt) => {
    const named = { basePath: "/v1" };
    expect(await allowed(format, eventAt("/v1/articles/a b"), named)).toBe(true);
    expect(await allowed(format, eventAt("/articles/a b"))).toBe(true);
    expect(await allowed(format, eventAt("/v1/articles/a b"))).toBe(false);
    expect(await allowed(format, eventAt("/articles/a b"), named)).toBe(false);
    expect(await allowed(format, eventAt("/v1/v1/articles/a b"), named)).toBe(false);
    expect(await allowed(format, eventAt("/v2/articles/a b"), named)).toBe(false);
    expect(await allowed(format, eventAt("/v1/articles/other"), named)).toBe(false);
  });

  it.each<[LambdaAuthorizerFormat, (path: string) => object, string]>([
    ["rest-request", rest, "method.request.header.Authorization"],
    ["http-policy", http, "$request.header.Authorization"],
    ["http-policy-1.0", httpV1, "$request.header.Authorization"],
  ])("writes a table for %s where it is named", async (format, eventAt, source) => {
    const policy = definePolicy({ routes: { "GET /articles/:id": "authenticated" } });
    const cache = tableCache({ cacheTtl: 300, identitySource: [source] } as never);
    const options = { format: format as "http-policy", cache: cache as never, basePath: "/v1" };
    const handler = lambdaAuthorizer(gate({ policy }), options);
    expect(await handler(eventAt("/v1/articles/a b") as never)).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Allow" }, { Effect: "Deny" }] },
    });
    const refused = await handler(eventAt("/articles/7") as never);
    expect(refused).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Deny" }] },
      context: { code: "target_not_canonical" },
    });
  });
});

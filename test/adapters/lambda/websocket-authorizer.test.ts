import { describe, expect, it } from "vitest";
import {
  connectionOf,
  type WebSocketAuthorizerEvent,
  webSocketAuthorizer,
} from "../../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import {
  webSocketAuthorizer as asked,
  webSocketAuthorizerConsoleTest,
  webSocketAuthorizerQuery,
  webSocketConnect,
  webSocketDisconnect,
  webSocketMessage,
} from "../../fixtures/websocket.ts";
import { now, tokens } from "../graphql/callers.ts";

const authorizerOf = (init: PolicyInit = { connect: { group: "editors" } }) =>
  createAuthorizer({ verifiers: [tokens], policy: definePolicy(init), clock: () => now });
const handler = webSocketAuthorizer(authorizerOf(), { tokenParameter: "token" });
const withToken = (token: string, more: object = {}): WebSocketAuthorizerEvent => ({
  ...asked,
  ...{
    headers: { Authorization: `Bearer ${token}` },
    multiValueHeaders: { Authorization: [`Bearer ${token}`] },
    ...more,
  },
});
const byQuery = (token: string, more: readonly string[] = []): WebSocketAuthorizerEvent => ({
  ...webSocketAuthorizerQuery,
  queryStringParameters: { token },
  multiValueQueryStringParameters: { token: [token, ...more] },
});

describe("the authorizer of a WebSocket API", () => {
  it("lets those connect whom the rule to connect allows, and hands over who they are", async () => {
    const { principalId, policyDocument, context } = await handler(withToken("ada:editors"));
    expect(principalId).toBe("user:pool:ada");
    expect(policyDocument.Statement).toEqual([
      { Action: "execute-api:Invoke", Effect: "Allow", Resource: asked.methodArn },
    ]);
    expect(context).toMatchObject({ kind: "user", groups: '["editors"]', expiresAt: "2026-01-01T00:10:00.000Z" });
    expect((await handler(byQuery("ada:editors"))).principalId).toBe("user:pool:ada");
  });

  it.each<[string, WebSocketAuthorizerEvent]>([
    ["who is not in the group", withToken("ada")],
    [
      "with a token in the header and in the query",
      { ...byQuery("ada:editors"), headers: { Authorization: "Bearer ada:editors" } },
    ],
    ["with two tokens in the query", byQuery("ada:editors", ["eve:editors"])],
  ])("answers 403 to a caller %s", async (_, event) => {
    const { policyDocument, context } = await handler(event);
    expect(policyDocument.Statement).toMatchObject([{ Effect: "Deny" }]);
    expect(Object.keys(context)).toEqual(["code", "message"]);
  });

  it.each<[string, WebSocketAuthorizerEvent]>([
    ["without a token", { ...asked, headers: null, multiValueHeaders: null }],
    ["with a bad one", withToken("ADA")],
    ["with a bad one in the query", byQuery("ADA")],
    ["from the console's test", webSocketAuthorizerConsoleTest],
  ])("answers 401 to a caller %s", async (_, event) => {
    await expect(handler(event)).rejects.toThrow(/^Unauthorized$/);
  });

  it("does not look for a token in the query unless it is told to", async () => {
    await expect(webSocketAuthorizer(authorizerOf())(byQuery("ada:editors"))).rejects.toThrow(/^Unauthorized$/);
  });

  it("has rules read query, headers and the address, but not the token", async () => {
    const rules = [
      { equal: [{ query: "room" }, "a b"] },
      { equal: [{ header: "origin" }, "https://app.example.com"] },
      { ip: "203.0.113.7" },
    ] as const;
    const event = { ...byQuery("ada"), queryStringParameters: { token: "ada", room: "a b" } };
    const open = webSocketAuthorizer(authorizerOf({ connect: { allOf: rules } }), { tokenParameter: "token" });
    expect((await open(event)).policyDocument.Statement).toMatchObject([{ Effect: "Allow" }]);
    const reading = authorizerOf({ connect: { allOf: [...rules, { equal: [{ query: "token" }, "ada"] }] } });
    const closed = webSocketAuthorizer(reading, { tokenParameter: "token" });
    expect((await closed(event)).policyDocument.Statement).toMatchObject([{ Effect: "Deny" }]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a list", []],
    ["no context", { ...asked, requestContext: undefined }],
    ["a message", { ...asked, requestContext: webSocketMessage.requestContext }],
    ["another type", { ...asked, type: "TOKEN" }],
    ["the ARN of another route", { ...asked, methodArn: asked.methodArn.replace("$connect", "$default") }],
    ["the ARN of a REST API", { ...asked, methodArn: asked.methodArn.replace("$connect", "GET/a") }],
    ["a wide ARN", { ...asked, methodArn: asked.methodArn.replace("$connect", "*") }],
    ["a header that is no text", withToken("ada:editors", { headers: { a: 1 } })],
  ])("throws as a fault of ours for %s", async (_, event) => {
    await expect(handler(event as never)).rejects.toMatchObject({ code: "configuration_error" });
  });

  it("throws what is our own fault", async () => {
    await expect(handler(withToken("down"))).rejects.toMatchObject({ code: "keys_unavailable" });
  });

  it("refuses a caller of whom too much would have to be told", async () => {
    const groups = Array.from({ length: 2_000 }, () => "editors").join(",");
    expect((await handler(withToken(`ada:${groups}`))).policyDocument.Statement).toMatchObject([{ Effect: "Allow" }]);
    const wide = Array.from(
      { length: 2_000 },
      (_, index) => `g${String(index).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] as string)}`,
    );
    expect((await handler(withToken(`ada:editors,${wide.join(",")}`))).policyDocument.Statement).toMatchObject([
      { Effect: "Deny" },
    ]);
  });

  it.each<[unknown, unknown, string]>([
    [undefined, {}, "who may connect"],
    [authorizerOf({ routes: {} }), {}, "who may connect"],
    [authorizerOf(), { tokenParameter: "" }, "must be the name of a query parameter"],
    [authorizerOf(), { cache: "off" }, "there is no such option"],
  ])("is refused faulty options", (authorizer, options, message) => {
    expect(() => webSocketAuthorizer(authorizer as never, options as never)).toThrow(message);
  });
});

describe("the connection of a message", () => {
  const clock = () => now;
  const behind = async (event: typeof webSocketMessage) => {
    const { context } = await handler(withToken("ada:editors"));
    const { requestContext } = event;
    return {
      ...event,
      requestContext: {
        ...requestContext,
        authorizer: { ...context, principalId: "user:pool:ada", integrationLatency: 12 },
      },
    };
  };

  it("tells who opened it, and when his credential ends", async () => {
    const { principal, ...connection } = connectionOf(await behind(webSocketMessage), { clock });
    expect(connection).toEqual({
      connectionId: webSocketMessage.requestContext.connectionId,
      routeKey: "$default",
      expiresAt: new Date(now + 600_000),
    });
    expect(principal).toMatchObject({ id: "user:pool:ada", kind: "user" });
    expect(connectionOf(await behind(webSocketConnect), { clock }).routeKey).toBe("$connect");
    expect(connectionOf(await behind(webSocketDisconnect), { clock }).routeKey).toBe("$disconnect");
  });

  it("is refused once the credential has ended", async () => {
    const event = await behind(webSocketMessage);
    expect(() => connectionOf(event, { clock: () => now + 599_999 })).not.toThrow();
    for (const late of [now + 600_000, Number.NaN]) {
      expect(() => connectionOf(event, { clock: () => late })).toThrow("The token has expired.");
    }
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["an event of another authorizer", webSocketMessage],
    ["an event without a connection", { requestContext: { routeKey: "$default" } }],
    ["an event without a route", { requestContext: { connectionId: "a" } }],
    ["an event of an HTTP API", { version: "2.0", requestContext: { authorizer: { lambda: {} } } }],
  ])("is not found in %s", (_, event) => {
    expect(() => connectionOf(event as never, { clock })).toThrow(
      expect.objectContaining({ code: "configuration_error" }),
    );
  });
});

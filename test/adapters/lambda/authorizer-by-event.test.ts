import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appsyncAuthorizer } from "../../../src/adapters/graphql/index.ts";
import {
  type AuthorizersByEvent,
  authorizerByEvent,
  lambdaAuthorizer,
  webSocketAuthorizer,
} from "../../../src/adapters/lambda/index.ts";
import { group } from "../../../src/policy/combinators.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import * as appsync from "../../fixtures/appsync-authorizer.ts";
import { appSyncLambda } from "../../fixtures/appsync-resolver.ts";
import * as httpV1 from "../../fixtures/http-authorizer-v1.ts";
import * as httpV2 from "../../fixtures/http-authorizer-v2.ts";
import { httpProxyV2 } from "../../fixtures/http-proxy-v2.ts";
import { restProxy } from "../../fixtures/rest-proxy.ts";
import * as restRequest from "../../fixtures/rest-request.ts";
import * as restToken from "../../fixtures/rest-token.ts";
import * as webSocket from "../../fixtures/websocket.ts";
import { httpAuthorizerEvent, restRequestEvent, restTokenEvent } from "./events.ts";
import { gate } from "./gate.ts";

const fixtures: readonly (readonly [kind: string, events: object])[] = [
  ["rest-token", restToken],
  ["rest-request", restRequest],
  ["http-simple", httpV2],
  ["http-policy-1.0", httpV1],
  ["appsync", appsync],
  [
    "websocket",
    {
      header: webSocket.webSocketAuthorizer,
      query: webSocket.webSocketAuthorizerQuery,
      console: webSocket.webSocketAuthorizerConsoleTest,
    },
  ],
];
const named = fixtures.flatMap(([kind, events]) =>
  Object.entries(events).map(([name, event]): [string, string, object] => [kind, name, event]),
);
/** Handlers that tell which of them was called. */
const telling = Object.fromEntries(fixtures.map(([kind]) => [kind, async () => kind])) as unknown as AuthorizersByEvent;

const policy = definePolicy({
  routes: { "GET /articles": group("editors") },
  fields: { "*": group("editors") },
  connect: group("editors"),
});
const authorizer = gate({ policy });
const handler = authorizerByEvent({
  "rest-token": lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" }),
  "rest-request": lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" }),
  "http-simple": lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" }),
  "http-policy-1.0": lambdaAuthorizer(authorizer, { format: "http-policy-1.0", cache: "off" }),
  websocket: webSocketAuthorizer(authorizer),
  appsync: appsyncAuthorizer(authorizer),
});
/** For what nobody writes by the types. */
const ask = handler as (event: unknown) => Promise<unknown>;

describe("authorizerByEvent", () => {
  it.each(named)("knows an event for %s: %s", async (kind, _name, event) => {
    expect(await authorizerByEvent(telling)(event as never)).toBe(kind);
  });

  it("answers each gateway in its own way", async () => {
    const allowed = [
      { Action: "execute-api:Invoke", Effect: "Allow", Resource: expect.stringMatching(/GET\/articles$/) },
    ];
    const policyOf = (Statement: object) => ({ policyDocument: { Version: "2012-10-17", Statement } });
    expect(await handler(restTokenEvent())).toMatchObject(policyOf(allowed));
    expect(await handler(restRequestEvent())).toMatchObject(policyOf(allowed));
    expect(await handler(httpAuthorizerEvent())).toMatchObject({ isAuthorized: true });
    const connecting = {
      ...webSocket.webSocketAuthorizer,
      headers: { Authorization: "Bearer editor" },
      multiValueHeaders: { Authorization: ["Bearer editor"] },
    };
    expect(await handler(connecting)).toMatchObject(policyOf([{ Effect: "Allow" }]));
    const asking = { ...appsync.appSyncAuthorizer, authorizationToken: "reader" };
    expect(await handler(asking)).toMatchObject({ isAuthorized: false });
  });

  it("refuses each as its gateway knows it", async () => {
    await expect(handler(restTokenEvent({ token: "Bearer stranger" }))).rejects.toThrow(/^Unauthorized$/);
    const stranger = { headers: { authorization: "Bearer stranger" } };
    expect(await handler(httpAuthorizerEvent(stranger))).toMatchObject({ isAuthorized: false });
  });

  it("gives events without a mark of simple responses to the handler that there is", async () => {
    const byPolicy = authorizerByEvent({
      "http-policy": lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" }),
    });
    expect(await byPolicy(httpAuthorizerEvent())).toHaveProperty("policyDocument");
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "TOKEN"],
    ["a list", [restTokenEvent()]],
    ["an object without marks", {}],
    ["a type that is inherited", Object.create({ type: "TOKEN" })],
    ["another type", { ...restTokenEvent(), type: "token" }],
    ["another version", { ...httpAuthorizerEvent(), version: "3.0" }],
    ["a version that is a number", { ...httpAuthorizerEvent(), version: 2 }],
    ["a call by hand without a type", { methodArn: restTokenEvent().methodArn, authorizationToken: "Bearer editor" }],
    ["a request to a function behind a REST API", restProxy],
    ["a request to a function behind an HTTP API", httpProxyV2],
    ["an event of a resolver", appSyncLambda],
    ["a message of a WebSocket", webSocket.webSocketMessage],
  ])("takes %s for a fault of ours", async (_name, event) => {
    await expect(ask(event)).rejects.toMatchObject({ name: "AuthError", code: "configuration_error" });
  });

  it("takes an event of a kind that has no handler for a fault of ours", async () => {
    const one = authorizerByEvent({
      "rest-token": lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" }),
    }) as typeof ask;
    for (const event of [restRequestEvent(), httpAuthorizerEvent(), webSocket.webSocketAuthorizer]) {
      await expect(one(event)).rejects.toMatchObject({ code: "configuration_error" });
    }
  });

  it("lets nobody in with marks of another kind", async () => {
    const marks = fc.record(
      {
        type: fc.constantFrom("TOKEN", "REQUEST", undefined, null),
        version: fc.constantFrom("1.0", "2.0", undefined, null),
        requestContext: fc.constantFrom<object | null>({ routeKey: "$connect" }, {}, null, { http: {} }),
        authorizationToken: fc.constantFrom("Bearer editor", "editor", undefined),
      },
      { requiredKeys: [] },
    );
    const facts = { method: "DELETE", path: "/secrets" };
    const events = fc.constantFrom<object>(restTokenEvent(facts), restRequestEvent(facts), httpAuthorizerEvent(facts));
    await fc.assert(
      fc.asyncProperty(events, marks, async (event, changes) => {
        const answer = await ask({ ...event, ...changes }).catch(() => ({}));
        expect(JSON.stringify(answer)).not.toMatch(/"Allow"|"isAuthorized":true/);
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ["no handlers", undefined, "authorizerByEvent: pass one object with rest-token"],
    ["none at all", {}, 'authorizerByEvent: pass handlers by kind, such as { "rest-token"'],
    ["another kind", { rest: async () => ({}) }, "authorizerByEvent.rest: there is no such option"],
    ["a handler that is none", { websocket: undefined }, "authorizerByEvent.websocket: must be a handler"],
    [
      "two for the same events",
      { "http-simple": async () => ({}), "http-policy": async () => ({}) },
      "authorizerByEvent.http-simple: an event does not tell",
    ],
  ])("refuses %s when it is made", (_name, handlers, message) => {
    expect(() => authorizerByEvent(handlers as never)).toThrow(message);
  });
});

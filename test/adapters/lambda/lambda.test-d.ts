import middy from "@middy/core";
import type {
  ALBEvent,
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayRequestAuthorizerHandler,
  APIGatewayRequestIAMAuthorizerHandlerV2,
  APIGatewayRequestIAMAuthorizerV2WithContextHandler,
  APIGatewayRequestSimpleAuthorizerHandlerV2,
  APIGatewayRequestSimpleAuthorizerHandlerV2WithContext,
  APIGatewayTokenAuthorizerEvent,
  APIGatewayTokenAuthorizerHandler,
  Context,
  LambdaFunctionURLEvent,
  LambdaFunctionURLHandler,
  SQSEvent,
} from "aws-lambda";
import type { Authorizer, Principal } from "poolgate";
import {
  type AuthorizerContext,
  authorizerByEvent,
  type CacheEvent,
  coarseCache,
  exactCache,
  type GatewayCache,
  gateMiddleware,
  guardHandler,
  type HttpAuthorizerEvent,
  type HttpProxyEvent,
  type LatticeEvent,
  type LoadBalancerEvent,
  lambdaAuthorizer,
  type PolicyAnswer,
  principalOf,
  type RestProxyEvent,
  type RestRequestEvent,
  type RestTokenEvent,
  type SimpleAnswer,
  tableCache,
} from "poolgate/lambda";
import { expectTypeOf, it } from "vitest";
import type { VpcLatticeEvent } from "../../fixtures/vpc-lattice.ts";

declare const authorizer: Authorizer;
const token = lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" });
const request = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
const simple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
const policy = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });

it("types event and answer by the format", () => {
  expectTypeOf(token).toEqualTypeOf<(event: RestTokenEvent) => Promise<PolicyAnswer>>();
  expectTypeOf(request).toEqualTypeOf<(event: RestRequestEvent) => Promise<PolicyAnswer>>();
  expectTypeOf(simple).toEqualTypeOf<(event: HttpAuthorizerEvent) => Promise<SimpleAnswer>>();
  expectTypeOf(policy).toEqualTypeOf<(event: HttpAuthorizerEvent) => Promise<PolicyAnswer>>();
});

const source = "$request.header.Authorization";

const restSource = "method.request.header.Authorization";

it("takes a cache with what the format needs for it", () => {
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: tableCache({ cacheTtl: 300, unrouted: "gateway" }) });
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: coarseCache({ cacheTtl: 300, clock: Date.now }) });
  const rest = { cacheTtl: 300, identitySource: [restSource] } as const;
  lambdaAuthorizer(authorizer, { format: "rest-request", cache: exactCache(rest) });
  lambdaAuthorizer(authorizer, { format: "rest-request", cache: tableCache(rest) });
  lambdaAuthorizer(authorizer, { format: "rest-request", cache: coarseCache(rest) });
  const identitySource = [source, "$context.httpMethod", "$context.path"] as const;
  const exact = lambdaAuthorizer(authorizer, {
    format: "http-simple",
    cache: exactCache({ cacheTtl: 300, identitySource }),
  });
  expectTypeOf(exact).toEqualTypeOf<(event: HttpAuthorizerEvent) => Promise<SimpleAnswer>>();
  const table = lambdaAuthorizer(authorizer, {
    format: "http-policy-1.0",
    cache: tableCache({
      cacheTtl: 300,
      identitySource: [source],
      onCacheEvent: (event) => expectTypeOf(event).toEqualTypeOf<CacheEvent>(),
    }),
  });
  expectTypeOf(table).toExtend<APIGatewayRequestAuthorizerHandler>();
  const coarse = coarseCache({ cacheTtl: 300, identitySource: [source] });
  expectTypeOf(coarse).toEqualTypeOf<GatewayCache<"http-simple" | "http-policy" | "http-policy-1.0">>();
  const simple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: coarse });
  expectTypeOf(simple).toEqualTypeOf<(event: HttpAuthorizerEvent) => Promise<SimpleAnswer>>();
});

it("gives handlers of the official types", () => {
  expectTypeOf(token).toExtend<APIGatewayTokenAuthorizerHandler>();
  expectTypeOf(request).toExtend<APIGatewayRequestAuthorizerHandler>();
  expectTypeOf(simple).toExtend<APIGatewayRequestSimpleAuthorizerHandlerV2>();
  expectTypeOf(simple).toExtend<APIGatewayRequestSimpleAuthorizerHandlerV2WithContext<AuthorizerContext>>();
  expectTypeOf(policy).toExtend<APIGatewayRequestIAMAuthorizerHandlerV2>();
  expectTypeOf(policy).toExtend<APIGatewayRequestIAMAuthorizerV2WithContextHandler<AuthorizerContext>>();
});

it("gives one handler for the events of several", () => {
  const several = authorizerByEvent({ "rest-token": token, "http-simple": simple });
  expectTypeOf(several).parameter(0).toEqualTypeOf<RestTokenEvent | HttpAuthorizerEvent>();
  expectTypeOf(several).returns.resolves.toEqualTypeOf<PolicyAnswer | SimpleAnswer>();
  expectTypeOf(authorizerByEvent({ "rest-token": token })).toExtend<APIGatewayTokenAuthorizerHandler>();
  // @ts-expect-error it is for another kind of event
  authorizerByEvent({ "rest-request": token });
  // @ts-expect-error it gives another answer
  authorizerByEvent({ "http-policy": simple });
  // @ts-expect-error there is no such kind
  authorizerByEvent({ rest: token });
});

it("takes events of the official types", () => {
  expectTypeOf<APIGatewayTokenAuthorizerEvent>().toExtend<RestTokenEvent>();
  expectTypeOf<APIGatewayRequestAuthorizerEvent>().toExtend<RestRequestEvent>();
  expectTypeOf<APIGatewayRequestAuthorizerEventV2>().toExtend<HttpAuthorizerEvent>();
  expectTypeOf<APIGatewayProxyEvent>().toExtend<RestProxyEvent>();
  expectTypeOf<APIGatewayProxyEventV2>().toExtend<HttpProxyEvent>();
  expectTypeOf<LambdaFunctionURLEvent>().toExtend<HttpProxyEvent>();
  expectTypeOf<ALBEvent>().toExtend<LoadBalancerEvent>();
  expectTypeOf<VpcLatticeEvent>().toExtend<LatticeEvent>();
});

it("takes an event of an HTTP API without cookies and identity sources, whatever the official types say", () => {
  expectTypeOf<
    Omit<APIGatewayRequestAuthorizerEventV2, "cookies" | "identitySource">
  >().toExtend<HttpAuthorizerEvent>();
});

it("refuses what does not exist", () => {
  // @ts-expect-error the cache must be named
  lambdaAuthorizer(authorizer, { format: "rest-token" });
  // @ts-expect-error a mode is what its function returns
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: "table" });
  // @ts-expect-error options are no mode
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: { cacheTtl: 300 } });
  // @ts-expect-error a token alone is no key for one request
  exactCache({ cacheTtl: 300 });
  const exact = exactCache({ cacheTtl: 300, identitySource: [source] });
  // @ts-expect-error a TOKEN authorizer has no identity sources
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: exact });
  const table = tableCache({ cacheTtl: 300, identitySource: [source] });
  // @ts-expect-error a simple response cannot be a table
  lambdaAuthorizer(authorizer, { format: "http-simple", cache: table });
  // @ts-expect-error the time to live must be declared
  tableCache({});
  // @ts-expect-error the identity sources must be declared
  lambdaAuthorizer(authorizer, { format: "http-policy", cache: tableCache({ cacheTtl: 300 }) });
  // @ts-expect-error the identity sources must be declared
  lambdaAuthorizer(authorizer, { format: "rest-request", cache: coarseCache({ cacheTtl: 300 }) });
  // @ts-expect-error a REST API names its identity sources in another way
  lambdaAuthorizer(authorizer, { format: "rest-request", cache: table });
  const coarse = coarseCache({ cacheTtl: 300, identitySource: [restSource] });
  // @ts-expect-error an HTTP API names its identity sources in another way
  lambdaAuthorizer(authorizer, { format: "http-policy", cache: coarse });
  // @ts-expect-error they are of one API
  coarseCache({ cacheTtl: 300, identitySource: [source, restSource] });
  // @ts-expect-error only a table denies what no route matches
  coarseCache({ cacheTtl: 300, unrouted: "deny" });
  // @ts-expect-error nothing is kept, so nothing is declared
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off", cacheTtl: 300 });
  // @ts-expect-error there is no such format
  lambdaAuthorizer(authorizer, { format: "websocket", cache: "off" });
  // @ts-expect-error there is no such option
  lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off", ttl: 300 });
  // @ts-expect-error an HTTP API's event is none of a TOKEN authorizer
  token({} as APIGatewayRequestAuthorizerEventV2);
});

it("guards handlers of the official types", () => {
  const rest = guardHandler(authorizer, async (event: APIGatewayProxyEvent, context: Context, principal) => {
    expectTypeOf(principal).toEqualTypeOf<Principal>();
    return { statusCode: 200, body: `${event.path} ${context.awsRequestId} ${principal.id}` };
  });
  expectTypeOf(rest).toExtend<APIGatewayProxyHandler>();
  const http = guardHandler(
    authorizer,
    (event: APIGatewayProxyEventV2, _context: Context) => ({ body: event.rawPath }),
    {
      rule: "authenticated",
    },
  );
  expectTypeOf(http).toExtend<APIGatewayProxyHandlerV2>();
  const url = guardHandler(authorizer, async (event: LambdaFunctionURLEvent, _context: Context) => event.rawPath);
  expectTypeOf(url).toExtend<LambdaFunctionURLHandler>();
  const balanced = guardHandler(
    authorizer,
    async (event: ALBEvent, _context: Context) => ({ statusCode: 200, body: event.path }),
    { basePath: "/api", forwardedFor: "append" },
  );
  expectTypeOf(balanced).toExtend<ALBHandler>();
  guardHandler(authorizer, async (event: LatticeEvent, _context: Context) => ({ statusCode: 200, body: event.path }));
  // @ts-expect-error what is preserved is the caller's own word
  guardHandler(authorizer, async (event: ALBEvent) => event, { forwardedFor: "preserve" });
});

it("is middleware for middy", () => {
  const http = middy()
    .use(gateMiddleware<APIGatewayProxyEventV2>(authorizer))
    .handler(async (event: APIGatewayProxyEventV2) => {
      expectTypeOf(principalOf(event, authorizer)).toEqualTypeOf<Principal>();
      return { statusCode: 200, body: event.rawPath };
    });
  expectTypeOf(http).toExtend<APIGatewayProxyHandlerV2>();
  middy(async (event: ALBEvent) => ({ statusCode: 200, body: event.path })).use(
    gateMiddleware<ALBEvent>(authorizer, { rule: "authenticated", forwardedFor: "append" }),
  );
  // @ts-expect-error a queue has no callers
  gateMiddleware<SQSEvent>(authorizer);
  // @ts-expect-error there is no such option
  gateMiddleware<ALBEvent>(authorizer, { rules: [] });
});

it("refuses to guard what is no HTTP", () => {
  // @ts-expect-error a queue has no callers
  guardHandler(authorizer, async (event: SQSEvent) => event.Records.length);
  // @ts-expect-error an operand is no rule
  guardHandler(authorizer, async (_event: APIGatewayProxyEventV2) => ({}), { rule: { tag: "tenant" } });
});

it("reads the caller of any event", () => {
  expectTypeOf(principalOf({} as APIGatewayProxyEventV2)).toEqualTypeOf<Principal>();
  // @ts-expect-error there is no such option
  principalOf({} as APIGatewayProxyEvent, { now: Date.now });
});

import type {
  APIGatewayProxyWebsocketEventV2,
  APIGatewayRequestAuthorizerEvent,
  AppSyncAuthorizerEvent,
  AppSyncAuthorizerHandler,
  AppSyncBatchResolverHandler,
  AppSyncResolverEvent,
  AppSyncResolverHandler,
  Context,
} from "aws-lambda";
import { bearer, createAuthorizer, definePolicy, type Principal, type PrincipalOf, userPool } from "poolgate";
import { appsyncAuthorizer } from "poolgate/graphql";
import { type AuthorizerContext, connectionOf, guardResolver, webSocketAuthorizer } from "poolgate/lambda";
import { expectTypeOf, it } from "vitest";

const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
const policy = definePolicy({ fields: { "Mutation.deleteUser": "authenticated" }, connect: "authenticated" });
const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy });

it("answers as AppSync's own types have it", () => {
  const handler = appsyncAuthorizer(authorizer);
  expectTypeOf<AppSyncAuthorizerEvent>().toExtend<Parameters<typeof handler>[0]>();
  expectTypeOf(handler).toExtend<AppSyncAuthorizerHandler<AuthorizerContext>>();
  // @ts-expect-error there is no such option
  appsyncAuthorizer(authorizer, { ttl: 60 });
});

it("guards resolvers of one event and of many, and tells who calls", () => {
  type Asked = AppSyncResolverEvent<{ id: string }>;
  const one = guardResolver(authorizer, (event: Asked, _context: Context, principal) => {
    expectTypeOf(principal).toEqualTypeOf<PrincipalOf<typeof authorizer>>();
    return event.arguments.id;
  });
  expectTypeOf(one).toExtend<AppSyncResolverHandler<{ id: string }, string>>();
  const many = guardResolver(authorizer, (events: Asked[], _context: Context) => events.map(() => "done"));
  expectTypeOf(many).toExtend<AppSyncBatchResolverHandler<{ id: string }, string>>();
  // @ts-expect-error a field without its type
  guardResolver(authorizer, (event: Asked, _context: Context) => event, { field: "deleteUser" });
});

it("takes the events of WebSocket APIs", () => {
  const handler = webSocketAuthorizer(authorizer);
  expectTypeOf<APIGatewayRequestAuthorizerEvent>().toExtend<Parameters<typeof handler>[0]>();
  expectTypeOf(connectionOf({} as APIGatewayProxyWebsocketEventV2).principal).toEqualTypeOf<Principal>();
});

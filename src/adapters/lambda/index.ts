export type { PreflightOptions } from "../../preflight.ts";
export { type AuthorizersByEvent, authorizerByEvent } from "./authorizer-by-event.ts";
export type { AuthorizerContext } from "./authorizer-context.ts";
export type { CacheEvent } from "./cache/cache-event.ts";
export { coarseCache } from "./cache/coarse-cache.ts";
export { exactCache } from "./cache/exact-cache.ts";
export type { GatewayCache } from "./cache/gateway-cache.ts";
export type { HttpIdentitySource, RestIdentitySource } from "./cache/identity-source.ts";
export type { GatewayCacheOptions, IdentitySourceOption, NoIdentitySource } from "./cache/keeping.ts";
export { type TableCacheOptions, tableCache } from "./cache/table-cache.ts";
export { type Connection, connectionOf, type WebSocketEvent } from "./connection-of.ts";
export { type EndpointHandlerOptions, endpointHandler } from "./endpoint-handler.ts";
export type { TextLists, Texts } from "./event-fields.ts";
export { type GateMiddleware, gateMiddleware } from "./gate-middleware.ts";
export { type GuardedHandler, guardHandler } from "./guard-handler.ts";
export { type GuardResolverOptions, guardResolver, type ResolverEvents } from "./guard-resolver.ts";
export type { HttpRequestContext } from "./http-event.ts";
export type { HttpAuthorizerEventV1 } from "./http-policy-v1.ts";
export type { HttpAuthorizerEvent } from "./http-question.ts";
export type { SimpleAnswer } from "./http-simple.ts";
export {
  type LambdaAuthorizerHandler,
  type LambdaAuthorizerOptions,
  lambdaAuthorizer,
} from "./lambda-authorizer.ts";
export type { LambdaAuthorizerFormat, LambdaAuthorizerFormats } from "./lambda-authorizer-format.ts";
export type { LatticeEvent } from "./lattice-event.ts";
export type { ForwardedFor, LoadBalancerEvent } from "./load-balancer-event.ts";
export type { PolicyAnswer, PolicyStatement } from "./policy-answer.ts";
export { type PrincipalOfOptions, principalOf } from "./principal-of.ts";
export type { ProxyAnswer } from "./proxy-answer.ts";
export type { HttpProxyEvent, ProxyEvent, RestProxyEvent } from "./proxy-event.ts";
export type { GuardHandlerOptions } from "./proxy-gate.ts";
export { type ResolverContextOptions, resolverContext } from "./resolver-context.ts";
export type { ResolverEvent } from "./resolver-request.ts";
export type { RestRequestEvent } from "./rest-request.ts";
export type { RestTokenEvent } from "./rest-token.ts";
export {
  type WebSocketAuthorizerEvent,
  type WebSocketAuthorizerOptions,
  webSocketAuthorizer,
} from "./websocket-authorizer.ts";

export { type AppSyncAnswer, appsyncAuthorizer } from "./appsync-authorizer.ts";
export type { AppSyncAuthorizerEvent } from "./appsync-event.ts";
export type { AppSyncAuthorizerOptions } from "./appsync-options.ts";
export { type AskedOperation, type GuardOperationOptions, guardOperation } from "./guard-operation.ts";

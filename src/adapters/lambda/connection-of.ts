import type { Principal } from "../../principal.ts";
import { eventFields, field, foreignEvent, requireFields } from "./event-fields.ts";
import { type PrincipalOfOptions, principalOf } from "./principal-of.ts";

/** An event of a WebSocket API's route, as far as it is read. */
export interface WebSocketEvent {
  readonly requestContext: { readonly connectionId: string; readonly routeKey: string };
}

/** A WebSocket connection, and who opened it. */
export interface Connection {
  readonly connectionId: string;
  /** The route of the event: `$connect`, `$disconnect`, `$default`, or one of the API's own. */
  readonly routeKey: string;
  /** Who opened it; without claims. */
  readonly principal: Principal;
  /** When his credential ends, and messages are refused; undefined where it has no end. */
  readonly expiresAt: Date | undefined;
}

/**
 * Who opened the connection that a message came over, in a function behind `webSocketAuthorizer`.
 *
 * API Gateway asks an authorizer once, when a connection is opened, and keeps it open for up to two hours: longer than most access
 * tokens hold. So call this in every route but `$disconnect`. Where it throws, delete the connection, and the client opens another.
 *
 * What the policy says is judged when the connection is opened. A user who has lost a group meanwhile keeps it until his credential
 * ends. The event is believed, so grant `lambda:InvokeFunction` to the gateway alone.
 *
 * @throws AuthError `token_expired` once the credential has ended; `configuration_error` where the event carries no caller.
 *
 * @example
 * ```ts
 * import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
 * import { connectionOf } from "poolgate/lambda";
 *
 * export async function handler(event: APIGatewayProxyWebsocketEventV2) {
 *   const { connectionId, principal } = connectionOf(event);
 *   return { statusCode: 200, body: `${principal.id} on ${connectionId}` };
 * }
 * ```
 */
export function connectionOf(event: WebSocketEvent, options: PrincipalOfOptions = {}): Connection {
  const context = requireFields(eventFields(event), "requestContext");
  const [connectionId, routeKey] = [field(context, "connectionId"), field(context, "routeKey")];
  if (typeof connectionId !== "string" || connectionId === "" || typeof routeKey !== "string") {
    throw foreignEvent("the event is none of a WebSocket API");
  }
  const principal = principalOf(event, options);
  return Object.freeze({ connectionId, routeKey, principal, expiresAt: principal.expiresAt });
}

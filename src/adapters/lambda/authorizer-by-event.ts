import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { type EventFields, eventFields, field, foreignEvent, optionalFields } from "./event-fields.ts";
import type { LambdaAuthorizerHandler } from "./lambda-authorizer.ts";
import type { LambdaAuthorizerFormat } from "./lambda-authorizer-format.ts";
import type { PolicyAnswer } from "./policy-answer.ts";
import type { WebSocketAuthorizerEvent } from "./websocket-authorizer.ts";

/** The handlers of {@link authorizerByEvent}, each for the events of one kind of authorizer; what is left out is refused. */
export type AuthorizersByEvent = {
  /** What `lambdaAuthorizer` returns for the format. An event does not tell `http-simple` and `http-policy` apart: give one. */
  readonly [Format in LambdaAuthorizerFormat]?: LambdaAuthorizerHandler<Format>;
} & {
  /** What `webSocketAuthorizer` returns. */
  readonly websocket?: (event: WebSocketAuthorizerEvent) => Promise<PolicyAnswer>;
  /** What `appsyncAuthorizer` of `poolgate/graphql` returns. */
  readonly appsync?: (event: never) => Promise<{ isAuthorized: boolean }>;
};

type EventKind = keyof AuthorizersByEvent;
type HandlersOf<Handlers extends AuthorizersByEvent> = Exclude<Handlers[keyof Handlers & EventKind], undefined>;

const kinds: readonly EventKind[] = [
  ...(["rest-token", "rest-request", "http-simple", "http-policy", "http-policy-1.0"] as const),
  ...(["websocket", "appsync"] as const),
];

/**
 * Makes one handler of several, for a function that is the authorizer of several APIs: each event goes to the handler of its kind.
 *
 * Only the marks of an event are looked at here; the handler checks all of it once more. An event of a kind that has no handler, or
 * of none, is thrown as an AuthError of code `configuration_error`, which gateways answer with 500.
 *
 * @throws ConfigurationError where a handler is none, where there is none at all, or where there are two for the same events.
 *
 * @example
 * ```ts
 * import { authenticated, bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 * import { authorizerByEvent, lambdaAuthorizer, webSocketAuthorizer } from "poolgate/lambda";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") }, connect: authenticated }),
 * });
 * export const handler = authorizerByEvent({
 *   "rest-token": lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" }),
 *   "http-simple": lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" }),
 *   websocket: webSocketAuthorizer(authorizer),
 * });
 * ```
 */
export function authorizerByEvent<Handlers extends AuthorizersByEvent>(
  handlers: Handlers,
): (event: Parameters<HandlersOf<Handlers>>[0]) => Promise<Awaited<ReturnType<HandlersOf<Handlers>>>> {
  const owner = "authorizerByEvent";
  refuseUnknownOptions(owner, handlers, kinds);
  const given = new Map(Object.entries(handlers));
  if (given.size === 0) {
    const advice = 'pass handlers by kind, such as { "rest-token": lambdaAuthorizer(...) }';
    throw new ConfigurationError("missing_option", owner, advice);
  }
  for (const [kind, handler] of given) {
    if (typeof handler === "function") continue;
    throw new ConfigurationError(
      "invalid_option",
      `${owner}.${kind}`,
      "must be a handler; leave it out where there is none",
    );
  }
  if (given.has("http-simple") && given.has("http-policy")) {
    const advice = "an event does not tell whether the API takes simple responses; leave it out, or http-policy";
    throw new ConfigurationError("invalid_option", `${owner}.http-simple`, advice);
  }

  async function authorizerByEventHandler(event: unknown): Promise<unknown> {
    const handler = kindsOf(eventFields(event))
      .map((kind) => given.get(kind) as ((event: unknown) => unknown) | undefined)
      .find((one) => one !== undefined);
    if (handler === undefined) throw foreignEvent("no handler is for an event of this kind");
    return handler(event);
  }
  return authorizerByEventHandler as ReturnType<typeof authorizerByEvent<Handlers>>;
}

/** What an event may be, by the marks that one kind alone has. */
function kindsOf(event: EventFields): readonly EventKind[] {
  const [type, version] = [field(event, "type"), field(event, "version")];
  if (type === "TOKEN") return ["rest-token"];
  // AppSync's events have no type.
  if (type === undefined && field(event, "authorizationToken") !== undefined) return ["appsync"];
  if (type !== "REQUEST") return [];
  if (version === "2.0") return ["http-simple", "http-policy"];
  if (version === "1.0") return ["http-policy-1.0"];
  if (version !== undefined) return [];
  const isConnection = field(optionalFields(event, "requestContext"), "routeKey") !== undefined;
  return [isConnection ? "websocket" : "rest-request"];
}

import type { AuthRequest } from "../../request.ts";
import { eventBody } from "./event-body.ts";
import {
  asFields,
  type EventFields,
  eventFields,
  field,
  foreignEvent,
  type TextLists,
  type Texts,
} from "./event-fields.ts";
import { gatewayIdentity } from "./gateway-identity.ts";
import { type HttpRequestContext, httpRequest } from "./http-event.ts";
import { restRequest } from "./rest-event.ts";

/**
 * What a REST API sends to a function behind it, as far as it is read.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface RestProxyEvent {
  readonly httpMethod: string;
  /** The route that matched, such as `/articles/{id}`. */
  readonly resource?: string;
  /** Within the stage; behind a custom domain it begins with the base path. */
  readonly path: string;
  readonly headers: Texts | null;
  readonly multiValueHeaders?: TextLists | null;
  readonly queryStringParameters: Texts | null;
  readonly multiValueQueryStringParameters?: TextLists | null;
  readonly pathParameters?: Texts | null;
  readonly requestContext: object;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * What an HTTP API in payload format 2.0, or a function URL, sends to a function behind it, as far as it is read.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export interface HttpProxyEvent {
  /** `2.0`. */
  readonly version: string;
  readonly routeKey?: string;
  /** Begins with the stage, unless that is `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[] | null;
  readonly headers: Texts;
  readonly pathParameters?: Texts | null;
  readonly requestContext: HttpRequestContext;
  readonly body?: string | null;
  readonly isBase64Encoded: boolean;
}

/** The events that `guardHandler` judges. */
export type ProxyEvent = RestProxyEvent | HttpProxyEvent;

/** An event that was taken for a proxy event, and the request in it. */
export interface ProxyRequest {
  readonly fields: EventFields;
  readonly request: AuthRequest;
}

/**
 * Makes the request of a proxy event, body included.
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function proxyRequest(event: unknown): ProxyRequest {
  const fields = eventFields(event);
  // A load balancer's event looks like a REST API's, but its path and query are as on the wire.
  if (field(asFields(field(fields, "requestContext")) ?? {}, "elb") !== undefined) {
    throw foreignEvent("events of load balancers are not supported");
  }
  const request = field(fields, "version") === "2.0" ? httpRequest(fields) : restRequest(fields);
  const gateway = gatewayIdentity(fields);
  return {
    fields,
    request: {
      ...request,
      ...(gateway !== undefined && { gateway }),
      body: async (limit) => eventBody(fields, limit),
    },
  };
}

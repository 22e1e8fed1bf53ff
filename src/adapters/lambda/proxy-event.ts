import type { AuthRequest, GatewayIdentity } from "../../request.ts";
import { eventBody } from "./event-body.ts";
import { type EventFields, eventFields, field, foreignEvent, requireFields, type Texts } from "./event-fields.ts";
import { gatewayIdentity } from "./gateway-identity.ts";
import { type HttpRequestContext, httpRequest } from "./http-event.ts";
import { httpRequestV1 } from "./http-event-v1.ts";
import { type LatticeEvent, latticeRequest } from "./lattice-event.ts";
import { type ForwardedFor, type LoadBalancerEvent, loadBalancerRequest } from "./load-balancer-event.ts";
import { restRequest } from "./rest-event.ts";
import type { RestShape } from "./rest-shape.ts";

/**
 * What a REST API, or an HTTP API in payload format 1.0, sends to a function behind it, as far as it is read.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export interface RestProxyEvent extends RestShape {
  /** `1.0` behind an HTTP API; the official types leave it out. */
  readonly version?: string;
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
export type ProxyEvent = RestProxyEvent | HttpProxyEvent | LoadBalancerEvent | LatticeEvent;

/** How the request in a proxy event is read. */
export interface ProxySettings {
  readonly basePath: string;
  readonly forwardedFor: ForwardedFor | undefined;
}

const asItCame: ProxySettings = { basePath: "", forwardedFor: undefined };

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
export function proxyRequest(event: unknown, { basePath, forwardedFor }: ProxySettings = asItCame): ProxyRequest {
  const fields = eventFields(event);
  const { read, gateway } = readerOf(fields, forwardedFor);
  const request = read(fields, basePath);
  return {
    fields,
    request: {
      ...request,
      ...(gateway !== undefined && { gateway }),
      body: async (limit) => eventBody(fields, limit),
    },
  };
}

/** How to read an event, by the marks that one gateway alone puts into its events, and whom that gateway has let in. */
interface Reader {
  readonly read: (event: EventFields, basePath: string) => AuthRequest;
  readonly gateway?: GatewayIdentity | undefined;
}

/** @throws AuthError `configuration_error` where the event has the marks of no gateway, or of two. */
function readerOf(event: EventFields, forwardedFor: ForwardedFor | undefined): Reader {
  if (field(event, "methodArn") !== undefined || field(event, "routeArn") !== undefined) {
    throw foreignEvent("this is a question to an authorizer; use lambdaAuthorizer");
  }
  if (field(event, "raw_path") !== undefined) {
    throw foreignEvent("set the event structure version of the VPC Lattice target group to V2");
  }
  const context = requireFields(event, "requestContext");
  const [mark, another] = ["elb", "http", "serviceArn"].filter((name) => field(context, name) !== undefined);
  const version = field(event, "version");
  if (another !== undefined) throw foreignEvent("the event has the marks of two gateways");
  if (version === undefined && mark === "elb") {
    return { read: (fields, basePath) => loadBalancerRequest(fields, forwardedFor, basePath) };
  }
  if ((version === undefined || version === "1.0") && mark === undefined) {
    // VPC Lattice has it too, so it is looked for last.
    requireFields(context, "identity");
    return { read: version === undefined ? restRequest : httpRequestV1, gateway: gatewayIdentity(event) };
  }
  if (version === "2.0" && mark === "http") return { read: httpRequest, gateway: gatewayIdentity(event) };
  if (version === "2.0" && mark === "serviceArn") return { read: latticeRequest, gateway: gatewayIdentity(event) };
  throw foreignEvent("the event has not the marks of a gateway, or of a version that is not read");
}

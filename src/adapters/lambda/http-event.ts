import type { AuthRequest, RequestHeaders } from "../../request.ts";
import { withinBasePath } from "./base-path.ts";
import { type EventFields, field, foreignEvent, requireFields, requireMethod, requireText } from "./event-fields.ts";
import { headersOf, type Pair, singlePairs, textList } from "./event-pairs.ts";
import { rebuildTarget } from "./event-target.ts";
import { remoteAddress } from "./rest-event.ts";
import { requireRoutedPath } from "./routed-path.ts";

/** What payload format 2.0 tells about a request, as far as it is read; the rest is there for those who write events. */
export interface HttpRequestContext {
  /** The name of the stage, or `$default`. */
  readonly stage: string;
  readonly http: {
    readonly method: string;
    readonly sourceIp: string;
    readonly path?: string;
    readonly protocol?: string;
    readonly userAgent?: string;
  };
}

/**
 * Makes the request of an event in payload format 2.0, which HTTP APIs and function URLs share.
 *
 * The gateway has joined the occurrences of a header with commas and put the cookies aside.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpRequest(event: EventFields, basePath = ""): AuthRequest {
  const path = httpPath(event, basePath);
  requireRoutedPath(event, path, "routeKey");
  return {
    method: requireMethod(requireFields(requireFields(event, "requestContext"), "http"), "method"),
    target: rebuildTarget(path, requireText(event, "rawQueryString")),
    wire: false,
    headers: httpHeaders(event),
    ...remoteAddress(event, "http"),
  };
}

/** Reads the headers of an event in payload format 2.0, the cookies as the one header that they came in. */
export function httpHeaders(event: EventFields): RequestHeaders {
  return headersOf([...singlePairs(event, "headers"), ...cookies(event)]);
}

/**
 * The path within the stage and the base path. `rawPath` begins with the name of the stage, unless that is `$default`, also behind
 * a custom domain. Where it does not, nobody can tell whether a first segment of that name is the stage or the caller's.
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpPath(event: EventFields, basePath = ""): string {
  const stage = requireText(requireFields(event, "requestContext"), "stage");
  return withinBasePath(pathInStage(requireText(event, "rawPath"), stage), basePath);
}

/**
 * Cuts the stage off the path of an HTTP API.
 *
 * @throws AuthError `configuration_error`
 */
export function pathInStage(path: string, stage: string): string {
  if (stage === "$default") return path;
  if (!/^[\w-]+$/.test(stage)) throw foreignEvent("the stage of the event is no name of a stage");
  if (path === `/${stage}`) return "/";
  if (!path.startsWith(`/${stage}/`)) throw foreignEvent("the path of the event does not begin with its stage");
  return path.slice(stage.length + 1);
}

function cookies(event: EventFields): readonly Pair[] {
  const values = textList(field(event, "cookies"));
  return values.length === 0 ? [] : [["cookie", values.join("; ")]];
}

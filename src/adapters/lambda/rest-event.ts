import { isIP } from "node:net";
import type { AuthRequest, RequestHeaders } from "../../request.ts";
import { withinBasePath } from "./base-path.ts";
import { asFields, type EventFields, field, foreignEvent, requireMethod, requireText } from "./event-fields.ts";
import { eventPairs, headersOf } from "./event-pairs.ts";
import { encodeQuery, rebuildTarget } from "./event-target.ts";
import { requireRoutedPath } from "./routed-path.ts";

/**
 * Makes the request of an event in the shape of REST APIs, which authorizers and functions behind them share.
 *
 * The path is within the stage: `/articles`, not `/prod/articles`. Behind a custom domain it begins with the base path of its
 * mapping, and with the stage where the mapping names none.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function restRequest(event: EventFields, basePath = ""): AuthRequest {
  if (field(event, "version") !== undefined) throw foreignEvent("this is an event of an HTTP API, not of a REST API");
  const path = withinBasePath(requireText(event, "path"), basePath);
  requireRoutedPath(event, path, "resource");
  return {
    method: requireMethod(event, "httpMethod"),
    target: rebuildTarget(path, restQuery(event)),
    wire: false,
    headers: restHeaders(event),
    ...remoteAddress(event, "identity"),
  };
}

/** Reads the query of an event in the shape of REST APIs, whose names and values are decoded. */
export function restQuery(event: EventFields): string {
  return encodeQuery(eventPairs(event, "queryStringParameters", "multiValueQueryStringParameters", false));
}

/** Reads the headers of an event in the shape of REST APIs. */
export function restHeaders(event: EventFields): RequestHeaders {
  return headersOf(eventPairs(event, "headers", "multiValueHeaders", true));
}

/**
 * Reads `sourceIp` from a part of the request context; tests from the console hold words in its place.
 *
 * @param part `identity` in REST APIs, `http` in HTTP APIs.
 */
export function remoteAddress(event: EventFields, part: "identity" | "http"): Pick<AuthRequest, "remoteAddress"> {
  const context = asFields(field(event, "requestContext")) ?? {};
  const sourceIp = field(asFields(field(context, part)) ?? {}, "sourceIp");
  return typeof sourceIp === "string" && isIP(sourceIp) !== 0 ? { remoteAddress: sourceIp } : {};
}

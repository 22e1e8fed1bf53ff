import type { AuthRequest } from "../../request.ts";
import { type EventFields, requireFields, requireMethod, requireText } from "./event-fields.ts";
import { rebuildTarget, requireRoutedPath } from "./event-target.ts";
import { pathInStage } from "./http-event.ts";
import { remoteAddress, restHeaders, restQuery } from "./rest-event.ts";

/**
 * Makes the request of an event of an HTTP API in payload format 1.0, the shape of REST APIs with a version, which authorizers
 * and functions behind them share.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpRequestV1(event: EventFields): AuthRequest {
  const path = httpPathV1(event);
  requireRoutedPath(event, path, "resource");
  return {
    method: requireMethod(event, "httpMethod"),
    target: rebuildTarget(path, restQuery(event)),
    wire: false,
    headers: restHeaders(event),
    ...remoteAddress(event, "identity"),
  };
}

/**
 * The path within the stage, with whose name it begins, unless that is `$default`.
 *
 * @throws AuthError `configuration_error`
 */
export function httpPathV1(event: EventFields): string {
  return pathInStage(requireText(event, "path"), requireText(requireFields(event, "requestContext"), "stage"));
}

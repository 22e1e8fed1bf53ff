import type { AuthRequest } from "../../request.ts";
import { withinBasePath } from "./base-path.ts";
import { type EventFields, requireFields, requireMethod, requireText } from "./event-fields.ts";
import { rebuildTarget } from "./event-target.ts";
import { pathInStage } from "./http-event.ts";
import { remoteAddress, restHeaders, restQuery } from "./rest-event.ts";
import { requireRoutedPath } from "./routed-path.ts";

/**
 * Makes the request of an event of an HTTP API in payload format 1.0, the shape of REST APIs with a version, which authorizers
 * and functions behind them share.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpRequestV1(event: EventFields, basePath = ""): AuthRequest {
  const path = httpPathV1(event, basePath);
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
 * The path within the stage, with whose name it begins, unless that is `$default`, and within the base path.
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpPathV1(event: EventFields, basePath = ""): string {
  const stage = requireText(requireFields(event, "requestContext"), "stage");
  return withinBasePath(pathInStage(requireText(event, "path"), stage), basePath);
}

import type { ServerResponse } from "node:http";
import type { Endpoint } from "../../endpoint.ts";
import { answerEndpoint, endpointTable, isEndpoint, pathOf } from "../../endpoint-table.ts";
import type { GateHandler, GateRequest } from "./gate-request.ts";
import { sendAnswer } from "./send-answer.ts";
import { type RequestOptions, type RequestSettings, readRequestOptions, toAuthRequest } from "./to-auth-request.ts";

const advice =
  "pass endpoints such as broker({ ... }), each with a path of its own, and at the end, if needed, one options object";

/**
 * Middleware that answers poolgate's own endpoints, such as the broker, and lets every other request through.
 *
 * Mount it ahead of `authorize`: what reaches that under the path of an endpoint is judged by the table. Paths are full
 * paths and match exactly; any method that an endpoint does not list is `method_not_allowed`, HEAD and OPTIONS included.
 *
 * @param list the endpoints, then, if needed, an object with {@link RequestOptions}.
 * @throws ConfigurationError where there is no endpoint, two share a path, or an option is faulty.
 *
 * @example
 * ```ts
 * import { broker } from "poolgate";
 * import { authorize, endpoints } from "poolgate/express";
 *
 * app.use(endpoints(broker({ sessions, userPool: id, identityPoolId }), { trustedProxies: ["10.0.0.0/8"] }));
 * app.use(authorize(authorizer, { trustedProxies: ["10.0.0.0/8"] }));
 * ```
 */
export function endpoints(
  ...list: readonly [Endpoint, ...Endpoint[]] | readonly [Endpoint, ...Endpoint[], RequestOptions]
): GateHandler {
  const last = list.at(-1);
  const options = list.length === 0 || isEndpoint(last) ? undefined : last;
  const settings = readRequestOptions("endpoints", options === undefined ? {} : options);
  const byPath = endpointTable("endpoints", options === undefined ? list : list.slice(0, -1), advice);

  return function answerEndpoints(req, res, next) {
    const endpoint = byPath.get(pathOf(req.originalUrl));
    if (endpoint === undefined) next();
    else void answerWith(endpoint, settings, req, res);
  };
}

async function answerWith(
  endpoint: Endpoint,
  settings: RequestSettings,
  req: GateRequest,
  res: ServerResponse,
): Promise<void> {
  sendAnswer(req, res, await answerEndpoint(endpoint, () => toAuthRequest(req, settings)));
}

import type { ServerResponse } from "node:http";
import { type Answer, problemAnswer } from "../../answer.ts";
import { ConfigurationError } from "../../configuration.ts";
import type { Endpoint } from "../../endpoint.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import { parseTarget } from "../../target.ts";
import type { GateHandler, GateRequest } from "./gate-request.ts";
import { sendAnswer } from "./send-answer.ts";
import { type RequestOptions, type RequestSettings, readRequestOptions, toAuthRequest } from "./to-auth-request.ts";

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
  const byPath = indexByPath(options === undefined ? list : list.slice(0, -1));

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
  let answer: Answer;
  try {
    const request = toAuthRequest(req, settings);
    // No authorizer looks at what an endpoint gets.
    parseTarget(request.target);
    if (!endpoint.methods.includes(request.method)) throw new AuthError("method_not_allowed");
    answer = await endpoint.handle(request);
  } catch (thrown) {
    answer = problemAnswer(toAuthError(thrown), endpoint.methods);
  }
  sendAnswer(req, res, answer);
}

function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return mark === -1 ? target : target.slice(0, mark);
}

function indexByPath(list: readonly unknown[]): ReadonlyMap<string, Endpoint> {
  const byPath = new Map<string, Endpoint>();
  for (const endpoint of list) {
    if (!isEndpoint(endpoint) || !isCanonicalPath(endpoint.path) || byPath.has(endpoint.path)) {
      throw new ConfigurationError(
        "invalid_option",
        "endpoints",
        "pass endpoints such as broker({ ... }), each with a path of its own, and at the end, if needed, one options object",
      );
    }
    byPath.set(endpoint.path, endpoint);
  }
  if (byPath.size === 0) {
    throw new ConfigurationError("missing_option", "endpoints", "pass at least one, such as broker({ ... })");
  }
  return byPath;
}

function isCanonicalPath(path: string): boolean {
  try {
    return parseTarget(path).query === undefined;
  } catch {
    return false;
  }
}

function isEndpoint(value: unknown): value is Endpoint {
  const given = value as Partial<Endpoint> | null | undefined;
  return typeof given?.handle === "function" && typeof given.path === "string" && Array.isArray(given.methods);
}

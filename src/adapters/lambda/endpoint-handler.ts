import { problemAnswer } from "../../answer.ts";
import { ConfigurationError } from "../../configuration.ts";
import type { Endpoint } from "../../endpoint.ts";
import { answerEndpoint, endpointTable, pathOf } from "../../endpoint-table.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import type { AuthRequest } from "../../request.ts";
import { type ProxyAnswer, proxyAnswer } from "./proxy-answer.ts";
import { type ProxyEvent, proxyRequest } from "./proxy-event.ts";

const advice = "pass a list of endpoints such as protectedResource({ ... }), each with a path of its own";

/**
 * Makes a handler that answers poolgate's own endpoints in a function behind one of the gateways that `guardHandler` knows, and
 * hands every other event on.
 *
 * Paths match exactly, and are those within the stage. So a document that clients look for at the root of a host needs the stage
 * `$default`, or a custom domain that maps the root to the stage.
 *
 * @param otherwise the handler of all other events, such as that of `guardHandler`. Without one they are refused.
 * @throws ConfigurationError where there is no endpoint, two share a path, or `otherwise` cannot be called.
 *
 * @example
 * ```ts
 * import { protectedResource } from "poolgate";
 * import { endpointHandler } from "poolgate/lambda";
 *
 * const metadata = protectedResource({
 *   resource: "https://api.example.com",
 *   authorizationServers: ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"],
 * });
 * export const handler = endpointHandler([metadata]);
 * ```
 */
export function endpointHandler<Event extends ProxyEvent, Context, Result = ProxyAnswer>(
  endpoints: readonly [Endpoint, ...Endpoint[]],
  otherwise?: (event: Event, context: Context) => Result | PromiseLike<Result>,
): (event: Event, context: Context) => Promise<Result | ProxyAnswer> {
  const byPath = endpointTable("endpointHandler", Array.isArray(endpoints) ? endpoints : [endpoints], advice);
  if (otherwise !== undefined && typeof otherwise !== "function") {
    throw new ConfigurationError("invalid_option", "endpointHandler", "the second argument must be a handler");
  }

  return async function answerEndpoints(event, context) {
    const request = requestOf(event);
    const endpoint = request instanceof AuthError ? undefined : byPath.get(pathOf(request.target));
    if (request instanceof AuthError || endpoint === undefined) {
      // What is no request to an endpoint is for the next handler to judge, as in Express.
      if (otherwise !== undefined) return otherwise(event, context);
      return proxyAnswer(event, problemAnswer(request instanceof AuthError ? request : new AuthError("no_route")));
    }
    return proxyAnswer(event, await answerEndpoint(endpoint, () => request));
  };
}

function requestOf(event: unknown): AuthRequest | AuthError {
  try {
    return proxyRequest(event).request;
  } catch (thrown) {
    return toAuthError(thrown);
  }
}

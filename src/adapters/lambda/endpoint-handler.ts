import { problemAnswer } from "../../answer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import type { Endpoint } from "../../endpoint.ts";
import { answerEndpoint, endpointTable, pathOf } from "../../endpoint-table.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import type { AuthRequest } from "../../request.ts";
import { readBasePath } from "./base-path.ts";
import { type ProxyAnswer, proxyAnswer } from "./proxy-answer.ts";
import { type ProxyEvent, type ProxySettings, proxyRequest } from "./proxy-event.ts";

const advice = "pass a list of endpoints such as protectedResource({ ... }), each with a path of its own";

/** What {@link endpointHandler} may take. */
export interface EndpointHandlerOptions {
  /**
   * What the path begins with ahead of the paths of the endpoints, such as `/v1`, as with `guardHandler`. Nothing by default. With it a
   * path that does not begin so is none of an endpoint.
   */
  readonly basePath?: string;
}

/**
 * Makes a handler that answers poolgate's own endpoints in a function behind one of the gateways that `guardHandler` knows, and
 * hands every other event on.
 *
 * Paths match exactly, and are those within the stage and `basePath`. So a document that clients look for at the root of a host needs the stage
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
  options: EndpointHandlerOptions = {},
): (event: Event, context: Context) => Promise<Result | ProxyAnswer> {
  const byPath = endpointTable("endpointHandler", Array.isArray(endpoints) ? endpoints : [endpoints], advice);
  if (otherwise !== undefined && typeof otherwise !== "function") {
    throw new ConfigurationError("invalid_option", "endpointHandler", "the second argument must be a handler");
  }

  refuseUnknownOptions("endpointHandler", options, ["basePath"]);
  const settings = { basePath: readBasePath("endpointHandler", options.basePath), forwardedFor: undefined };

  return async function answerEndpoints(event, context) {
    const request = requestOf(event, settings);
    const endpoint = request instanceof AuthError ? undefined : byPath.get(pathOf(request.target));
    if (request instanceof AuthError || endpoint === undefined) {
      // What is no request to an endpoint is for the next handler to judge, as in Express.
      if (otherwise !== undefined) return otherwise(event, context);
      return proxyAnswer(event, problemAnswer(request instanceof AuthError ? request : new AuthError("no_route")));
    }
    return proxyAnswer(event, await answerEndpoint(endpoint, () => request));
  };
}

function requestOf(event: unknown, settings: ProxySettings): AuthRequest | AuthError {
  try {
    return proxyRequest(event, settings).request;
  } catch (thrown) {
    return toAuthError(thrown);
  }
}

import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import type { Verifier } from "../../verifier.ts";
import { readAuthorizerContext } from "./authorizer-context.ts";
import { resolverContextOf } from "./resolver-request.ts";

/** What {@link resolverContext} takes. */
export interface ResolverContextOptions {
  /** The hosts of the APIs that are believed: of the endpoint, or its custom domain. */
  readonly hosts: readonly [string, ...string[]];
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/**
 * Believes what `appsyncAuthorizer` handed over to a resolver, for functions in `guardResolver`: the caller with his groups, scopes
 * and tags, and without claims. It is refused once his token has ended.
 *
 * The event is believed. Whoever may invoke the function directly can write any caller into it, so grant
 * `lambda:InvokeFunction` to the API alone.
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { resolverContext } from "poolgate/lambda";
 *
 * const verifier = resolverContext({ hosts: ["exampleexampleexampleexam.appsync-api.eu-west-1.amazonaws.com"] });
 * ```
 */
export function resolverContext(options: ResolverContextOptions): Verifier {
  refuseUnknownOptions("resolverContext", options, ["hosts", "clock"]);
  const { hosts, clock = Date.now } = options;
  if (!Array.isArray(hosts) || hosts.length === 0 || !hosts.every((host) => typeof host === "string" && host !== "")) {
    const advice = "list the hosts of the APIs, such as abc.appsync-api.eu-west-1.amazonaws.com";
    throw new ConfigurationError("missing_option", "resolverContext.hosts", advice);
  }
  if (typeof clock !== "function") {
    throw new ConfigurationError("invalid_option", "resolverContext.clock", "must be a function such as Date.now");
  }
  const known = new Set<unknown>(hosts);

  return {
    scheme: "AppSync-Context",
    challenge: "Bearer",
    perRequest: true,
    detects: (request) => resolverContextOf(request) !== undefined,
    async verify(request) {
      const context = resolverContextOf(request);
      if (context === undefined) throw new AuthError("no_credentials");
      if (!known.has(context.host)) throw new AuthError("gateway_not_trusted");
      const handedOver = readAuthorizerContext(context.fields);
      if (handedOver === undefined) {
        throw new AuthError("configuration_error", { reason: "the context is that of another authorizer" });
      }
      const { principal } = handedOver;
      // Not ">=": a clock that gives no number must not make a token last.
      if (principal.expiresAt !== undefined && !(clock() < principal.expiresAt.getTime())) {
        throw new AuthError("token_expired");
      }
      return { principal };
    },
  };
}

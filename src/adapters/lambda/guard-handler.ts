import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError } from "../../configuration.ts";
import type { Principal } from "../../principal.ts";
import type { ProxyAnswer } from "./proxy-answer.ts";
import type { ProxyEvent } from "./proxy-event.ts";
import { createProxyGate, type GuardHandlerOptions } from "./proxy-gate.ts";

/** A handler that is called only for those who may; the third argument is who calls. */
export type GuardedHandler<Event, Context, Result, P extends Principal = Principal> = (
  event: Event,
  context: Context,
  principal: P,
) => Result | PromiseLike<Result>;

/**
 * Puts the gate into the function itself: verifies the request, decides, and only then calls the handler. For functions behind
 * REST APIs and HTTP APIs (payload formats 1.0 and 2.0), with an authorizer ahead of them or without, function URLs (not those that stream
 * their answers), Application Load Balancers and VPC Lattice (event structure 2.0). An event without the marks of one of them is
 * refused.
 *
 * A refusal is answered as a problem document, and so is a fault of ours, in the form that the gateway takes: to load balancers with
 * the headers in lists where the event has lists. What the handler answers is answered as it is. What it throws is thrown on.
 *
 * Behind an authorizer the request is verified once more, by the credential that it still carries, now with its body. Where
 * `lambdaAuthorizer` let a signed request through, the body must also be the one that was signed then.
 *
 * Gateways decode paths, and do not all do so. A path with `%` (but for load balancers, which decode nothing), or whose parameters
 * say that the gateway routed another path, is refused, and signed requests need paths of unreserved characters. The event is believed in all but the credential, so
 * grant `lambda:InvokeFunction` to the gateway alone.
 *
 * Inside the handler `principalOf(event, authorizer)` gives the caller, too, with the same type.
 *
 * @throws ConfigurationError where an option or the rule is faulty, or there is neither policy nor rule.
 *
 * @example
 * ```ts
 * import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
 * import { createAuthorizer, createSessions, group, signedRequest } from "poolgate";
 * import { guardHandler } from "poolgate/lambda";
 *
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * const authorizer = createAuthorizer({ verifiers: [signedRequest({ sessions })] });
 *
 * export const handler = guardHandler(
 *   authorizer,
 *   async (event: APIGatewayProxyEventV2, context: Context, principal) => ({ statusCode: 200, body: principal.id }),
 *   { rule: group("editors") },
 * );
 * ```
 */
export function guardHandler<Event extends ProxyEvent, Context, Result, P extends Principal = Principal>(
  authorizer: Authorizer<P>,
  handler: GuardedHandler<Event, Context, Result, P>,
  options: GuardHandlerOptions = {},
): (event: Event, context: Context) => Promise<Result | ProxyAnswer> {
  const judge = createProxyGate("guardHandler", authorizer, options);
  if (typeof handler !== "function") {
    throw new ConfigurationError("missing_option", "guardHandler", "pass the handler that is to be guarded");
  }

  return async function guardedHandler(event, context) {
    const outcome = await judge(event);
    return "answer" in outcome ? outcome.answer : handler(event, context, outcome.principal);
  };
}

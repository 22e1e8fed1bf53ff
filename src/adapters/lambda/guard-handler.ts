import { type Answer, problemAnswer } from "../../answer.ts";
import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { toAuthError } from "../../errors.ts";
import type { Rule } from "../../policy/rule.ts";
import type { Principal } from "../../principal.ts";
import { type ExplainToCallers, readExplainToCallers, refusalAnswer } from "../../refusal-answer.ts";
import { requireBodyHash } from "./event-body.ts";
import { pathParameters } from "./event-pairs.ts";
import { handedOverBy, rememberPrincipal } from "./principal-of.ts";
import { type ProxyAnswer, proxyAnswer } from "./proxy-answer.ts";
import { type ProxyEvent, proxyRequest } from "./proxy-event.ts";

/** What {@link guardHandler} may take. */
export interface GuardHandlerOptions {
  /**
   * A rule that must hold beside the policy. Its `param` operands are the parameters that the gateway matched in the path.
   */
  readonly rule?: Rule;
  /**
   * Has the problem document of a denied request carry the decision's explanation as `explanation`, so that a developer sees
   * why. It tells **every** caller, strangers too, the rules that refused him, with the values that they compare, and what would
   * let him in. So it is off by default, no environment variable turns it on, and the process warns where it is on. Where a
   * credential was refused, the answer stays as it is.
   */
  readonly explainToCallers?: ExplainToCallers | undefined;
}

/** A handler that is called only for those who may; the third argument is who calls. */
export type GuardedHandler<Event, Context, Result, P extends Principal = Principal> = (
  event: Event,
  context: Context,
  principal: P,
) => Result | PromiseLike<Result>;

/**
 * Puts the gate into the function itself: verifies the request, decides, and only then calls the handler. For functions behind
 * REST APIs and HTTP APIs (payload format 2.0), with an authorizer ahead of them or without, and for function URLs.
 *
 * A refusal is answered as a problem document, and so is a fault of ours. What the handler throws is thrown on.
 *
 * Behind an authorizer the request is verified once more, by the credential that it still carries, now with its body. Where
 * `lambdaAuthorizer` let a signed request through, the body must also be the one that was signed then.
 *
 * Gateways decode paths, and do not all do so. A path with `%`, or whose parameters say that the gateway routed another path,
 * is refused, and signed requests need paths of unreserved characters. The event is believed in all but the credential, so
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
  refuseUnknownOptions("guardHandler", options, ["rule", "explainToCallers"]);
  const { rule } = options;
  if (typeof authorizer?.authorize !== "function") {
    throw new ConfigurationError("missing_option", "guardHandler", "pass what createAuthorizer returns");
  }
  if (typeof handler !== "function") {
    throw new ConfigurationError("missing_option", "guardHandler", "pass the handler that is to be guarded");
  }
  if (rule !== undefined) authorizer.prepare(rule);
  else if (authorizer.policy === undefined) {
    throw new ConfigurationError(
      "missing_option",
      "guardHandler.rule",
      "the authorizer has no policy; give it one, or write { rule }",
    );
  }

  const explained = readExplainToCallers("guardHandler", options.explainToCallers);

  async function judge(event: unknown): Promise<{ readonly principal: P } | { readonly refused: Answer }> {
    try {
      const { fields, request } = proxyRequest(event);
      const params = pathParameters(fields);
      const decision = await authorizer.authorize(request, rule === undefined ? {} : { rule, params });
      if (decision.allowed !== true) return { refused: refusalAnswer(decision, explained) };
      const contentSha256 = handedOverBy(fields)?.contentSha256;
      if (contentSha256 !== undefined) requireBodyHash(fields, contentSha256);
      return { principal: decision.principal };
    } catch (thrown) {
      return { refused: problemAnswer(toAuthError(thrown)) };
    }
  }

  return async function guardedHandler(event, context) {
    const outcome = await judge(event);
    if ("refused" in outcome) return proxyAnswer(outcome.refused);
    const { principal } = outcome;
    rememberPrincipal(event, principal, authorizer);
    return handler(event, context, principal);
  };
}

import type { Authorizer } from "../../authorizer.ts";
import type { Principal } from "../../principal.ts";
import type { ProxyAnswer } from "./proxy-answer.ts";
import type { ProxyEvent } from "./proxy-event.ts";
import { createProxyGate, type GuardHandlerOptions } from "./proxy-gate.ts";

/** Middleware for middy (https://middy.js.org/docs/intro/early-interrupt), as far as it has to do with middy. */
export interface GateMiddleware<Event extends ProxyEvent = ProxyEvent> {
  /** Resolves to the answer where the caller is refused: middy then calls neither what follows nor the handler. */
  before(request: { readonly event: Event }): Promise<ProxyAnswer | undefined>;
}

/**
 * What `guardHandler` does, as middleware for middy. In the handler, `principalOf(event, authorizer)` gives the caller, with the
 * type that the authorizer's verifiers give.
 *
 * It must be the first to be used: what middleware ahead of it changes in the event, such as a parsed body or headers in lower
 * case, would be judged in the place of the request. Middleware behind it may change the event, not put another in its place.
 *
 * @throws ConfigurationError where an option or the rule is faulty, or there is neither policy nor rule.
 *
 * @example
 * ```ts
 * import middy from "@middy/core";
 * import type { APIGatewayProxyEventV2 } from "aws-lambda";
 * import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 * import { gateMiddleware, principalOf } from "poolgate/lambda";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 * });
 *
 * export const handler = middy()
 *   .use(gateMiddleware<APIGatewayProxyEventV2>(authorizer))
 *   .handler(async (event: APIGatewayProxyEventV2) => ({ statusCode: 200, body: principalOf(event, authorizer).id }));
 * ```
 */
export function gateMiddleware<Event extends ProxyEvent>(
  authorizer: Authorizer,
  options: GuardHandlerOptions = {},
): GateMiddleware<Event> {
  const judge = createProxyGate<Principal>("gateMiddleware", authorizer, options);
  return {
    async before({ event }) {
      const outcome = await judge(event);
      return "answer" in outcome ? outcome.answer : undefined;
    },
  };
}

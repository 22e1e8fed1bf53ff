import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { type AuthError, toAuthError } from "../../errors.ts";
import type { AuthRequest } from "../../request.ts";
import { authorizerContext } from "./authorizer-context.ts";
import { type EventFields, eventFields, field, foreignEvent, requireFields, requireText } from "./event-fields.ts";
import { eventPairs, headersOf } from "./event-pairs.ts";
import { encodeQuery } from "./event-target.ts";
import { fitsGateway, tooLarge } from "./outcome.ts";
import { allowPolicy, denyPolicy, type PolicyAnswer } from "./policy-answer.ts";
import { remoteAddress } from "./rest-event.ts";
import type { RestMaps } from "./rest-shape.ts";

/**
 * What a WebSocket API asks its authorizer when a connection is opened, as far as it is read. It has neither method nor path.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export interface WebSocketAuthorizerEvent extends RestMaps {
  readonly type: string;
  readonly methodArn: string;
  readonly requestContext: {
    readonly routeKey?: string | undefined;
    readonly identity?: { readonly sourceIp?: string | undefined } | undefined;
  };
}

/** What {@link webSocketAuthorizer} may take. */
export interface WebSocketAuthorizerOptions {
  /**
   * The query parameter that holds the token, such as `token`, since browsers can set no header on a WebSocket; none by default.
   * URLs get into logs: hand out tokens for it that end soon.
   */
  readonly tokenParameter?: string;
}

const connectArn = /^arn:aws(?:-[a-z]+)*:execute-api:[\w-]+:[\w-]+:[\w-]+\/[\w-]{1,128}\/\$connect$/;

/**
 * Makes the handler of a WebSocket API's authorizer: judges who may open a connection by the policy's `connect`. Messages are not
 * asked about: `connectionOf` reads, in each later event, who opened the connection and whether his credential still holds.
 *
 * A missing or bad credential is answered as 401, a caller who may not as 403. What is our own fault is thrown, and the gateway
 * answers 500. Signatures are not verified here, as the event does not show what was signed; the API's own IAM authorization does
 * that.
 *
 * @throws ConfigurationError where an option is faulty, or the policy has no rule `connect`.
 *
 * @example
 * ```ts
 * import { authenticated, bearer, createAuthorizer, definePolicy, userPool } from "poolgate";
 * import { webSocketAuthorizer } from "poolgate/lambda";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ connect: authenticated }),
 * });
 * export const handler = webSocketAuthorizer(authorizer, { tokenParameter: "token" });
 * ```
 */
export function webSocketAuthorizer(
  authorizer: Authorizer,
  options: WebSocketAuthorizerOptions = {},
): (event: WebSocketAuthorizerEvent) => Promise<PolicyAnswer> {
  const owner = "webSocketAuthorizer";
  refuseUnknownOptions(owner, options, ["tokenParameter"]);
  const { tokenParameter } = options;
  if (authorizer?.policy?.connect === undefined) {
    const advice =
      "the authorizer needs a policy that says who may connect; write definePolicy({ connect: authenticated })";
    throw new ConfigurationError("missing_option", owner, advice);
  }
  if ("tokenParameter" in options && (typeof tokenParameter !== "string" || tokenParameter === "")) {
    throw new ConfigurationError("invalid_option", `${owner}.tokenParameter`, "must be the name of a query parameter");
  }

  return async function webSocketAuthorizerHandler(event) {
    const fields = eventFields(event);
    const arn = requireText(fields, "methodArn");
    const context = requireFields(fields, "requestContext");
    if (field(fields, "type") !== "REQUEST" || !connectArn.test(arn) || field(context, "routeKey") !== "$connect") {
      throw foreignEvent("the event is no question about a WebSocket connection");
    }
    try {
      const decision = await authorizer.authorize(connectRequest(fields, tokenParameter), { connect: true });
      if (decision.allowed !== true) return refuse(arn, decision.error);
      const { principal } = decision;
      const answer = allowPolicy(arn, principal, authorizerContext(principal, undefined));
      return fitsGateway(answer) ? answer : refuse(arn, tooLarge());
    } catch (thrown) {
      // What the gateway knows as 401 is thrown on.
      if (thrown instanceof Unauthorized) throw new Error(thrown.message);
      return refuse(arn, toAuthError(thrown));
    }
  };
}

class Unauthorized extends Error {}

function refuse(arn: string, error: AuthError): PolicyAnswer {
  if (error.status >= 500) throw error;
  if (error.status === 401) throw new Unauthorized("Unauthorized");
  return denyPolicy(arn, error, undefined);
}

function connectRequest(fields: EventFields, tokenParameter: string | undefined): AuthRequest {
  const headers = [...eventPairs(fields, "headers", "multiValueHeaders", true)];
  const query = eventPairs(fields, "queryStringParameters", "multiValueQueryStringParameters", false);
  // A second token, in the header or the query, makes a second header, and that is refused.
  for (const [name, value] of query) if (name === tokenParameter) headers.push(["authorization", `Bearer ${value}`]);
  const others = encodeQuery(query.filter(([name]) => name !== tokenParameter));
  return {
    method: "GET",
    target: others === "" ? "/" : `/?${others}`,
    wire: false,
    headers: headersOf(headers),
    ...remoteAddress(fields, "identity"),
  };
}

import { withinBasePath } from "./base-path.ts";
import { eventFields, field, foreignEvent, requireText } from "./event-fields.ts";
import { refuseWildcards } from "./event-target.ts";
import { parseMethodArn } from "./method-arn.ts";
import { allowPolicy, type PolicyAnswer, refuseRest, requireExactArn } from "./policy-answer.ts";
import type { Question, QuestionSettings } from "./question.ts";
import { restHeaders, restRequest } from "./rest-event.ts";
import type { RestShape } from "./rest-shape.ts";

/**
 * What a REST API sends to a REQUEST authorizer, as far as it is read. The console's test of an authorizer sends nulls.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export interface RestRequestEvent extends RestShape {
  readonly type: "REQUEST";
  readonly methodArn: string;
  readonly requestContext: { readonly identity: { readonly sourceIp: string } };
}

/** Reads a REQUEST event of a REST API. It has no body, so the body of a signed request is left to the function behind. */
export function readRestRequest(
  event: unknown,
  { basePath = "" }: Partial<QuestionSettings> = {},
): Question<PolicyAnswer> {
  const fields = eventFields(event);
  if (field(fields, "type") !== "REQUEST") throw foreignEvent("the type of the event is not REQUEST");
  const arn = requireText(fields, "methodArn");
  const path = requireText(fields, "path");
  const method = parseMethodArn(arn);
  if (method === undefined) throw foreignEvent("the methodArn of the event is no ARN of a method");
  if (method.method !== field(fields, "httpMethod")) throw foreignEvent("the methodArn is of another method");
  return {
    toRequest() {
      refuseWildcards(path);
      requireExactArn(arn);
      return restRequest(fields, basePath);
    },
    toCredentials: () => ({ method: method.method, target: "/", wire: false, headers: restHeaders(fields) }),
    // The event does not tell what the gateway's key is.
    keyValues: () => undefined,
    asked: () => ({ arn, method: method.method, path: withinBasePath(path, basePath) }),
    allow: (principal, context, statements) => allowPolicy(arn, principal, context, statements),
    refuse: (error, principal) => refuseRest(arn, error, principal),
  };
}

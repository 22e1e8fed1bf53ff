import { eventFields, field, foreignEvent, requireFields, requireMethod, requireText } from "./event-fields.ts";
import { refuseWildcards } from "./event-target.ts";
import { httpPathV1, httpRequestV1 } from "./http-event-v1.ts";
import { parseStageArn } from "./method-arn.ts";
import { allowPolicy, denyPolicy, type PolicyAnswer, requireExactArn } from "./policy-answer.ts";
import type { Question, QuestionSettings } from "./question.ts";
import { restHeaders } from "./rest-event.ts";
import type { RestShape } from "./rest-shape.ts";

/**
 * What an HTTP API sends to an authorizer with payload format 1.0, as far as it is read: the shape of REST APIs, with a version.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export interface HttpAuthorizerEventV1 extends RestShape {
  /** `1.0`; the official types leave it out. */
  readonly version?: string;
  readonly type: "REQUEST";
  readonly methodArn: string;
  /** The values of the identity sources, joined with commas; missing where the authorizer has none. */
  readonly identitySource?: string | null;
  readonly requestContext: { readonly stage: string; readonly identity: { readonly sourceIp: string } };
}

/** Reads the question of an HTTP API with payload format 1.0; the gateway answers 403 where the policy denies. */
export function readHttpPolicyV1(
  event: unknown,
  { basePath = "" }: Partial<QuestionSettings> = {},
): Question<PolicyAnswer> {
  const fields = eventFields(event);
  if (field(fields, "version") !== "1.0") throw foreignEvent("the payload format of the event is not 1.0");
  if (field(fields, "type") !== "REQUEST") throw foreignEvent("the type of the event is not REQUEST");
  const arn = requireText(fields, "methodArn");
  const method = requireMethod(fields, "httpMethod");
  const stagePath = httpPathV1(fields);
  if (parseStageArn(arn)?.method !== method) throw foreignEvent("the methodArn is none of this method");
  return {
    toRequest() {
      refuseWildcards(stagePath);
      requireExactArn(arn);
      return httpRequestV1(fields, basePath);
    },
    toCredentials: () => ({ method, target: "/", wire: false, headers: restHeaders(fields) }),
    keyValues() {
      const context = requireFields(fields, "requestContext");
      const paths = [requireText(fields, "path"), field(context, "path")].filter((path) => typeof path === "string");
      return { values: field(fields, "identitySource"), method, paths };
    },
    asked: () => ({ arn, method, path: httpPathV1(fields, basePath) }),
    allow: (principal, context, statements) => allowPolicy(arn, principal, context, statements),
    refuse: (error, principal) => denyPolicy(arn, error, principal),
  };
}

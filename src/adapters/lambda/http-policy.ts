import { requireText } from "./event-fields.ts";
import { httpAsked, httpCredentials, httpKeyValues, httpQuestion, httpQuestionRequest } from "./http-question.ts";
import { allowPolicy, denyPolicy, type PolicyAnswer, requireExactArn } from "./policy-answer.ts";
import type { Question, QuestionSettings } from "./question.ts";

/** Reads the question of an HTTP API that expects a policy; the gateway answers 403 where it denies. */
export function readHttpPolicy(
  event: unknown,
  { basePath = "" }: Partial<QuestionSettings> = {},
): Question<PolicyAnswer> {
  const fields = httpQuestion(event);
  const arn = requireText(fields, "routeArn");
  return {
    toRequest() {
      requireExactArn(arn);
      return httpQuestionRequest(fields, basePath);
    },
    toCredentials: () => httpCredentials(fields),
    keyValues: () => httpKeyValues(fields),
    asked: () => ({ arn, ...httpAsked(fields, basePath) }),
    allow: (principal, context, statements) => allowPolicy(arn, principal, context, statements),
    refuse: (error, principal) => denyPolicy(arn, error, principal),
  };
}

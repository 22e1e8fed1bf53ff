import { requireText } from "./event-fields.ts";
import { httpAsked, httpCredentials, httpQuestion, httpQuestionRequest, requireHttpKey } from "./http-question.ts";
import { keptPolicy } from "./kept-policy.ts";
import { allowPolicy, denyPolicy, type PolicyAnswer, requireExactArn } from "./policy-answer.ts";
import type { Question } from "./question.ts";

/** Reads the question of an HTTP API that expects a policy; the gateway answers 403 where it denies. */
export function readHttpPolicy(event: unknown): Question<PolicyAnswer> {
  const fields = httpQuestion(event);
  const arn = requireText(fields, "routeArn");
  return {
    toRequest() {
      requireExactArn(arn);
      return httpQuestionRequest(fields);
    },
    toCredentials: () => httpCredentials(fields),
    requireKey: (sources, request) => requireHttpKey(fields, sources, request),
    allowAll: (principal, context, patterns) => keptPolicy(arn, httpAsked(fields), principal, context, patterns),
    allow: (principal, context) => allowPolicy(arn, principal, context),
    refuse: (error, principal) => denyPolicy(arn, error, principal),
  };
}

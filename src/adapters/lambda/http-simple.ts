import { type AuthorizerContext, refusalContext } from "./authorizer-context.ts";
import { httpCredentials, httpKeyValues, httpQuestion, httpQuestionRequest } from "./http-question.ts";
import type { Question, QuestionSettings } from "./question.ts";

/**
 * The simple answer of an authorizer of an HTTP API, with payload format 2.0 and simple responses enabled.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export interface SimpleAnswer {
  isAuthorized: boolean;
  context: AuthorizerContext;
}

/** Reads the question of an HTTP API that expects a yes or no; the gateway answers 403 to every no. */
export function readHttpSimple(
  event: unknown,
  { basePath = "" }: Partial<QuestionSettings> = {},
): Question<SimpleAnswer> {
  const fields = httpQuestion(event);
  return {
    toRequest: () => httpQuestionRequest(fields, basePath),
    toCredentials: () => httpCredentials(fields),
    keyValues: () => httpKeyValues(fields),
    // A yes says to nothing in particular.
    asked: () => undefined,
    allow: (_principal, context) => ({ isAuthorized: true, context }),
    refuse: (error) => ({ isAuthorized: false, context: refusalContext(error) }),
  };
}

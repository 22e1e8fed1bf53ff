import { AuthError } from "../../errors.ts";
import { RequestHeaders } from "../../request.ts";
import type { Verifier } from "../../verifier.ts";
import { eventFields, field, foreignEvent, requireText } from "./event-fields.ts";
import { rebuildTarget, refuseWildcards } from "./event-target.ts";
import { parseMethodArn } from "./method-arn.ts";
import { allowPolicy, type PolicyAnswer, refuseRest, requireExactArn } from "./policy-answer.ts";
import type { Question, QuestionSettings } from "./question.ts";

/**
 * What a REST API sends to a TOKEN authorizer. Its token source must be the `Authorization` header.
 *
 * It shows neither the query nor other headers: a rule over one is never true, and a method-override header that the function
 * behind would honor goes unseen.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export interface RestTokenEvent {
  readonly type: "TOKEN";
  readonly methodArn: string;
  /** The header as sent, with its scheme. */
  readonly authorizationToken: string;
}

/** Reads a TOKEN event: method and path stand in the ARN, and the token is the only header. */
export function readRestToken(
  event: unknown,
  { verifiers }: Pick<QuestionSettings, "verifiers">,
): Question<PolicyAnswer> {
  const fields = eventFields(event);
  if (field(fields, "type") !== "TOKEN") throw foreignEvent("the type of the event is not TOKEN");
  const arn = requireText(fields, "methodArn");
  const token = requireText(fields, "authorizationToken");
  const method = parseMethodArn(arn);
  if (method === undefined) throw foreignEvent("the methodArn of the event is no ARN of a method");
  const toCredentials = () => {
    refuseScheme(token, verifiers);
    const headers = new RequestHeaders(["authorization", token]);
    return { method: method.method, target: "/", wire: false, headers };
  };
  return {
    toRequest() {
      refuseWildcards(method.path);
      requireExactArn(arn);
      return { ...toCredentials(), target: rebuildTarget(method.path, "") };
    },
    toCredentials,
    // The token is the key.
    keyValues: () => undefined,
    asked: () => ({ arn, ...method }),
    allow: (principal, context, statements) => allowPolicy(arn, principal, context, statements),
    refuse: (error, principal) => refuseRest(arn, error, principal),
  };
}

/** Refuses signatures, and the scheme of a verifier that reads more of a request than one header, such as a cookie. */
function refuseScheme(token: string, verifiers: readonly Verifier[]): void {
  const scheme = token.trim().split(/\s/, 1).join("").toLowerCase();
  if (scheme.startsWith("aws4-")) throw needsRequest("sees too little of a request to verify a signature");
  if (verifiers.some((verifier) => verifier.perRequest === true && verifier.scheme.toLowerCase() === scheme)) {
    throw needsRequest("sees one header, and the verifier of this scheme reads more of a request");
  }
}

function needsRequest(why: string): AuthError {
  return new AuthError("unsupported_scheme", {
    reason: `a TOKEN authorizer ${why}; make it a REQUEST authorizer`,
  });
}

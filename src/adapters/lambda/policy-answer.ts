import { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import { type AuthorizerContext, refusalContext } from "./authorizer-context.ts";
import { isExactArn } from "./method-arn.ts";

/** A statement about methods or routes of an API. */
export interface PolicyStatement {
  Action: "execute-api:Invoke";
  Effect: "Allow" | "Deny";
  /**
   * The ARN that was asked about; `*` in a Deny whose own ARN cannot stand in a policy. In answers that the gateway keeps, a list of
   * patterns.
   */
  Resource: string | string[];
}

/**
 * The answer of an authorizer as an IAM policy.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export interface PolicyAnswer {
  /** Never empty. */
  principalId: string;
  policyDocument: { Version: "2012-10-17"; Statement: [PolicyStatement] | [PolicyStatement, PolicyStatement] };
  context: AuthorizerContext;
}

/** The policy that allows exactly the request that was asked about. */
export function allowPolicy(arn: string, principal: Principal, context: AuthorizerContext): PolicyAnswer {
  return policyAnswer("Allow", arn, principal.id, context);
}

/** The policy that refuses the request, which the gateway turns into a 403. */
export function denyPolicy(arn: string, error: AuthError, principal: Principal | undefined): PolicyAnswer {
  return policyAnswer("Deny", isExactArn(arn) ? arn : "*", principal?.id || "anonymous", refusalContext(error));
}

/**
 * Refuses a request to a REST API: a policy that denies becomes 403, and 401 is asked for by failing with exactly the
 * message `Unauthorized`.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function refuseRest(arn: string, error: AuthError, principal: Principal | undefined): PolicyAnswer {
  if (error.status === 401) throw new Error("Unauthorized");
  return denyPolicy(arn, error, principal);
}

/**
 * Refuses a request whose ARN, given back in a policy, would not stand for that request alone.
 *
 * @throws AuthError `access_denied`
 */
export function requireExactArn(arn: string): void {
  if (!isExactArn(arn)) {
    throw new AuthError("access_denied", {
      reason: "no policy can name this request: its ARN is too long or has a wildcard",
    });
  }
}

function policyAnswer(
  effect: PolicyStatement["Effect"],
  resource: string,
  principalId: string,
  context: AuthorizerContext,
): PolicyAnswer {
  return {
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
    },
    context,
  };
}

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
  policyDocument: { Version: "2012-10-17"; Statement: PolicyStatements };
  context: AuthorizerContext;
}

/** One effect or two. */
export type PolicyStatements = [PolicyStatement] | [PolicyStatement, PolicyStatement];

/** A statement about methods or routes, by their ARNs. */
export function invokeStatement(effect: PolicyStatement["Effect"], resource: string | string[]): PolicyStatement {
  return { Action: "execute-api:Invoke", Effect: effect, Resource: resource };
}

/**
 * The policy that lets a caller pass.
 *
 * @param statements what it says; by default it allows exactly the request that was asked about.
 */
export function allowPolicy(
  arn: string,
  principal: Principal,
  context: AuthorizerContext,
  statements: PolicyStatements = [invokeStatement("Allow", arn)],
): PolicyAnswer {
  return policyAnswer(principal.id, context, statements);
}

/** The policy that refuses the request, which the gateway turns into a 403. */
export function denyPolicy(arn: string, error: AuthError, principal: Principal | undefined): PolicyAnswer {
  const denied = invokeStatement("Deny", isExactArn(arn) ? arn : "*");
  return policyAnswer(principal?.id || "anonymous", refusalContext(error), [denied]);
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

function policyAnswer(principalId: string, context: AuthorizerContext, statements: PolicyStatements): PolicyAnswer {
  return { principalId, policyDocument: { Version: "2012-10-17", Statement: statements }, context };
}

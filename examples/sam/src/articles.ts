import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { AuthError } from "poolgate";
import { principalOf } from "poolgate/lambda";

/** The function behind: the gateway has asked the authorizer, or still knows its answer. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  try {
    const caller = principalOf(event);
    const body = { route: `${event.httpMethod} ${event.resource}`, caller: caller.id };
    return { statusCode: event.httpMethod === "POST" ? 201 : 200, body: JSON.stringify(body) };
  } catch (fault) {
    // The gateway keeps answers for longer than some tokens live: `token_expired`, 401.
    if (fault instanceof AuthError) return { statusCode: fault.status, body: JSON.stringify({ code: fault.code }) };
    throw fault;
  }
}

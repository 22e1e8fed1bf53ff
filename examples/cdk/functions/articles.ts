import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { AuthError } from "poolgate";
import { principalOf } from "poolgate/lambda";

/** The function behind: the gateway has asked the authorizer, or still knows its answer. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const caller = principalOf(event);
    const status = event.requestContext.http.method === "POST" ? 201 : 200;
    return { statusCode: status, body: JSON.stringify({ route: event.routeKey, caller: caller.id }) };
  } catch (fault) {
    // The gateway keeps answers for longer than some tokens live: `token_expired`, 401.
    if (fault instanceof AuthError) return { statusCode: fault.status, body: JSON.stringify({ code: fault.code }) };
    throw fault;
  }
}

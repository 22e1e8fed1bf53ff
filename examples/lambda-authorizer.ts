/** A Lambda authorizer for an HTTP API (payload format 2.0, simple responses), and the function behind it. */
import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
import { type HttpAuthorizerEvent, lambdaAuthorizer, principalOf } from "poolgate/lambda";
import { startPools } from "poolgate/testing";

await using pools = await startPools();

const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
});

// Set the authorizer's result time to live to 0 at the gateway: each answer is for one request. Answers that a gateway may keep are
// in lambda-cache.ts.
export const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });

/** The function behind: it reads the caller from what the authorizer put into the event. */
export const articles = async (event: object) => ({ statusCode: 201, body: `by ${principalOf(event).id}` });

/** What API Gateway sends for `POST /articles`, as far as the authorizer looks at it. */
const eventOf = (headers: Record<string, string>): HttpAuthorizerEvent => ({
  version: "2.0",
  type: "REQUEST",
  routeArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/$default/POST/articles",
  routeKey: "POST /articles",
  rawPath: "/articles",
  rawQueryString: "",
  headers,
  requestContext: { http: { method: "POST", sourceIp: "192.0.2.1" }, stage: "$default" },
});

for (const groups of [["editors"], []]) {
  const token = pools.accessToken({ name: "ada", groups });
  const answer = await handler(eventOf({ authorization: `Bearer ${token}` }));
  console.log(groups, answer);
  if (answer.isAuthorized) console.log(await articles({ requestContext: { authorizer: { lambda: answer.context } } }));
}

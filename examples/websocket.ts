/** A WebSocket API: who may connect, and messages until the token ends. */
import { type AuthError, bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
import { connectionOf, type WebSocketAuthorizerEvent, webSocketAuthorizer } from "poolgate/lambda";
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
  policy: definePolicy({ connect: group("editors") }),
});
const authorize = webSocketAuthorizer(authorizer, { tokenParameter: "token" });

/** As the gateway asks when a page opens `wss://.../prod?token=...`. */
const connecting = (token: string): WebSocketAuthorizerEvent => ({
  type: "REQUEST",
  methodArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/$connect",
  headers: { Host: "abcdef1234.execute-api.eu-west-1.amazonaws.com" },
  queryStringParameters: { token },
  requestContext: { routeKey: "$connect", identity: { sourceIp: "203.0.113.7" } },
});
const refused = await authorize(connecting(pools.accessToken({ name: "rob" })));
console.log("rob connects:", refused.policyDocument.Statement[0].Effect, refused.context.code);
const { policyDocument, context } = await authorize(
  connecting(pools.accessToken({ name: "ada", groups: ["editors"] })),
);
console.log("ada connects:", policyDocument.Statement[0].Effect);

/** A message: the gateway hands on what the authorizer said when the connection was opened. */
const message = {
  requestContext: { connectionId: "JKJaXcPLvHcCESA=", routeKey: "publish", authorizer: { ...context } },
};
const { connectionId, principal } = connectionOf(message);
console.log("a message of", principal.kind, "on", connectionId);
try {
  connectionOf(message, { clock: () => Date.now() + 2 * 60 * 60 * 1000 });
} catch (error) {
  console.log("a message two hours later:", (error as AuthError).code);
}

/** A Lambda authorizer whose answers the gateway keeps: one table for each caller, and the function behind. */
import { bearer, createAuthorizer, definePolicy, equal, group, param, userId, userPool } from "poolgate";
import { coarseCache, guardHandler, lambdaAuthorizer, tableCache } from "poolgate/lambda";
import { startPools } from "poolgate/testing";

await using pools = await startPools();

const { userPoolId, clientId, jwks } = pools;
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [userPool({ userPoolId, clientId, tokenUse: "access", jwks })] })],
  policy: definePolicy({
    caseSensitive: true,
    routes: {
      "GET /articles/:id": "authenticated",
      "GET /articles/drafts": group("editors"),
      "* /people/:id/**": equal(userId, param("id")),
    },
  }),
});

// Set the authorizer's result time to live to 300 at the gateway, and its token source to the Authorization header.
const table = lambdaAuthorizer(authorizer, { format: "rest-token", cache: tableCache({ cacheTtl: 300 }) });
// Or let everybody pass whose token is good, and decide behind.
const coarse = lambdaAuthorizer(authorizer, { format: "rest-token", cache: coarseCache({ cacheTtl: 300 }) });
const behind = guardHandler(authorizer, (_event, _context: object, caller) => ({ statusCode: 200, body: caller.id }));

const stage = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/";
const ada = { name: "ada" };
const authorizationToken = `Bearer ${pools.accessToken(ada)}`;
const event = { type: "TOKEN", authorizationToken, methodArn: `${stage}GET/articles/7` } as const;

for (const { Effect, Resource } of (await table(event)).policyDocument.Statement) {
  const own = [Resource].flat().filter((arn) => arn.startsWith(`${stage}GET/`));
  console.log(Effect, own.map((arn) => arn.slice(stage.length).replace(pools.userId(ada), "<ada>")).join(" "));
}

const [statement] = (await coarse(event)).policyDocument.Statement;
console.log(
  statement.Effect,
  [statement.Resource]
    .flat()
    .map((arn) => arn.slice(stage.length))
    .join(),
);
for (const path of ["/articles/7", "/articles/drafts"]) {
  const headers = { authorization: authorizationToken };
  const answer = await behind(
    {
      httpMethod: "GET",
      path,
      headers,
      queryStringParameters: null,
      requestContext: { stage: "prod", identity: { sourceIp: "192.0.2.1" } },
      body: null,
      isBase64Encoded: false,
    },
    {},
  );
  console.log("GET", path, answer.statusCode);
}

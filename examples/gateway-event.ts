/** A function behind IAM authorization that sees who is calling: users, guests and roles, through a REST API and an HTTP API. */
import {
  anyOf,
  authenticated,
  createAuthorizer,
  definePolicy,
  equal,
  gatewayEvent,
  group,
  guest,
  param,
  userId,
} from "poolgate";
import { guardHandler, type HttpProxyEvent, type ProxyEvent, type RestProxyEvent } from "poolgate/lambda";

const account = "123456789012";
const identityPoolId = "eu-west-1:11111111-2222-3333-4444-555555555555";
const userPool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const identityPools = [{ identityPoolId, userPools: ["eu-west-1_Example01"] }];

const authorizer = createAuthorizer({
  verifiers: [
    gatewayEvent({
      trust: [
        { format: "rest-iam", account, apiId: "restapi123", stage: "prod", identityPools },
        { format: "http-iam", account, apiId: "httpapi123", stage: "$default", identityPools },
      ],
      roles: {
        "123456789012/ArticleEditor": { groups: ["editors"] },
        "123456789012/ArticleGuest": { guest: true },
      },
    }),
  ],
  policy: definePolicy({
    routes: {
      "GET /articles/:id": anyOf(authenticated, guest),
      "POST /articles": group("editors"),
      "GET /users/:id/drafts": equal(userId, param("id")),
    },
  }),
});

// Allow lambda:InvokeFunction on the function to the two APIs alone: whoever else may invoke it can be anybody.
export const handler = guardHandler(authorizer, async (_event: ProxyEvent, _context: object, caller) => {
  const { kind, userId, identityId, role, groups } = caller;
  return {
    statusCode: 200,
    body: JSON.stringify({ kind, userId, identityId, role: role?.name, groups: [...(groups?.names ?? [])] }),
  };
});

const ada = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const identity = "eu-west-1:66666666-7777-4888-8999-000000000000";
const arnOf = (role: string) => `arn:aws:sts::${account}:assumed-role/${role}/CognitoIdentityCredentials`;

/** What a REST API sends, as far as it is read; `apiId` is that of the API. */
const restEvent = (method: string, path: string, who: "user" | "guest", apiId = "restapi123"): RestProxyEvent => ({
  httpMethod: method,
  path,
  headers: {},
  queryStringParameters: null,
  requestContext: {
    ...{ accountId: account, apiId, stage: "prod" },
    identity: {
      accountId: account,
      cognitoIdentityPoolId: identityPoolId,
      cognitoIdentityId: identity,
      cognitoAuthenticationType: who === "user" ? "authenticated" : "unauthenticated",
      cognitoAuthenticationProvider: who === "user" ? `${userPool},${userPool}:CognitoSignIn:${ada}` : null,
      userArn: arnOf(who === "user" ? "ArticleEditor" : "ArticleGuest"),
    },
  },
  body: null,
  isBase64Encoded: false,
});

/** What an HTTP API sends, as far as it is read. */
const httpEvent = (method: string, path: string, who: "user" | "guest"): HttpProxyEvent => {
  const context = {
    ...{ accountId: account, apiId: "httpapi123", stage: "$default", http: { method, sourceIp: "192.0.2.1" } },
    authorizer: {
      iam: {
        accountId: account,
        cognitoIdentity: {
          amr: who === "user" ? ["authenticated", userPool, `${userPool}:CognitoSignIn:${ada}`] : ["unauthenticated"],
          identityId: identity,
          identityPoolId,
        },
        userArn: arnOf(who === "user" ? "ArticleEditor" : "ArticleGuest"),
      },
    },
  };
  return {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: {},
    requestContext: context,
    isBase64Encoded: false,
  };
};

const show = async (from: string, event: ProxyEvent) => {
  const { statusCode, body } = await handler(event, {});
  console.log(from, statusCode, statusCode === 200 ? body : JSON.parse(body).code);
};
await show("REST user  GET  /articles/7", restEvent("GET", "/articles/7", "user"));
await show("REST user  POST /articles", restEvent("POST", "/articles", "user"));
await show("REST user  GET  his drafts", restEvent("GET", `/users/${ada}/drafts`, "user"));
await show("REST user  GET  another's drafts", restEvent("GET", "/users/bob/drafts", "user"));
await show("REST guest GET  /articles/7", restEvent("GET", "/articles/7", "guest"));
await show("REST guest POST /articles", restEvent("POST", "/articles", "guest"));
await show("HTTP user  POST /articles", httpEvent("POST", "/articles", "user"));
await show("HTTP guest GET  /articles/7", httpEvent("GET", "/articles/7", "guest"));
await show("HTTP guest POST /articles", httpEvent("POST", "/articles", "guest"));
await show("another API POST /articles", restEvent("POST", "/articles", "user", "another123"));

/** The functions that lambda-runtime.test.ts deploys: one gate behind each kind of door, from the built package. */
import {
  bearer,
  closedGroups,
  createAuthorizer,
  createPrincipal,
  createSessions,
  definePolicy,
  equal,
  group,
  param,
  signedRequest,
  userId,
  userPool,
} from "poolgate";
import { appsyncAuthorizer } from "poolgate/graphql";
import {
  authorizerByEvent,
  coarseCache,
  exactCache,
  guardHandler,
  lambdaAuthorizer,
  principalOf,
  tableCache,
  webSocketAuthorizer,
} from "poolgate/lambda";

const { pool, service, region, signers } = JSON.parse(process.env.GATE ?? "{}");

const sessions = createSessions({ service, region });
for (const { credentials, userId, groups } of signers) {
  await sessions.open({
    ...credentials,
    principal: createPrincipal({
      kind: "user",
      id: `user:${pool.userPoolId}:${userId}`,
      issuer: "sessions.open",
      verifiedBy: "sessions.open",
      userId,
      groups: closedGroups(groups),
    }),
    notAfter: new Date(Date.now() + 3_600_000),
  });
}

const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [userPool({ ...pool, tokenUse: "access" })] }), signedRequest({ sessions })],
  policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
});

export const restToken = lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" });
export const restRequest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
export const httpSimple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
export const httpPolicy = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });
export const httpPolicyV1 = lambdaAuthorizer(authorizer, { format: "http-policy-1.0", cache: "off" });

/** Those who open connections or ask fields, who come with tokens alone. */
const beside = createAuthorizer({
  verifiers: [bearer({ issuers: [userPool({ ...pool, tokenUse: "access" })] })],
  policy: definePolicy({ connect: group("editors"), fields: { "Mutation.deleteUser": group("editors") } }),
});
export const webSocket = webSocketAuthorizer(beside, { tokenParameter: "token" });
export const appsync = appsyncAuthorizer(beside);

/** One function for all of them. */
export const byEvent = authorizerByEvent({
  "rest-token": restToken,
  "rest-request": restRequest,
  "http-simple": httpSimple,
  "http-policy-1.0": httpPolicyV1,
  websocket: webSocket,
  appsync,
});

/** What a gateway may keep: no signatures, and no rule that looks at more than who calls and what for. */
const keeping = createAuthorizer({
  verifiers: [bearer({ issuers: [userPool({ ...pool, tokenUse: "access" })] })],
  policy: definePolicy({
    routes: { "POST /articles": group("editors"), "* /people/:id/**": equal(param("id"), userId) },
  }),
});
const restKey = ["method.request.header.Authorization"];
const httpKey = ["$request.header.Authorization"];
const restPair = [...restKey, "context.httpMethod", "context.path"];
const httpPair = [...httpKey, "$context.httpMethod", "$context.path"];
const kept = (format, mode, identitySource) =>
  lambdaAuthorizer(keeping, { format, cache: mode({ cacheTtl: 300, ...(identitySource && { identitySource }) }) });

export const restTokenTable = kept("rest-token", tableCache);
export const restTokenCoarse = kept("rest-token", coarseCache);
export const restRequestExact = kept("rest-request", exactCache, restPair);
export const restRequestTable = kept("rest-request", tableCache, restKey);
export const restRequestCoarse = kept("rest-request", coarseCache, restKey);
export const httpSimpleExact = kept("http-simple", exactCache, httpPair);
export const httpSimpleCoarse = kept("http-simple", coarseCache, httpKey);
export const httpPolicyExact = kept("http-policy", exactCache, httpPair);
export const httpPolicyTable = kept("http-policy", tableCache, httpKey);
export const httpPolicyCoarse = kept("http-policy", coarseCache, httpKey);
export const httpPolicyV1Exact = kept("http-policy-1.0", exactCache, httpPair);
export const httpPolicyV1Table = kept("http-policy-1.0", tableCache, httpKey);
export const httpPolicyV1Coarse = kept("http-policy-1.0", coarseCache, httpKey);

/** Stands behind any of these, and decides again. */
export const keepingGuarded = guardHandler(keeping, async (_event, _context, principal) => ({
  statusCode: 201,
  body: JSON.stringify({ by: principal.userId }),
}));

/** Does both by itself. */
export const guarded = guardHandler(authorizer, async (event, _context, principal) => ({
  statusCode: 201,
  body: JSON.stringify({ by: principal.userId, same: principalOf(event) === principal }),
}));

/** Stands behind an authorizer, and believes its event. */
export async function behind(event) {
  return { statusCode: 201, body: JSON.stringify({ by: principalOf(event).userId }) };
}

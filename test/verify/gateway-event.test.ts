import { describe, expect, it } from "vitest";
import { guardHandler, principalOf } from "../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../src/authorizer.ts";
import { presentedCredential, selectVerifier } from "../../src/credentials.ts";
import { AuthError } from "../../src/errors.ts";
import {
  anyOf,
  authenticated,
  equal,
  group,
  guest,
  header,
  identityId as ownIdentity,
  param,
  role,
  userId,
} from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal, openGroups } from "../../src/principal.ts";
import { parseTarget } from "../../src/target.ts";
import type { Verifier } from "../../src/verifier.ts";
import {
  appSyncApiKey,
  appSyncCustomDomain,
  appSyncIamGuest,
  appSyncIamRole,
  appSyncIamUser,
} from "../fixtures/appsync-resolver.ts";
import {
  account,
  assumedRole,
  guestIdentityId,
  guestRole,
  identityId,
  identityPoolId,
  serviceRole,
  signature,
  sub,
  token,
  userPoolId,
  userPoolIssuer,
  userRole,
} from "../fixtures/facts.ts";
import { functionUrl, functionUrlIam } from "../fixtures/function-url.ts";
import { httpIamGuest, httpIamRole, httpIamUser, httpJwt, httpLambda, httpProxyV2 } from "../fixtures/http-proxy-v2.ts";
import {
  restConsoleTest,
  restIamBasePath,
  restIamGuest,
  restIamPresigned,
  restIamRole,
  restIamUser,
  restLambda,
  restProxy,
} from "../fixtures/rest-proxy.ts";
import { lattice, latticeIam, latticeIamSts } from "../fixtures/vpc-lattice.ts";
import { believing, callerIn, changed, iamVerifier, requestIn } from "./gateway-events.ts";

const user = createPrincipal({
  kind: "user",
  id: `user:${userPoolId}:${sub}`,
  issuer: userPoolIssuer,
  verifiedBy: "gateway-event",
  userId: sub,
  identityId,
  groups: openGroups(["editors"]),
  role: {
    arn: assumedRole(userRole),
    partition: "aws",
    account,
    name: userRole,
    sessionName: "CognitoIdentityCredentials",
  },
});
const visitor = createPrincipal({
  kind: "guest",
  id: `guest:${guestIdentityId}`,
  issuer: identityPoolId,
  verifiedBy: "gateway-event",
  identityId: guestIdentityId,
  groups: closedGroups(),
  role: {
    arn: assumedRole(guestRole),
    partition: "aws",
    account,
    name: guestRole,
    sessionName: "CognitoIdentityCredentials",
  },
});
const service = createPrincipal({
  kind: "role",
  id: `role:${account}/${serviceRole}`,
  issuer: account,
  verifiedBy: "gateway-event",
  groups: openGroups(["indexers"]),
  role: {
    arn: assumedRole(serviceRole, "indexer"),
    partition: "aws",
    account,
    name: serviceRole,
    sessionName: "indexer",
  },
});

describe("gatewayEvent", () => {
  it.each([
    ["a user", "a REST API", restIamUser, user],
    ["a user", "a REST API behind a custom domain", restIamBasePath, user],
    ["a user", "a REST API with a presigned URL", restIamPresigned, user],
    ["a user", "an HTTP API", httpIamUser, user],
    ["a user", "AppSync", appSyncIamUser, user],
    ["a guest", "a REST API", restIamGuest, visitor],
    ["a guest", "an HTTP API", httpIamGuest, visitor],
    ["a guest", "AppSync", appSyncIamGuest, visitor],
    ["a role", "a REST API", restIamRole, service],
    ["a role", "an HTTP API", httpIamRole, service],
    ["a role", "a function URL", functionUrlIam, service],
    ["a role", "AppSync", appSyncIamRole, service],
    ["a role", "VPC Lattice", latticeIam, service],
    ["a role", "VPC Lattice with the ARN of STS", latticeIamSts, service],
  ])("knows %s behind %s", async (_, __, event, principal) => {
    expect(iamVerifier.detects(requestIn(event))).toBe(true);
    expect(await callerIn(event)).toEqual(principal);
  });

  it.each([
    ["a REST API without an authorizer", restProxy],
    ["a REST API with a Lambda authorizer", restLambda],
    ["an HTTP API without an authorizer", httpProxyV2],
    ["an HTTP API with a Lambda authorizer", httpLambda],
    ["an HTTP API with a JWT authorizer, which no entry is for", httpJwt],
    ["a function URL without authorization", functionUrl],
    ["AppSync with an API key", appSyncApiKey],
    ["VPC Lattice without an auth policy", lattice],
  ])("does not look at an event of %s", (_, event) => {
    expect(iamVerifier.detects(requestIn(event))).toBe(false);
  });

  it("knows AppSync by its custom domain where the callers use that", async () => {
    await expect(callerIn(appSyncCustomDomain)).rejects.toMatchObject({ code: "gateway_not_trusted" });
    const verifier = believing("appsync-iam", { host: "graphql.example.com" });
    expect(await callerIn(appSyncCustomDomain, verifier)).toEqual(user);
  });

  it("takes the list of providers of AppSync without quotation marks, too", async () => {
    const plain = restIamUser.requestContext.identity.cognitoAuthenticationProvider;
    const event = changed(appSyncIamUser, { "identity.cognitoIdentityAuthProvider": plain });
    expect(await callerIn(event)).toEqual(user);
  });

  it("gives a guest the groups of a role that stands for some, and leaves him a guest", async () => {
    const verifier = believing("rest-iam", {}, { [`${account}/${guestRole}`]: { groups: ["visitors"] } });
    expect(await callerIn(restIamGuest, verifier)).toEqual({ ...visitor, groups: openGroups(["visitors"]) });
  });

  it("knows the roles of other partitions by their ARNs", async () => {
    const arn = `arn:aws-cn:sts::${account}:assumed-role/${guestRole}/CognitoIdentityCredentials`;
    const inChina = {
      "requestContext.identity.userArn": arn,
      "requestContext.identity.cognitoIdentityPoolId": identityPoolId.replace("eu-west-1", "cn-north-1"),
      "requestContext.identity.cognitoIdentityId": guestIdentityId.replace("eu-west-1", "cn-north-1"),
    };
    const identityPools = [{ identityPoolId: identityPoolId.replace("eu-west-1", "cn-north-1") }];
    const accepted = { [`arn:aws-cn:iam::${account}:role/${guestRole}`]: { guest: true } } as const;
    const verifier = believing("rest-iam", { identityPools }, accepted);
    expect(await callerIn(changed(restIamGuest, inChina), verifier)).toMatchObject({
      ...{ kind: "guest", id: `guest:${guestIdentityId.replace("eu-west-1", "cn-north-1")}`, role: { arn } },
    });
    await expect(callerIn(restIamGuest, verifier)).rejects.toMatchObject({ code: "identity_not_accepted" });
  });

  it("makes a guest of a role that stands for guests, without an identity pool", async () => {
    const verifier = believing("rest-iam", {}, { [`${account}/${serviceRole}`]: { guest: true } });
    expect(await callerIn(restIamRole, verifier)).toMatchObject({
      kind: "guest",
      id: `guest:${account}/${serviceRole}`,
    });
  });

  it("lets only the guests of an identity pool in that lists no user pool", async () => {
    const verifier = believing("rest-iam", { identityPools: [{ identityPoolId }] });
    expect(await callerIn(restIamGuest, verifier)).toEqual(visitor);
    await expect(callerIn(restIamUser, verifier)).rejects.toMatchObject({ code: "identity_not_accepted" });
  });

  it("tells which headers were signed, so that a rule does not read others", async () => {
    const signed = (event: object) =>
      iamVerifier.verify(requestIn(event)).then(({ signedHeaders }) => [...(signedHeaders ?? [])]);
    expect(await signed(restIamUser)).toEqual(["host", "x-amz-date", "x-amz-security-token"]);
    expect(await signed(restIamPresigned)).toEqual([]);
    expect(await signed(changed(httpIamUser, { "headers.authorization": "AWS4-ECDSA-P256-SHA256 x" }))).toEqual([]);
  });
});

describe("the credential in an event that a gateway has let in", () => {
  const verifierOf = (scheme: string): Verifier => ({
    scheme,
    detects: ({ headers }) =>
      headers.all("authorization").some((value) => value.toLowerCase().startsWith(scheme.toLowerCase())),
    verify: () => Promise.reject(new AuthError("invalid_signature")),
  });
  const signatures = verifierOf("AWS4-HMAC-SHA256");
  const tokens = verifierOf("Bearer");
  const chosen = (event: object, target = "/articles/7") => {
    const request = { ...requestIn(event), target };
    return selectVerifier(
      [tokens, signatures, iamVerifier],
      request,
      presentedCredential(request, parseTarget(target)),
    );
  };

  it("is the signature that it has checked, whoever else verifies signatures", () => {
    expect(chosen(restIamUser)).toBe(iamVerifier);
    expect(chosen(httpIamGuest)).toBe(iamVerifier);
    expect(chosen(restIamPresigned, `/articles/7?X-Amz-Signature=${"0".repeat(64)}`)).toBe(iamVerifier);
    expect(chosen(changed(restIamUser, { "headers.Authorization": undefined }))).toBe(iamVerifier);
  });

  it("is never a token, which it has not checked", () => {
    const withToken = changed(restIamUser, { headers: { Authorization: `Bearer ${token}` } });
    expect(() => chosen(withToken)).toThrow(new AuthError("ambiguous_credentials"));
    const bare = changed(restIamUser, { headers: { Authorization: token } });
    expect(() => chosen(bare)).toThrow(new AuthError("ambiguous_credentials"));
  });

  it("is judged as everywhere where the gateway says nothing", () => {
    expect(chosen(changed(restProxy, { headers: { Authorization: signature() } }))).toBe(signatures);
    expect(chosen(restLambda)).toBe(tokens);
    expect(chosen(restProxy)).toBeUndefined();
  });
});

// It is widely held that code behind IAM authorization cannot see who the user is.
describe("a function behind IAM authorization", () => {
  const authorizer = createAuthorizer({
    verifiers: [iamVerifier],
    policy: definePolicy({
      routes: {
        "GET /articles/:id": anyOf(authenticated, guest),
        "POST /articles/:id": group("editors"),
        "GET /users/:id/**": equal(userId, param("id")),
        "GET /identities/:id/**": equal(ownIdentity, param("id")),
        "GET /index": role(`${account}/${serviceRole}`),
        "GET /mode": equal(header("x-mode"), "raw"),
        "GET /secrets": group("admins"),
      },
    }),
  });
  const handler = guardHandler(authorizer, (event: never, _context: unknown, principal) => ({
    statusCode: 200,
    body: JSON.stringify({
      ...{
        kind: principal.kind,
        userId: principal.userId,
        identityId: principal.identityId,
        role: principal.role?.name,
      },
      ...{ groups: [...(principal.groups?.names ?? [])], same: principalOf(event, authorizer) === principal },
    }),
  })) as (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;
  const asked = async (event: object, method: string, path: string) => {
    const at =
      "httpMethod" in event
        ? { httpMethod: method, path, resource: "/{proxy+}" }
        : "rawPath" in event
          ? { rawPath: path, routeKey: "$default", "requestContext.http.method": method }
          : { method, path };
    const answer = await handler(changed(event, { ...at, pathParameters: undefined }), {});
    return [answer.statusCode, JSON.parse(answer.body)];
  };

  const signedIn = { kind: "user", userId: sub, identityId, role: userRole, groups: ["editors"], same: true };
  const unknown = { kind: "guest", identityId: guestIdentityId, role: guestRole, groups: [], same: true };

  it.each([
    ["REST API", restIamUser, restIamGuest, restIamRole],
    ["HTTP API", httpIamUser, httpIamGuest, httpIamRole],
  ])("sees user, identity, role and groups, of users and of guests: %s", async (_, byUser, byGuest, byRole) => {
    expect(await asked(byUser, "GET", "/articles/7")).toEqual([200, signedIn]);
    expect(await asked(byUser, "POST", "/articles/7")).toEqual([200, signedIn]);
    expect(await asked(byUser, "GET", `/users/${sub}/notes`)).toEqual([200, signedIn]);
    expect(await asked(byUser, "GET", `/identities/${identityId}/notes`)).toEqual([200, signedIn]);
    expect(await asked(byGuest, "GET", "/articles/7")).toEqual([200, unknown]);
    expect(await asked(byGuest, "GET", `/identities/${guestIdentityId}/notes`)).toEqual([200, unknown]);
    const index = { kind: "role", role: serviceRole, groups: ["indexers"], same: true };
    expect(await asked(byRole, "GET", "/index")).toEqual([200, index]);
  });

  it.each([
    ["REST API", restIamUser, restIamGuest],
    ["HTTP API", httpIamUser, httpIamGuest],
  ])("denies what the policy does not allow: %s", async (_, byUser, byGuest) => {
    const denied = [403, expect.objectContaining({ code: "access_denied" })];
    expect(await asked(byGuest, "POST", "/articles/7")).toEqual(denied);
    expect(await asked(byUser, "GET", "/users/11111111-bbbb-4ccc-8ddd-eeeeeeeeeeee/notes")).toEqual(denied);
    expect(await asked(byGuest, "GET", `/users/${sub}/notes`)).toEqual(denied);
    expect(await asked(byUser, "GET", "/index")).toEqual(denied);
    // Of other groups than those of the role nothing is known, so that neither yes nor no is true of them.
    expect(await asked(byUser, "GET", "/secrets")).toEqual(denied);
  });

  it("reads no header that was not signed", async () => {
    const headers = { ...restIamUser.headers, "x-mode": "raw" };
    const event = changed(restIamUser, { headers, multiValueHeaders: null });
    expect(await asked(event, "GET", "/mode")).toEqual([401, expect.objectContaining({ code: "header_not_signed" })]);
    const authorization = signature()
      .replace("host;", "host;x-mode;")
      .replace("host;x-mode;x-amz-date;x-amz-security-token", "host;x-amz-date;x-amz-security-token;x-mode");
    const signed = changed(event, { "headers.Authorization": authorization });
    expect(await asked(signed, "GET", "/mode")).toMatchObject([200, signedIn]);
  });

  it("sees the role behind a function URL and VPC Lattice", async () => {
    const index = { kind: "role", role: serviceRole, groups: ["indexers"], same: true };
    expect(await asked(functionUrlIam, "GET", "/index")).toEqual([200, index]);
    expect(await asked(latticeIam, "GET", "/index")).toEqual([200, index]);
    expect(await asked(latticeIam, "POST", "/articles/7")).toMatchObject([403, { code: "access_denied" }]);
  });

  it("does not believe the console's test of a method", async () => {
    expect(await asked(restConsoleTest, "GET", "/index")).toMatchObject([403, { code: "gateway_not_trusted" }]);
  });

  it("finds no credential in a request that came from no gateway", async () => {
    const { gateway: _, ...request } = requestIn(restIamUser);
    await expect(iamVerifier.verify(request)).rejects.toEqual(new AuthError("no_credentials"));
  });

  it("refuses a caller whom the gateway did not authorize", async () => {
    expect(await asked(restProxy, "GET", "/articles/7")).toEqual([
      401,
      expect.objectContaining({ code: "no_credentials" }),
    ]);
  });
});

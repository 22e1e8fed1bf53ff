import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatewayIdentity } from "../../../src/adapters/lambda/gateway-identity.ts";
import {
  appSyncApiKey,
  appSyncCognito,
  appSyncCustomDomain,
  appSyncHost,
  appSyncIamUser,
  appSyncLambda,
  appSyncOidc,
} from "../../fixtures/appsync-resolver.ts";
import { account, apiId } from "../../fixtures/facts.ts";
import { functionUrl, functionUrlIam, urlId } from "../../fixtures/function-url.ts";
import { httpV1IamUser, httpV1Jwt } from "../../fixtures/http-proxy-v1.ts";
import { httpIamRole, httpIamUser, httpJwt, httpLambda, httpProxyV2 } from "../../fixtures/http-proxy-v2.ts";
import { loadBalancer } from "../../fixtures/load-balancer.ts";
import { restCognito, restIamUser, restLambda, restProxy } from "../../fixtures/rest-proxy.ts";
import { lattice, latticeBare, latticeIam, serviceArn, serviceNetworkArn } from "../../fixtures/vpc-lattice.ts";
import { webSocketConnect } from "../../fixtures/websocket.ts";

/** An event as the adapter gets it, of which nothing is known. */
const identityIn = (event: object) => gatewayIdentity(event as Readonly<Record<string, unknown>>);
const stage = { account, apiId, stage: "prod" };
const defaultStage = { account, apiId, stage: "$default" };

describe("gatewayIdentity", () => {
  it.each([
    ["rest-iam", stage, restIamUser, restIamUser.requestContext.identity],
    ["rest-cognito", stage, restCognito, restCognito.requestContext.authorizer.claims],
    ["http-iam", defaultStage, httpIamUser, httpIamUser.requestContext.authorizer.iam],
    ["http-iam", defaultStage, httpIamRole, httpIamRole.requestContext.authorizer.iam],
    ["http-jwt", defaultStage, httpJwt, httpJwt.requestContext.authorizer.jwt.claims],
    ["function-url-iam", { urlId }, functionUrlIam, functionUrlIam.requestContext.authorizer.iam],
    ["appsync-iam", { host: appSyncHost }, appSyncIamUser, appSyncIamUser.identity],
    ["appsync-iam", { host: "graphql.example.com" }, appSyncCustomDomain, appSyncCustomDomain.identity],
    ["vpc-lattice", { serviceNetworkArn, serviceArn }, latticeIam, latticeIam.requestContext.identity],
  ])("copies what an event of the format %s says", (format, gateway, event, identity) => {
    expect(identityIn(event)).toEqual({ format, gateway, identity });
  });

  it.each([
    ["a REST API without an authorizer", restProxy],
    ["a REST API with a Lambda authorizer", restLambda],
    ["an HTTP API without an authorizer", httpProxyV2],
    ["an HTTP API with a Lambda authorizer", httpLambda],
    ["an HTTP API in payload format 1.0", httpV1IamUser],
    ["an HTTP API in payload format 1.0 with a token", httpV1Jwt],
    ["a function URL without authorization", functionUrl],
    ["AppSync with an API key", appSyncApiKey],
    ["AppSync with a token of a user pool", appSyncCognito],
    ["AppSync with a Lambda authorizer", appSyncLambda],
    ["AppSync with a token of an OpenID provider", appSyncOidc],
    ["VPC Lattice without an auth policy", lattice],
    ["VPC Lattice without an identity", latticeBare],
    ["a WebSocket API", webSocketConnect],
    ["a load balancer", loadBalancer],
    ["nobody", {}],
    [
      "nobody, with names that objects are born with",
      JSON.parse('{"__proto__":{"requestContext":{}},"constructor":{}}'),
    ],
  ])("finds nothing in an event of %s", (_, event) => {
    expect(identityIn(event)).toBeUndefined();
  });

  it("takes part of an identity for one, so that it is refused and not overlooked", () => {
    const identity = { ...restProxy.requestContext.identity, cognitoIdentityId: "x" };
    expect(identityIn({ ...restProxy, requestContext: { ...restProxy.requestContext, identity } })).toMatchObject({
      format: "rest-iam",
    });
  });

  it("throws for nothing", () => {
    const members = [
      "requestContext",
      "identity",
      "authorizer",
      "iam",
      "jwt",
      "claims",
      "version",
      "request",
      "headers",
    ];
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { weight: 2, arbitrary: fc.jsonValue() },
        fc.dictionary(fc.constantFrom(...members, "__proto__"), tie("node"), { maxKeys: 5 }),
        fc.constantFrom<unknown>("2.0", "1.0", "AWS_IAM", undefined),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...members), tree), (event) => {
        const found = identityIn(event);
        expect(found === undefined || typeof found.identity === "object").toBe(true);
      }),
    );
  });
});

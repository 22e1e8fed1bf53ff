import { readFileSync } from "node:fs";
import * as poolgate from "poolgate";
import * as cedar from "poolgate/cedar";
import * as client from "poolgate/client";
import * as express from "poolgate/express";
import * as graphql from "poolgate/graphql";
import * as lambda from "poolgate/lambda";
import * as observe from "poolgate/observe";
import * as policy from "poolgate/policy";
import * as redis from "poolgate/redis";
import * as testing from "poolgate/testing";
import * as verifiedPermissions from "poolgate/verified-permissions";
import { describe, expect, it } from "vitest";

const names = (module: object): readonly string[] => Object.keys(module).sort();

describe("the public values", () => {
  it("of poolgate are these", () => {
    expect(names(poolgate)).toEqual([
      "AuthError",
      "ConfigurationError",
      "PolicyError",
      "ReadinessError",
      "RequestHeaders",
      "account",
      "alb",
      "allOf",
      "anonymous",
      "anyOf",
      "anyone",
      "authenticated",
      "bearer",
      "broker",
      "claim",
      "client",
      "closedGroups",
      "cookieToken",
      "createAuthorizer",
      "createPrincipal",
      "createRevocations",
      "createSessions",
      "custom",
      "definePolicy",
      "delegate",
      "enrollment",
      "equal",
      "gatewayEvent",
      "group",
      "guest",
      "header",
      "identityId",
      "identityPoolToken",
      "ip",
      "isAuthenticated",
      "issuer",
      "liveCheck",
      "memoryStore",
      "not",
      "oidc",
      "oneOf",
      "openGroups",
      "param",
      "problemAnswer",
      "protectedResource",
      "query",
      "readinessEndpoint",
      "role",
      "rule",
      "scope",
      "shadowPolicy",
      "signedRequest",
      "stepUp",
      "stsProof",
      "stsWebIdentity",
      "tag",
      "userId",
      "userPool",
    ]);
  });

  it("of poolgate/express are these", () => {
    expect(names(express)).toEqual(["authorize", "endpoints", "guard", "keepRawBody", "principalOf"]);
  });

  it("of poolgate/client are these", () => {
    expect(names(client)).toEqual([
      "ClientError",
      "ConfigurationError",
      "createSignedFetch",
      "enroll",
      "fetchCredentials",
      "signProof",
    ]);
  });

  it("of poolgate/lambda are these", () => {
    expect(names(lambda)).toEqual([
      "authorizerByEvent",
      "coarseCache",
      "connectionOf",
      "endpointHandler",
      "exactCache",
      "gateMiddleware",
      "guardHandler",
      "guardResolver",
      "lambdaAuthorizer",
      "principalOf",
      "resolverContext",
      "tableCache",
      "webSocketAuthorizer",
    ]);
  });

  it("of poolgate/graphql are these", () => {
    expect(names(graphql)).toEqual(["appsyncAuthorizer", "guardOperation"]);
  });

  it("of poolgate/policy are these", () => {
    expect(names(policy)).toEqual([
      "analyzePolicy",
      "diffPolicies",
      "loadPolicy",
      "parsePolicy",
      "policyFile",
      "policyToYaml",
    ]);
  });

  it("of poolgate/observe are these", () => {
    expect(names(observe)).toEqual(["decisionLog"]);
  });

  it("of poolgate/redis are these", () => {
    expect(names(redis)).toEqual(["redisStore"]);
  });

  it("of poolgate/cedar are these", () => {
    expect(names(cedar)).toEqual(["cedarEngine"]);
  });

  it("of poolgate/verified-permissions are these", () => {
    expect(names(verifiedPermissions)).toEqual(["verifiedPermissionsEngine"]);
  });

  it("of poolgate/testing are these", () => {
    expect(names(testing)).toEqual(["actingAs", "policyMatchers", "signer", "startPools", "testPolicy"]);
  });
});

describe("package.json", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

  it("has the entries that are tested here, and no other", () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ".",
      "./express",
      "./lambda",
      "./graphql",
      "./client",
      "./policy",
      "./observe",
      "./redis",
      "./cedar",
      "./verified-permissions",
      "./testing",
      "./policy.schema.json",
      "./package.json",
    ]);
  });

  it("has two runtime dependencies, and each peer is optional", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(["aws-jwt-verify", "lru.min"]);
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  });

  it("pins every tool exactly", () => {
    expect(Object.values<string>(manifest.devDependencies).filter((version) => /[\^~><]/.test(version))).toEqual([]);
  });
});

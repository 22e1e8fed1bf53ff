import { describe, expect, it } from "vitest";
import { identityPoolToken } from "../../src/tokens/identity-pool-token.ts";
import { createForeignKey } from "./foreign-key.ts";
import { holdsForEveryIssuer, verifyWith } from "./issuer-contract.ts";
import { now, issuer as poolIssuer, seconds, sub, userPoolId } from "./token-fixtures.ts";

const identityPoolId = "eu-west-1:11111111-2222-3333-4444-555555555555";
const identityId = "eu-west-1:99999999-2222-3333-4444-555555555555";
const iss = "https://cognito-identity.amazonaws.com";
const key = createForeignKey("RS512", "eu-west-1-15");
const common = { identityPoolId, userPools: [userPoolId], jwks: { keys: [key.jwk] }, clock: () => now };

type Members = Readonly<Record<string, unknown>>;

const openId = (claims: Members = {}): Members => ({
  sub: identityId,
  aud: identityPoolId,
  amr: [
    "authenticated",
    `cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`,
    `cognito-idp.eu-west-1.amazonaws.com/${userPoolId}:CognitoSignIn:${sub}`,
  ],
  iss,
  exp: seconds + 600,
  iat: seconds - 1,
  ...claims,
});

describe("identityPoolToken", () => {
  it("says who it is", () => {
    expect(identityPoolToken(common)).toMatchObject({
      issuers: [iss],
      algorithms: ["RS512"],
      trusted: { issuer: identityPoolId, declared: true },
    });
  });

  it("makes the user whom the user pool knows, and cannot tell his groups", async () => {
    const claims = openId();
    const { principal, facts } = await verifyWith(identityPoolToken(common), key.sign(claims, { typ: "JWS" }));
    expect(principal).toEqual({
      kind: "user",
      id: `user:${userPoolId}:${sub}`,
      userId: sub,
      identityId,
      issuer: poolIssuer,
      verifiedBy: "identity-pool-token",
      tags: new Map(),
      claims: Object.assign(Object.create(null), claims),
      expiresAt: new Date((seconds + 600) * 1000),
    });
    expect(facts).toEqual({ user: `user:${userPoolId}:${sub}`, identityId, issuedAt: (seconds - 1) * 1000 });
  });

  it("makes a guest where guests are accepted", async () => {
    const issuer = identityPoolToken({ ...common, userPools: [], guests: true });
    const { principal, facts } = await verifyWith(issuer, key.sign(openId({ amr: ["unauthenticated"] })));
    expect(principal).toMatchObject({
      kind: "guest",
      id: `guest:${identityId}`,
      identityId,
      issuer: identityPoolId,
      groups: { names: new Set(), closed: true },
    });
    expect(principal).not.toHaveProperty("userId");
    expect(facts).toMatchObject({ user: `guest:${identityId}`, identityId });
  });

  it.each<readonly [string, Members, string]>([
    ["a guest", { amr: ["unauthenticated"] }, "guests are not accepted"],
    [
      "a user of another pool",
      { amr: ["authenticated", `cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Strange:CognitoSignIn:${sub}`] },
      "amr names no user of a configured user pool",
    ],
    [
      "another customer's identity pool",
      { aud: "eu-west-1:22222222-2222-3333-4444-555555555555" },
      "aud is not the configured identity pool",
    ],
  ])("refuses %s", async (_name, claims, reason) => {
    await expect(verifyWith(identityPoolToken(common), key.sign(openId(claims)))).rejects.toMatchObject({
      code: "invalid_token",
      options: { reason },
    });
  });

  it("refuses a signature with RS256, even by a key of the identity pool", async () => {
    const weaker = createForeignKey("RS256");
    const issuer = identityPoolToken({ ...common, jwks: { keys: [key.jwk, weaker.jwk] } });
    await expect(verifyWith(issuer, weaker.sign(openId()))).rejects.toMatchObject({
      options: { reason: "alg is not RS512" },
    });
  });

  it("fetches keys from the address that all identity pools share", async () => {
    const asked: string[] = [];
    const { jwks, ...options } = common;
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json(jwks);
    };
    await verifyWith(identityPoolToken({ ...options, fetch }), key.sign(openId()));
    expect(asked).toEqual([`${iss}/.well-known/jwks_uri`]);
  });

  it.each<readonly [string, unknown, string]>([
    ["identityPoolId", undefined, "missing_option"],
    ["identityPoolId", "11111111-2222-3333-4444-555555555555", "invalid_option"],
    ["identityPoolId", [identityPoolId], "invalid_option"],
    ["userPools", undefined, "missing_option"],
    ["userPools", [], "missing_option"],
    ["userPools", userPoolId, "invalid_option"],
    ["userPools", ["PoolOne"], "invalid_option"],
    ["userPools", [userPoolId, userPoolId], "invalid_option"],
    ["guests", "yes", "invalid_option"],
    ["userPool", userPoolId, "unknown_option"],
  ])("refuses the option %s: %j", (name, value, code) => {
    const options = { ...common, [name]: value } as unknown as Parameters<typeof identityPoolToken>[0];
    expect(() => identityPoolToken(options)).toThrow(expect.objectContaining({ name: "ConfigurationError", code }));
  });
});

describe("the tokens of identityPoolToken", () => {
  holdsForEveryIssuer({
    create: (clock, toleranceSeconds) => identityPoolToken({ ...common, clock, toleranceSeconds }),
    key,
    claims: openId,
  });
});

import { describe, expect, it } from "vitest";
import { readIdentityPoolClaims } from "../../src/tokens/identity-pool-claims.ts";
import { userPoolNames } from "../../src/tokens/user-pool-id.ts";

const aud = "eu-west-1:11111111-2222-3333-4444-555555555555";
const sub = "eu-west-1:99999999-2222-3333-4444-555555555555";
const pool = userPoolNames("pool", "eu-west-1_PoolOne");
const other = userPoolNames("pool", "eu-west-1_PoolTwo");
const ada = `${pool.loginProvider}:CognitoSignIn:ada`;
const read = (claims: Readonly<Record<string, unknown>>) =>
  readIdentityPoolClaims({ sub, aud, amr: ["authenticated", pool.loginProvider, ada], ...claims }, aud, [pool, other]);

describe("readIdentityPoolClaims", () => {
  it("reads a user of a user pool", () => {
    expect(read({})).toEqual({ identityId: sub, user: { pool, sub: "ada" } });
  });

  it("reads a user beside other providers and pools that are not configured", () => {
    const amr = [
      "accounts.google.com",
      "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Strange",
      "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Strange:CognitoSignIn:eve",
      `${other.loginProvider}:CognitoSignIn:a:b`,
      "authenticated",
    ];
    expect(read({ amr })).toEqual({ identityId: sub, user: { pool: other, sub: "a:b" } });
  });

  it("reads a guest", () => {
    expect(read({ amr: ["unauthenticated"] })).toEqual({ identityId: sub });
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ["the pool of somebody else", { aud: sub }, "aud is not the configured identity pool"],
    ["a list of pools", { aud: [aud] }, "aud is not the configured identity pool"],
    ["no pool", { aud: undefined }, "aud is not the configured identity pool"],
    ["no identity", { sub: undefined }, "sub is no identity id"],
    ["an identity that is none", { sub: "ada" }, "sub is no identity id"],
    ["a line after the identity", { sub: `${sub}\n` }, "sub is no identity id"],
    ["an identity in a list", { sub: [sub] }, "sub is no identity id"],
    ["no amr", { amr: undefined }, "amr is not a list of strings"],
    ["amr as a text", { amr: `authenticated,${ada}` }, "amr is not a list of strings"],
    ["a number in amr", { amr: ["authenticated", 7] }, "amr is not a list of strings"],
    ["an empty amr", { amr: [] }, "amr is neither authenticated nor unauthenticated"],
    ["a user without a word on him", { amr: [ada] }, "amr is neither authenticated nor unauthenticated"],
    ["both", { amr: ["authenticated", "unauthenticated"] }, "amr is neither authenticated nor unauthenticated"],
    ["another case", { amr: ["Authenticated", ada] }, "amr is neither authenticated nor unauthenticated"],
    ["a user who is a guest", { amr: ["unauthenticated", ada] }, "amr names a user who is not authenticated"],
    ["a social user", { amr: ["authenticated", "accounts.google.com"] }, "amr names no user of a configured user pool"],
    ["nobody", { amr: ["authenticated"] }, "amr names no user of a configured user pool"],
    [
      "a pool without a user",
      { amr: ["authenticated", pool.loginProvider] },
      "amr names no user of a configured user pool",
    ],
    [
      "a user without a name",
      { amr: ["authenticated", ada.slice(0, -3)] },
      "amr names no user of a configured user pool",
    ],
    ["a user behind a prefix", { amr: ["authenticated", `x${ada}`] }, "amr names no user of a configured user pool"],
    ["a user on another line", { amr: ["authenticated", `x\n${ada}`] }, "amr names no user of a configured user pool"],
    [
      "a pool whose name goes on",
      { amr: ["authenticated", ada.replace("PoolOne", "PoolOne2")] },
      "amr names no user of a configured user pool",
    ],
    [
      "a pool in another case",
      { amr: ["authenticated", ada.toUpperCase()] },
      "amr names no user of a configured user pool",
    ],
    ["two users of a pool", { amr: ["authenticated", ada, ada.replace("ada", "eve")] }, "amr names several users"],
    [
      "users of two pools",
      { amr: ["authenticated", ada, `${other.loginProvider}:CognitoSignIn:ada`] },
      "amr names several users",
    ],
  ])("refuses %s", (_name, claims, reason) => {
    expect(() => read(claims)).toThrow(expect.objectContaining({ code: "invalid_token", options: { reason } }));
  });
});

import { describe, expectTypeOf, it } from "vitest";
import { broker } from "../../src/sessions/broker.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { enrollment } from "../../src/sessions/enrollment.ts";
import type { TokenUse } from "../../src/tokens/cognito-claims.ts";
import { cookieToken } from "../../src/tokens/cookie-token.ts";
import { type LiveCheck, liveCheck } from "../../src/tokens/live-check.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { type UserPool, userPool } from "../../src/tokens/user-pool.ts";
import type { UserPoolIdOptions, UserPoolOptions } from "../../src/tokens/user-pool-options.ts";
import { bearer } from "../../src/verify/bearer.ts";

const userPoolId = "eu-west-1_PoolOne";
const clientId = "1example23456789";

describe("userPool", () => {
  it("takes one client, several, or null in so many words", () => {
    expectTypeOf(userPool({ userPoolId, clientId, tokenUse: "access" })).toEqualTypeOf<UserPool<"access">>();
    expectTypeOf(userPool({ userPoolId, clientId: [clientId, "2other"] as const, tokenUse: "id" })).toEqualTypeOf<
      UserPool<"id">
    >();
    userPool({ userPoolId, clientId: null, tokenUse: "id" });
  });

  it("does not compile without a client", () => {
    // @ts-expect-error clientId is missing
    userPool({ userPoolId, tokenUse: "access" });
    // @ts-expect-error undefined is no decision
    userPool({ userPoolId, clientId: undefined, tokenUse: "access" });
  });

  it("does not compile without a token use, or with null for one", () => {
    // @ts-expect-error tokenUse is missing
    userPool({ userPoolId, clientId });
    // @ts-expect-error a token is for one use
    userPool({ userPoolId, clientId, tokenUse: null });
  });

  it("does not compile with a misspelled option or naming", () => {
    // @ts-expect-error the option is clientId
    userPool({ userPoolId, clientId, clientID: clientId, tokenUse: "id" });
    // @ts-expect-error it is as-is, a prefix or a map
    userPool({ userPoolId, clientId, tokenUse: "id", groups: { prefix: "a", map: {} } });
  });
});

describe("userPool of a use that is known at run time alone", () => {
  const either = (tokenUse: TokenUse) => userPool({ userPoolId, clientId, tokenUse });

  it("is a UserPool of both", () => {
    expectTypeOf(either).returns.toEqualTypeOf<UserPool>();
    expectTypeOf(userPool({} as UserPoolOptions)).toEqualTypeOf<UserPool>();
    expectTypeOf(userPool({} as UserPoolIdOptions)).toEqualTypeOf<UserPool<"id">>();
    expectTypeOf<UserPool<"id", { "custom:tenant": string }>>().toExtend<UserPool>();
    expectTypeOf<UserPool<"id">>().toExtend<TokenIssuer>();
    expectTypeOf<UserPool<"access">>().not.toExtend<UserPool<"id">>();
  });
});

describe("the resource of a token", () => {
  it("is for access tokens alone", () => {
    userPool({ userPoolId, clientId, tokenUse: "access", resource: "https://api.example.com" });
    userPool({ userPoolId, clientId, tokenUse: "access", resource: null });
    // @ts-expect-error ID tokens are bound to none
    userPool({ userPoolId, clientId, tokenUse: "id", resource: "https://api.example.com" });
    // @ts-expect-error not even in so many words
    userPool({ userPoolId, clientId, tokenUse: "id", resource: null });
    // @ts-expect-error it might be for an ID token
    userPool({ userPoolId, clientId, tokenUse: "id" as TokenUse, resource: "https://api.example.com" });
  });
});

describe("the live check", () => {
  it("is for access tokens alone", () => {
    userPool({ userPoolId, clientId, tokenUse: "access", liveCheck: liveCheck() });
    userPool({ userPoolId, clientId, tokenUse: "access", liveCheck: liveCheck({ maxAgeSeconds: 60 }) });
    // @ts-expect-error Cognito cannot be asked about ID tokens
    userPool({ userPoolId, clientId, tokenUse: "id", liveCheck: liveCheck() });
  });

  it("is what liveCheck gives, and neither its options nor the function itself", () => {
    expectTypeOf(liveCheck).returns.toEqualTypeOf<LiveCheck>();
    // @ts-expect-error the options go into liveCheck
    userPool({ userPoolId, clientId, tokenUse: "access", liveCheck: { maxAgeSeconds: 60 } });
    // @ts-expect-error it is to be called
    userPool({ userPoolId, clientId, tokenUse: "access", liveCheck });
    // @ts-expect-error true says no more than liveCheck()
    userPool({ userPoolId, clientId, tokenUse: "access", liveCheck: true });
    // @ts-expect-error the option is maxAgeSeconds
    liveCheck({ maxAge: 60 });
  });
});

describe("broker and enrollment", () => {
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
  const identityPoolId = "eu-west-1:11111111-2222-3333-4444-555555555555";
  const access = userPool({ userPoolId, clientId, tokenUse: "access" });
  const id = userPool({ userPoolId, clientId, tokenUse: "id" });

  it("take ID tokens alone", () => {
    broker({ sessions, identityPoolId, userPool: id });
    // @ts-expect-error identity pools take ID tokens
    broker({ sessions, identityPoolId, userPool: access });
    const roles = { "123456789012/Editor": { groups: ["editors"] } } as const;
    enrollment({ sessions, roles, regions: ["eu-west-1"], idToken: id });
    // @ts-expect-error an access token says less of its user
    enrollment({ sessions, roles, regions: ["eu-west-1"], idToken: access });
  });
});

describe("bearer", () => {
  it("takes a cookie as what cookieToken gives", () => {
    const issuers = [userPool({ userPoolId, clientId, tokenUse: "access" })] as const;
    const origins = ["https://app.example.com"];
    bearer({ issuers, token: ["header", cookieToken({ name: "__Host-token", origins })] });
    // @ts-expect-error the options go into cookieToken
    bearer({ issuers, token: { name: "__Host-token", origins } });
    // @ts-expect-error it is to be called
    bearer({ issuers, token: cookieToken });
    // @ts-expect-error the origins are missing
    cookieToken({ name: "__Host-token" });
  });

  it("does not compile without an issuer", () => {
    // @ts-expect-error the list is empty
    bearer({ issuers: [] });
    // @ts-expect-error issuers is missing
    bearer({});
  });
});

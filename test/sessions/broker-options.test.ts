import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { type BrokerOptions, readBrokerOptions } from "../../src/sessions/broker-options.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { identityPoolId } from "./fake-aws.ts";

const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
const pool = { userPoolId: "eu-west-1_Example01", clientId: "1example23456789" };
const given: BrokerOptions = { sessions, userPool: userPool({ ...pool, tokenUse: "id" }), identityPoolId };

describe("readBrokerOptions", () => {
  it("fills in what is left out", () => {
    expect(readBrokerOptions(given)).toStrictEqual({
      sessions,
      userPool: given.userPool,
      loginProvider: "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
      identityPoolId,
      region: "eu-west-1",
      path: "/.well-known/poolgate/credentials",
      identity: { url: new URL("https://cognito-identity.eu-west-1.amazonaws.com/"), fetch: globalThis.fetch },
      sts: { url: new URL("https://sts.eu-west-1.amazonaws.com/"), fetch: globalThis.fetch },
      flow: expect.any(Function),
      guests: false,
      judgeRoleChoice: expect.any(Function),
      loginProviders: [],
      maxLength: 3_600_000,
      perSourcePerMinute: 60,
      perUserPerMinute: 20,
    });
  });

  it("takes what is given", () => {
    const fetch = () => Promise.reject(new Error("not called"));
    const settings = readBrokerOptions({
      ...given,
      identityPoolId: "us-gov-west-1:00000000-0000-4000-8000-000000000000",
      path: "/credentials",
      endpoints: { identity: "http://127.0.0.1:9/" },
      allowLoopbackHttp: true,
      guests: true,
      logins: ["accounts.google.com"],
      classic: { roleArn: "arn:aws:iam::123456789012:role/Member" },
      maxSessionMinutes: 720,
      limits: { perSourcePerMinute: 6_000, perUserPerMinute: 1 },
      fetch,
    });
    expect(settings).toMatchObject({
      region: "us-gov-west-1",
      path: "/credentials",
      identity: { url: new URL("http://127.0.0.1:9/"), fetch },
      sts: { url: new URL("https://sts.us-gov-west-1.amazonaws.com/"), fetch },
      guests: true,
      loginProviders: ["accounts.google.com"],
      webIdentity: { assumeRole: expect.any(Function), ready: expect.any(Function) },
      maxLength: 43_200_000,
      perSourcePerMinute: 6_000,
      perUserPerMinute: 1,
    });
  });

  it("takes a session length of 20 minutes at least", () => {
    expect(readBrokerOptions({ ...given, maxSessionMinutes: 20 }).maxLength).toBe(1_200_000);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no sessions", { sessions: undefined }, "broker.sessions"],
    ["sessions of another kind", { sessions: {} }, "broker.sessions"],
    ["sessions that are null", { sessions: null }, "broker.sessions"],
    ["sessions that take no note of issuers", { sessions: { open: () => {} } }, "broker.sessions"],
    ["no user pool", { userPool: undefined }, "broker.userPool"],
    ["the id of a user pool", { userPool: "eu-west-1_Example01" }, "broker.userPool"],
    ["an issuer that no identity pool knows", { userPool: { verify: () => {}, tokenUse: "id" } }, "broker.userPool"],
    ["something that verifies nothing", { userPool: { loginProvider: "a/b", tokenUse: "id" } }, "broker.userPool"],
    ["no identity pool", { identityPoolId: undefined }, "broker.identityPoolId"],
    ["the id of a user pool as identity pool", { identityPoolId: "eu-west-1_Example01" }, "broker.identityPoolId"],
    [
      "a host in the identity pool",
      { identityPoolId: "evil.example:00000000-0000-4000-8000-000000000000" },
      "broker.identityPoolId",
    ],
    ["a path with a query", { path: "/a?b" }, "broker.path"],
    ["a path with a dot segment", { path: "/a/../b" }, "broker.path"],
    ["a relative path", { path: "a" }, "broker.path"],
    ["a path that is no string", { path: /a/ }, "broker.path"],
    ["12 hours and a minute", { maxSessionMinutes: 721 }, "broker.maxSessionMinutes"],
    ["19 minutes", { maxSessionMinutes: 19 }, "broker.maxSessionMinutes"],
    ["13 hours", { maxSessionMinutes: 780 }, "broker.maxSessionMinutes"],
    ["guests neither allowed nor not", { guests: "yes" }, "broker.guests"],
    ["an unknown endpoint", { endpoints: { cognito: "https://example.com" } }, "broker.endpoints.cognito"],
    ["an endpoint with http", { endpoints: { sts: "http://sts.example.com" } }, "broker.endpoints.sts"],
    [
      "an endpoint with http on loopback",
      { endpoints: { identity: "http://127.0.0.1:1" } },
      "broker.endpoints.identity",
    ],
    ["loopback neither allowed nor not", { allowLoopbackHttp: 1 }, "broker.allowLoopbackHttp"],
    ["an unknown limit", { limits: { perMinute: 1 } }, "broker.limits.perMinute"],
    ["no allowance for a source", { limits: { perSourcePerMinute: 0 } }, "broker.limits.perSourcePerMinute"],
    ["no limit for a source", { limits: { perSourcePerMinute: null } }, "broker.limits.perSourcePerMinute"],
    ["an endless limit for a user", { limits: { perUserPerMinute: Infinity } }, "broker.limits.perUserPerMinute"],
    ["no fetch", { fetch: null }, "broker.fetch"],
    ["a list of roles that is none", { customRoles: "123456789012/Editor" }, "broker.customRoles"],
    ["a role without an account", { customRoles: ["Editor"] }, "broker.customRoles"],
    ["roles by pattern", { customRoles: ["123456789012/Editor*"] }, "broker.customRoles"],
    ["a role that is no text", { customRoles: [7] }, "broker.customRoles"],
    [
      "roles for callers to choose where the operator does",
      { customRoles: true, classic: { roleArn: "arn:aws:iam::123456789012:role/Member" } },
      "broker.customRoles",
    ],
    ["a classic flow without a role", { classic: {} }, "broker.classic.roleArn"],
    ["the classic flow by name", { classic: true }, "broker.classic"],
    ["a provider outside of a list", { logins: "accounts.google.com" }, "broker.logins"],
    ["a provider with a space", { logins: ["accounts google"] }, "broker.logins"],
    ["a provider that is no text", { logins: [7] }, "broker.logins"],
    ["a provider twice", { logins: ["a.example", "a.example"] }, "broker.logins"],
    ["ten providers", { logins: Array.from({ length: 10 }, (_, index) => `${index}.example`) }, "broker.logins"],
    [
      "the user pool among the other providers",
      { logins: ["cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"] },
      "broker.logins",
    ],
    ["a misspelled option", { guest: true }, "broker.guest"],
  ])("refuses %s", (_, changes, option) => {
    const make = () => readBrokerOptions({ ...given, ...changes } as BrokerOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ option }));
  });

  it("refuses a user pool of access tokens, and says what to write", () => {
    const access = userPool({ ...pool, tokenUse: "access" });
    const make = () => readBrokerOptions({ ...given, userPool: access as never });
    expect(make).toThrow('broker.userPool: identity pools take ID tokens: write userPool({ ..., tokenUse: "id" })');
  });
});

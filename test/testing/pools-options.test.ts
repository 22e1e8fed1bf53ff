import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { type PoolsOptions, readPoolsOptions } from "../../src/testing/pools-options.ts";

describe("readPoolsOptions", () => {
  it("fills in every default", () => {
    expect(readPoolsOptions({})).toEqual({
      region: "eu-west-1",
      userPoolId: "eu-west-1_Testing01",
      clientId: "1testing23456789",
      identityPoolId: expect.stringMatching(/^eu-west-1:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      accountId: "123456789012",
      roles: new Map(),
      authenticatedRole: "Authenticated",
      guestRole: "Guest",
      loginProviders: [],
      guests: false,
      accessTokenAttributes: [],
      credentialsSeconds: 3600,
      clock: Date.now,
    });
  });

  it("lets the default ids follow the region", () => {
    expect(readPoolsOptions({ region: "us-gov-west-1" })).toMatchObject({
      userPoolId: "us-gov-west-1_Testing01",
      identityPoolId: expect.stringMatching(/^us-gov-west-1:/),
    });
  });

  it("lets the id of the identity pool follow the user pool's, the same in every run", () => {
    const idOf = (userPoolId: string) => readPoolsOptions({ userPoolId }).identityPoolId;
    expect(idOf("eu-west-1_Example01")).toBe(idOf("eu-west-1_Example01"));
    expect(idOf("eu-west-1_Example01")).not.toBe(idOf("eu-west-1_Example02"));
  });

  it("takes what it is given", () => {
    const options = {
      region: "us-east-2",
      userPoolId: "us-east-2_Example01",
      clientId: "1example23456789",
      identityPoolId: "us-east-2:00000000-0000-4000-8000-000000000000",
      accountId: "999999999999",
      authenticatedRole: "service-role/Member",
      guestRole: "Visitor",
      loginProviders: ["accounts.google.com"],
      guests: true,
      accessTokenAttributes: ["email"],
      credentialsSeconds: 43_200,
      clock: () => 0,
    };
    expect(readPoolsOptions({ ...options, roles: { writers: "a/b/Writer", editors: "Editor" } })).toEqual({
      ...options,
      roles: new Map([
        ["writers", "a/b/Writer"],
        ["editors", "Editor"],
      ]),
    });
  });

  it("keeps the order of the roles, which is that of precedence", () => {
    expect([...readPoolsOptions({ roles: { writers: "Writer", editors: "Editor" } }).roles.keys()]).toEqual([
      "writers",
      "editors",
    ]);
  });

  const faults: readonly (readonly [string, unknown, string, string])[] = [
    ["no object", "eu-west-1", "missing_option", "startPools"],
    ["a misspelled option", { userpoolId: "eu-west-1_Example01" }, "unknown_option", "startPools.userpoolId"],
    ["a region that is none", { region: "Ireland" }, "invalid_option", "startPools.region"],
    ["a user pool of another region", { userPoolId: "us-east-1_A" }, "invalid_option", "startPools.userPoolId"],
    ["a user pool id with a line feed", { userPoolId: "eu-west-1_A\n" }, "invalid_option", "startPools.userPoolId"],
    [
      "an identity pool of another region",
      { identityPoolId: "us-east-1:00000000-0000-4000-8000-000000000000" },
      "invalid_option",
      "startPools.identityPoolId",
    ],
    [
      "an identity pool without a UUID",
      { identityPoolId: "eu-west-1:x" },
      "invalid_option",
      "startPools.identityPoolId",
    ],
    ["an account that is none", { accountId: "1234" }, "invalid_option", "startPools.accountId"],
    ["an account as a number", { accountId: 123456789012 }, "invalid_option", "startPools.accountId"],
    ["a role with a space", { roles: { editors: "Article Editor" } }, "invalid_option", "startPools.roles.editors"],
    ["a role of 65 characters", { guestRole: "a".repeat(65) }, "invalid_option", "startPools.guestRole"],
    ["an empty role", { guestRole: "" }, "invalid_option", "startPools.guestRole"],
    ["a role that ends with a slash", { authenticatedRole: "a/" }, "invalid_option", "startPools.authenticatedRole"],
    [
      "a provider outside of a list",
      { loginProviders: "accounts.google.com" },
      "invalid_option",
      "startPools.loginProviders",
    ],
    ["a provider without a name", { loginProviders: [""] }, "invalid_option", "startPools.loginProviders"],
    ["an empty client id", { clientId: "" }, "invalid_option", "startPools.clientId"],
    ["guests by a word", { guests: "yes" }, "invalid_option", "startPools.guests"],
    ["a clock that stands still", { clock: 0 }, "invalid_option", "startPools.clock"],
    [
      "one attribute for a list",
      { accessTokenAttributes: "email" },
      "invalid_option",
      "startPools.accessTokenAttributes",
    ],
    ["a lifetime of nothing", { credentialsSeconds: 0 }, "invalid_option", "startPools.credentialsSeconds"],
    ["half a second", { credentialsSeconds: 1.5 }, "invalid_option", "startPools.credentialsSeconds"],
    ["more than twelve hours", { credentialsSeconds: 43_201 }, "invalid_option", "startPools.credentialsSeconds"],
  ];

  it.each(faults)("refuses %s", (_title, options, code, option) => {
    const read = () => readPoolsOptions(options as PoolsOptions);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(expect.objectContaining({ code, option }));
  });
});

import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { readUserPoolOptions, type UserPoolOptions } from "../../src/tokens/user-pool-options.ts";
import { clientId, createSigner, issuer, updatedIssuer, userPoolId } from "./token-fixtures.ts";

const jwks = { keys: [createSigner("one").jwk] };
const good = { userPoolId, clientId, tokenUse: "access" } as const;
const fault = (options: unknown): unknown => {
  try {
    readUserPoolOptions(options as UserPoolOptions);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("readUserPoolOptions", () => {
  it.each([
    ["no options", undefined, "missing_option", "userPool"],
    ["a misspelled option", { ...good, clientID: "x" }, "unknown_option", "userPool.clientID"],
    ["no pool", { ...good, userPoolId: undefined }, "missing_option", "userPool.userPoolId"],
    ["a pool that is none", { ...good, userPoolId: "PoolOne" }, "invalid_option", "userPool.userPoolId"],
    ["no client", { userPoolId, tokenUse: "access" }, "missing_option", "userPool.clientId"],
    ["an undefined client", { ...good, clientId: undefined }, "missing_option", "userPool.clientId"],
    ["an empty client", { ...good, clientId: "" }, "invalid_option", "userPool.clientId"],
    ["an empty list of clients", { ...good, clientId: [] }, "invalid_option", "userPool.clientId"],
    ["a client in a list that is undefined", { ...good, clientId: [undefined] }, "missing_option", "userPool.clientId"],
    ["an undefined resource", { ...good, resource: undefined }, "missing_option", "userPool.resource"],
    ["an empty resource", { ...good, resource: "" }, "invalid_option", "userPool.resource"],
    ["an empty list of resources", { ...good, resource: [] }, "invalid_option", "userPool.resource"],
    ["a resource for ID tokens", { ...good, tokenUse: "id", resource: "x" }, "invalid_option", "userPool.resource"],
    ["no resource for ID tokens", { ...good, tokenUse: "id", resource: null }, "invalid_option", "userPool.resource"],
    ["no token use", { userPoolId, clientId }, "missing_option", "userPool.tokenUse"],
    ["a token use that is null", { ...good, tokenUse: null }, "invalid_option", "userPool.tokenUse"],
    ["another token use", { ...good, tokenUse: "refresh" }, "invalid_option", "userPool.tokenUse"],
    ["tags that are a list", { ...good, principalTags: ["tenant"] }, "invalid_option", "userPool.principalTags"],
    ["a tag without claim", { ...good, principalTags: { t: "" } }, "invalid_option", "userPool.principalTags.t"],
    [
      "two tags that get one name",
      { ...good, principalTags: { a: "a", b: "b" }, tags: { map: { a: "c", b: "c" } } },
      "invalid_option",
      "userPool.tags",
    ],
    ["a naming of groups that is none", { ...good, groups: "asis" }, "invalid_option", "userPool.groups"],
    ["a naming of scopes that is none", { ...good, scopes: {} }, "invalid_option", "userPool.scopes"],
    ["a naming of tags that is none", { ...good, tags: null }, "invalid_option", "userPool.tags"],
    ["one issuer without a list", { ...good, issuers: issuer }, "invalid_option", "userPool.issuers"],
    ["an issuer that is no text", { ...good, issuers: [1] }, "invalid_option", "userPool.issuers"],
    [
      "an issuer without https",
      { ...good, issuers: [`http://example.com/${userPoolId}`] },
      "invalid_option",
      "userPool.issuers",
    ],
    [
      "the issuer of another pool",
      { ...good, jwks, issuers: ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_PoolTwo"] },
      "invalid_option",
      "userPool.issuers",
    ],
    [
      "an issuer with a slash behind the pool",
      { ...good, jwks, issuers: [`${issuer}/`] },
      "invalid_option",
      "userPool.issuers",
    ],
    [
      "an issuer that names no pool",
      { ...good, jwks, issuers: ["https://issuer.example/"] },
      "invalid_option",
      "userPool.issuers",
    ],
    [
      "an issuer whose pool is a part of a name",
      { ...good, jwks, issuers: [`https://issuer.example/x${userPoolId}`] },
      "invalid_option",
      "userPool.issuers",
    ],
    ["a negative tolerance", { ...good, toleranceSeconds: -1 }, "invalid_option", "userPool.toleranceSeconds"],
    ["a tolerance over 300", { ...good, toleranceSeconds: 301 }, "invalid_option", "userPool.toleranceSeconds"],
    ["a clock that is a number", { ...good, clock: 1 }, "invalid_option", "userPool.clock"],
    ["a fetch that is none", { ...good, fetch: "fetch" }, "invalid_option", "userPool.fetch"],
    ["keys that are none", { ...good, jwks: { keys: [] } }, "invalid_option", "userPool.jwks"],
    ["two sources of keys", { ...good, jwks, jwksUri: "https://a" }, "invalid_option", "userPool.jwks"],
    ["loopback http by itself", { ...good, jwksUri: "http://127.0.0.1/" }, "invalid_option", "userPool.jwksUri"],
    ["a leave that is no boolean", { ...good, allowLoopbackHttp: "1" }, "invalid_option", "userPool.allowLoopbackHttp"],
    [
      "plain http to another host",
      { ...good, jwksUri: "http://example.com/", allowLoopbackHttp: true },
      "invalid_option",
      "userPool.jwksUri",
    ],
  ])("refuses %s", (_name, options, code, option) => {
    const thrown = fault(options);
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ code, option });
  });

  it("looks for the keys of each issuer under that issuer", () => {
    const replica = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-1_PoolOne";
    const { keys } = readUserPoolOptions({ ...good, issuers: [replica] });
    expect([...keys.keys()]).toEqual([issuer, updatedIssuer, replica]);
    expect(new Set(keys.values()).size).toBe(3);
  });

  it.each([{ jwks }, { jwksUri: "https://example.com/jwks.json" }])(
    "takes all keys from %j where that is given",
    (source) => {
      const { keys } = readUserPoolOptions({ ...good, ...source, issuers: [`https://issuer.example/${userPoolId}`] });
      expect([...keys.keys()]).toEqual([issuer, updatedIssuer, `https://issuer.example/${userPoolId}`]);
      expect(new Set(keys.values()).size).toBe(1);
    },
  );

  it("counts as declared once all is named that such a token gives", () => {
    const declared = (options: object) => readUserPoolOptions({ ...good, ...options }).declared;
    const all = { groups: "as-is", scopes: "as-is", tags: "as-is" };
    expect(declared(all)).toBe(true);
    expect(declared({ ...all, groups: undefined })).toBe(false);
    expect(declared({ ...all, scopes: undefined })).toBe(false);
    expect(declared({ ...all, tags: undefined })).toBe(false);
    expect(declared({ ...all, scopes: undefined, tokenUse: "id" })).toBe(true);
  });

  it("renames and drops tags as it is told", () => {
    const principalTags = { tenant: "custom:tenant", plan: "custom:plan" };
    const tags = (naming: UserPoolOptions["tags"] & {}) =>
      readUserPoolOptions({ ...good, principalTags, tags: naming }).tags;
    expect(tags({ prefix: "a:" })).toEqual([
      ["a:tenant", "custom:tenant"],
      ["a:plan", "custom:plan"],
    ]);
    expect(tags({ map: { plan: "tariff" } })).toEqual([["tariff", "custom:plan"]]);
  });
});

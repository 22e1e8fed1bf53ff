import { describe, expect, it } from "vitest";
import { type AppSyncAuthorizerOptions, readAppSyncOptions } from "../../../src/adapters/graphql/appsync-options.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { tokens } from "./callers.ts";

const policy = definePolicy({ fields: { "Query.a": "guest" } });
const authorizer = createAuthorizer({ verifiers: [tokens], policy });
const read = (options: object, by: unknown = authorizer) =>
  readAppSyncOptions(by as typeof authorizer, options as AppSyncAuthorizerOptions);

/** The code and the option of a fault. */
function faultOf(options: object, by?: unknown): readonly string[] {
  try {
    read(options, by);
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    return [thrown.code, thrown.option];
  }
  throw new Error("it was read");
}

describe("the settings of an AppSync authorizer", () => {
  it("keep no answer, and take the token as it comes, unless something else is said", () => {
    expect(read({})).toEqual({
      policy,
      schema: undefined,
      tokenPrefix: "",
      cacheTtl: 0,
      api: undefined,
      clock: Date.now,
    });
  });

  it("are what was said", () => {
    const clock = () => 0;
    expect(read({ schema: "type Query { a: Int }", tokenPrefix: "custom-", cacheTtl: 60, clock })).toMatchObject({
      schema: { roots: { query: "Query" } },
      tokenPrefix: "custom-",
      cacheTtl: 60,
      clock,
    });
  });

  it.each([0, 3_600])("may keep an answer for %d seconds", (cacheTtl) => {
    expect(read({ cacheTtl }).cacheTtl).toBe(cacheTtl);
  });

  it.each<[string, string, string]>([
    ["arn:aws:appsync:eu-west-1:123456789012:apis/abc", "123456789012", "abc"],
    ["arn:aws-us-gov:appsync:us-gov-west-1:123456789012:apis/a-b_c1", "123456789012", "a-b_c1"],
    ["arn:aws-cn:appsync:cn-north-1:123456789012:apis/A", "123456789012", "A"],
  ])("know the API of %s", (apiArn, account, id) => {
    expect(read({ apiArn }).api).toEqual({ arn: apiArn, account, id });
  });

  it.each([
    ["an empty one", ""],
    ["null", null],
    ["a number", 7],
    ["a list", ["arn:aws:appsync:eu-west-1:123456789012:apis/abc"]],
    ["that of another service", "arn:aws:execute-api:eu-west-1:123456789012:apis/abc"],
    ["that of another partition", "arn:gcp:appsync:eu-west-1:123456789012:apis/abc"],
    ["one without a region", "arn:aws:appsync::123456789012:apis/abc"],
    ["one with too short an account", "arn:aws:appsync:eu-west-1:12345678901:apis/abc"],
    ["one with too long an account", "arn:aws:appsync:eu-west-1:1234567890123:apis/abc"],
    ["one without an id", "arn:aws:appsync:eu-west-1:123456789012:apis/"],
    ["one of a field", "arn:aws:appsync:eu-west-1:123456789012:apis/abc/types/Query/fields/a"],
    ["one with a wildcard", "arn:aws:appsync:eu-west-1:123456789012:apis/*"],
    ["one behind another text", " arn:aws:appsync:eu-west-1:123456789012:apis/abc"],
    ["one with a line behind it", "arn:aws:appsync:eu-west-1:123456789012:apis/abc\n"],
  ])("know no API by an ARN that is %s", (_, apiArn) => {
    expect(faultOf({ apiArn })).toEqual(["invalid_option", "appsyncAuthorizer.apiArn"]);
  });

  it.each([
    [null],
    [7],
    [["custom-"]],
    [" "],
    ["custom- "],
    ["cus tom-"],
    ["custom\t"],
    ["Bearer"],
    ["bearer-"],
    ["BEARER"],
  ])("take no prefix of tokens that AppSync does not: %j", (tokenPrefix) => {
    expect(faultOf({ tokenPrefix })).toEqual(["invalid_option", "appsyncAuthorizer.tokenPrefix"]);
  });

  it.each(["x-bearer", "custom-", "-", "Bear"])("take the prefix %j", (tokenPrefix) => {
    expect(read({ tokenPrefix }).tokenPrefix).toBe(tokenPrefix);
  });

  it.each([[undefined], [null], [7], [{}]])("take no schema that was meant and is not there: %j", (schema) => {
    expect(faultOf({ schema })).toEqual(["invalid_option", "appsyncAuthorizer.schema"]);
  });

  it.each([[-1], [3_601], [0.5], ["60"], [Number.NaN], [null]])("keep no answer for %j seconds", (cacheTtl) => {
    expect(faultOf({ cacheTtl })).toEqual(["invalid_option", "appsyncAuthorizer.cacheTtl"]);
  });

  it.each([[null], [0], ["now"]])("take no clock that is none: %j", (clock) => {
    expect(faultOf({ clock })).toEqual(["invalid_option", "appsyncAuthorizer.clock"]);
  });

  it.each(["ttl", "Schema", "api"])("refuse the unknown option %s", (option) => {
    expect(faultOf({ [option]: undefined })[1]).toBe(`appsyncAuthorizer.${option}`);
  });

  it.each([[null], [{}], [{ authorize: true }], [policy]])(
    "are of an authorizer, or refused ahead of all else",
    (by) => {
      expect(faultOf({ ttl: 1 }, by)).toEqual(["missing_option", "appsyncAuthorizer"]);
    },
  );

  it.each(["Bearer", "bearer", "BEARER"])(
    "need a verifier of tokens, by whatever spelling of the scheme: %s",
    (scheme) => {
      const others = { ...tokens, scheme: "AWS4-HMAC-SHA256" };
      const by = (...verifiers: [typeof tokens, ...(typeof tokens)[]]) => createAuthorizer({ verifiers, policy });
      expect(read({}, by(others, { ...tokens, scheme })).policy).toBe(policy);
      expect(faultOf({}, by(others))).toEqual(["invalid_option", "appsyncAuthorizer"]);
    },
  );
});

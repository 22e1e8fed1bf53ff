import { describe, expect, it } from "vitest";
import { readAppSyncEvent } from "../../../src/adapters/graphql/appsync-event.ts";
import type { AppSyncSettings } from "../../../src/adapters/graphql/appsync-options.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { now } from "./callers.ts";

const settings: AppSyncSettings = {
  policy: definePolicy({ fields: {} }),
  schema: undefined,
  tokenPrefix: "",
  cacheTtl: 0,
  api: undefined,
  clock: () => now,
};
const context = { apiId: "abc", accountId: "123456789012", queryString: "{ a }", operationName: "A" };
const event = (more: object = {}) => ({ authorizationToken: "t", requestContext: context, ...more });
const asking = (more: object) => event({ requestContext: { ...context, ...more } });
const read = (given: unknown, more: Partial<AppSyncSettings> = {}) => readAppSyncEvent(given, { ...settings, ...more });

/** The headers of the request that is judged. */
function headersOf(given: object, more: Partial<AppSyncSettings> = {}): Record<string, readonly string[]> {
  return Object.fromEntries(read(event(given), more).toRequest().headers.entries());
}

describe("an event of AppSync", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", JSON.stringify(event())],
    ["a list", [event()]],
    ["one without a token", { requestContext: context }],
    ["one with null for a token", event({ authorizationToken: null })],
    ["one with a list for a token", event({ authorizationToken: ["t"] })],
    ["one without a context", { authorizationToken: "t" }],
    ["one with a text for a context", event({ requestContext: "x" })],
    ["one with a list for a context", event({ requestContext: [] })],
    ["one with a text for headers", event({ requestHeaders: "authorization: t" })],
    ["one with a list for headers", event({ requestHeaders: ["authorization", "t"] })],
    ["one whose token is its prototype's", Object.create(event())],
  ])("is none of the API's where it is %s", (_, given) => {
    expect(() => read(given)).toThrow(AuthError);
    expect(() => read(given)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  const api = { arn: "arn", account: "123456789012", id: "abc" };
  it.each<[string, object]>([
    ["of another API", { apiId: "abd" }],
    ["of another API of another account", { apiId: "abd", accountId: "210987654321" }],
    ["of an API of that name in another account", { accountId: "210987654321" }],
    ["that names no API", { apiId: undefined }],
    ["that names no account", { accountId: null }],
    ["with a number for an account", { accountId: 123_456_789_012 }],
  ])("is refused %s, once the API is known", (_, more) => {
    expect(read(asking(more)).document).toBe("{ a }");
    expect(() => read(asking(more), { api })).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  it("of the API is read", () => {
    expect(read(event(), { api })).toMatchObject({ document: "{ a }", operationName: "A", connects: false });
  });

  it.each([[undefined], [null], [7], [{}], [[]], [{ definitions: [] }]])(
    "has no document where AppSync sends no text: %j",
    (queryString) => {
      expect(read(asking({ queryString })).document).toBeUndefined();
    },
  );

  it("has no document and no name from a prototype", () => {
    const inherited = Object.create(context);
    expect(read(event({ requestContext: inherited }))).toMatchObject({ document: undefined, operationName: undefined });
  });
});

describe("the opening of a connection", () => {
  it.each<[unknown, unknown, boolean]>([
    ["", "DeepDish:Connect", true],
    [undefined, "DeepDish:Connect", true],
    [null, "deepdish:connect", true],
    ["{ a }", "DeepDish:Connect", false],
    [" ", "DeepDish:Connect", false],
    [0, "DeepDish:Connect", false],
    [false, "DeepDish:Connect", false],
    ["", "xDeepDish:Connect", false],
    ["", "DeepDish:Connected", false],
    ["", "DeepDish:Connect\n", false],
    ["", "DeepDish_Connect", false],
    ["", "", false],
    ["", null, false],
    ["", ["DeepDish:Connect"], false],
  ])("is a question about %j by the name %j: %s", (queryString, operationName, connects) => {
    expect(read(asking({ queryString, operationName })).connects).toBe(connects);
  });
});

describe("the request of a question", () => {
  it("is a POST to the API, which nobody has signed", () => {
    expect(read(event()).toRequest()).toMatchObject({ method: "POST", target: "/graphql", wire: false });
    expect(read(event()).toRequest()).not.toHaveProperty("remoteAddress");
  });

  it.each<[string, string, readonly string[] | undefined]>([
    ["", "t", ["Bearer t"]],
    ["", "", undefined],
    ["", "a b", ["Bearer a b"]],
    ["", "Bearer t", ["Bearer Bearer t"]],
    ["custom-", "custom-t", ["Bearer t"]],
    ["custom-", "custom-custom-t", ["Bearer custom-t"]],
    ["custom-", "custom-", ["Bearer "]],
    ["custom-", "", undefined],
  ])("has behind the prefix %j of the token %j the credential %j", (tokenPrefix, authorizationToken, expected) => {
    expect(headersOf({ authorizationToken }, { tokenPrefix }).authorization).toEqual(expected);
  });

  it.each(["t", "Custom-t", " custom-t", "tcustom-", "custom"])(
    "is refused where the token does not begin as it must: %j",
    (authorizationToken) => {
      const question = read(event({ authorizationToken }), { tokenPrefix: "custom-" });
      expect(() => question.toRequest()).toThrow(expect.objectContaining({ code: "unsupported_scheme" }));
    },
  );

  it.each([
    "authorization",
    "Authorization",
    "AUTHORIZATION",
    "proxy-authorization",
    "Cookie",
    "X-Amz-Security-Token",
    "x-amz-date",
    "x-amzn-oidc-data",
    "X-Amzn-Oidc-Accesstoken",
  ])("has no credential but the token: %s", (name) => {
    expect(headersOf({ requestHeaders: { [name]: "stolen" } })).toEqual({ authorization: ["Bearer t"] });
    expect(headersOf({ requestHeaders: { [name]: "stolen" }, authorizationToken: "" })).toEqual({});
  });

  it("has the other headers as they came, and twice what came in two spellings", () => {
    expect(headersOf({ requestHeaders: { "X-Stage": "a", "x-stage": "b", Host: "h", authorizations: "x" } })).toEqual({
      "x-stage": ["a", "b"],
      host: ["h"],
      authorizations: ["x"],
      authorization: ["Bearer t"],
    });
  });

  it.each([[undefined], [null], [7], [true], [["a"]], [{ a: 1 }]])(
    "has no header whose value is no text: %j",
    (value) => {
      expect(headersOf({ requestHeaders: { "x-a": value, "x-b": "b" } })).toEqual({
        "x-b": ["b"],
        authorization: ["Bearer t"],
      });
    },
  );

  it("has no headers of a prototype", () => {
    expect(headersOf({ requestHeaders: Object.create({ "x-stage": "test" }) })).toEqual({
      authorization: ["Bearer t"],
    });
  });

  it.each([undefined, null, {}])("may have no headers: %j", (requestHeaders) => {
    expect(headersOf({ requestHeaders })).toEqual({ authorization: ["Bearer t"] });
  });
});

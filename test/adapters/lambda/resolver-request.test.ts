import { describe, expect, it } from "vitest";
import { resolvedField, resolverContextOf, resolverRequest } from "../../../src/adapters/lambda/resolver-request.ts";
import { AuthError } from "../../../src/errors.ts";

const handedOver = { poolgate: "1" };
const event = (more: object = {}, headers: object = {}) => ({ request: { headers }, ...more });
const headersOf = (given: object) => Object.fromEntries(resolverRequest(given).headers.entries());
const jwt = "eyJ-_.eyJ-_.c-_1";

describe("the request of a resolver's event", () => {
  it("is a POST to the API that nobody has signed, and from nowhere", () => {
    expect(resolverRequest(event())).toStrictEqual({
      method: "POST",
      target: "/graphql",
      wire: false,
      headers: expect.anything(),
    });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a list", [event()]],
    ["one without a request", {}],
    ["one with a text for a request", { request: "x" }],
    ["one with a list of headers", { request: { headers: [] } }],
    ["one with a header that is no text", event({}, { "x-a": 1 })],
    ["one with two texts for a header", event({}, { "x-a": ["1", "2"] })],
    ["one whose request is its prototype's", Object.create(event())],
  ])("is none where the event is %s", (_, given) => {
    expect(() => resolverRequest(given)).toThrow(AuthError);
    expect(() => resolverRequest(given)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  it.each<[string, string]>([
    [jwt, `Bearer ${jwt}`],
    [`Bearer ${jwt}`, `Bearer ${jwt}`],
    [`bearer ${jwt}`, `bearer ${jwt}`],
    ["a.b", "a.b"],
    ["a.b.c.d", "a.b.c.d"],
    ["a.b.c=", "a.b.c="],
    [".b.c", ".b.c"],
    ["a..c", "a..c"],
    [` ${jwt}`, ` ${jwt}`],
    [`${jwt}\n`, `${jwt}\n`],
    ["AWS4-HMAC-SHA256 a.b.c", "AWS4-HMAC-SHA256 a.b.c"],
    ["", ""],
  ])("has a bare token as a bearer's, and else what was sent: %j", (sent, expected) => {
    for (const name of ["authorization", "Authorization"]) {
      expect(headersOf(event({}, { [name]: sent }))).toEqual({ authorization: [expected] });
      expect(headersOf(event({ identity: null }, { [name]: sent }))).toEqual({ authorization: [expected] });
    }
  });

  it("leaves a token alone that another header carries, and one beside a signature", () => {
    expect(headersOf(event({}, { "x-token": jwt }))).toEqual({ "x-token": [jwt] });
    const signed = event({ identity: { userArn: "arn:aws:iam::123456789012:user/a" } }, { authorization: jwt });
    expect(headersOf(signed)).toEqual({ authorization: [jwt] });
    expect(resolverRequest(signed).gateway?.format).toBe("appsync-iam");
  });

  it.each(["authorization", "Authorization", "COOKIE", "x-amz-date", "X-Amzn-Oidc-Data", "proxy-authorization"])(
    "has no credential beside the word of an authorizer: %s",
    (name) => {
      const given = event({ identity: { resolverContext: handedOver } }, { [name]: jwt, "x-a": "b" });
      expect(headersOf(given)).toEqual({ "x-a": ["b"] });
    },
  );

  it.each<[string, object | null]>([
    ["null", { resolverContext: null }],
    ["a text", { resolverContext: "{}" }],
    ["a list", { resolverContext: [] }],
    ["its prototype's", Object.create({ resolverContext: handedOver })],
    ["that of no caller", null],
    ["nothing", {}],
  ])("has its credentials where the word of an authorizer is %s", (_, identity) => {
    const request = resolverRequest(event({ identity }, { authorization: jwt }));
    expect(request.headers.get("authorization")).toBe(`Bearer ${jwt}`);
    expect(resolverContextOf(request)).toBeUndefined();
  });
});

describe("the address of the caller", () => {
  it.each<[unknown, string | undefined]>([
    [["192.0.2.1"], "192.0.2.1"],
    [["2001:db8::1"], "2001:db8::1"],
    [["192.0.2.1", null], "192.0.2.1"],
    [["192.0.2.1", "10.0.0.1"], undefined],
    [["192.0.2.1", "192.0.2.1"], undefined],
    [["unknown"], undefined],
    [["192.0.2.1:443"], undefined],
    [["192.0.2.0/24"], undefined],
    [[""], undefined],
    [[7], undefined],
    [[], undefined],
    ["192.0.2.1", undefined],
    [null, undefined],
    [{ 0: "192.0.2.1" }, undefined],
  ])("of %j is %j", (sourceIp, expected) => {
    const request = resolverRequest(event({ identity: { sourceIp } }));
    expect(request.remoteAddress).toBe(expected);
    expect("remoteAddress" in request).toBe(expected !== undefined);
  });
});

describe("the word of an authorizer", () => {
  const contextOf = (request: object, headers: object = {}) =>
    resolverContextOf(resolverRequest({ identity: { resolverContext: handedOver }, request: { headers, ...request } }));

  it.each<[string, object, object, unknown]>([
    ["the domain that AppSync names", { domainName: "api.example" }, { host: "other.example" }, "api.example"],
    ["the host that was called", {}, { host: "api.example" }, "api.example"],
    ["the host that was called, in any spelling", {}, { Host: "api.example" }, "api.example"],
    ["the host where the domain is null", { domainName: null }, { host: "api.example" }, "api.example"],
    ["no host where the domain is empty", { domainName: "" }, { host: "api.example" }, ""],
    ["none where two hosts were called", {}, { Host: "other.example", host: "api.example" }, undefined],
    ["none where one host was called twice", {}, { Host: "api.example", host: "api.example" }, undefined],
    ["none where neither is known", {}, { "x-forwarded-host": "api.example" }, undefined],
    ["none of a prototype", Object.create({ domainName: "api.example" }), {}, undefined],
  ])("is that of %s", (_, request, headers, host) => {
    expect(contextOf(request, headers)).toEqual({ fields: handedOver, host });
  });

  it("is known by the one request that was made of its event", () => {
    const request = resolverRequest(event({ identity: { resolverContext: handedOver } }));
    expect(resolverContextOf(request)?.fields).toBe(handedOver);
    expect(resolverContextOf({ ...request })).toBeUndefined();
    expect(resolverContextOf(Object.create(request))).toBeUndefined();
  });
});

describe("the field of an event", () => {
  it("is a type and a field of it", () => {
    expect(resolvedField({ info: { parentTypeName: "Mutation", fieldName: "a" } })).toBe("Mutation.a");
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a list", []],
    ["one without info", {}],
    ["one with null for info", { info: null }],
    ["one without a type", { info: { fieldName: "a" } }],
    ["one without a field", { info: { parentTypeName: "Mutation" } }],
    ["one with a list for a type", { info: { parentTypeName: ["Mutation"], fieldName: "a" } }],
    ["one with a number for a field", { info: { parentTypeName: "Mutation", fieldName: 1 } }],
    ["one whose field is its prototype's", { info: Object.create({ parentTypeName: "Mutation", fieldName: "a" }) }],
  ])("is none where the event is %s", (_, given) => {
    expect(() => resolvedField(given)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });
});

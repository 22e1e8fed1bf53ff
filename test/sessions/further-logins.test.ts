import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { readFurtherLogins, readLoginProviders } from "../../src/sessions/further-logins.ts";

const userPool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const providers = ["accounts.google.com", "login.example.com"];

function post(body: string | Uint8Array, type?: string): AuthRequest {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return {
    ...{ method: "POST", target: "/.well-known/poolgate/credentials", wire: true },
    headers: new RequestHeaders(type === undefined ? [] : ["Content-Type", type]),
    body: async (limit) => {
      if (bytes.length > limit) throw new AuthError("body_too_large");
      return bytes;
    },
  };
}
const json = (body: string | Uint8Array) => post(body, "application/json");

describe("readLoginProviders", () => {
  it("takes the names that identity pools know", () => {
    const names = [
      "accounts.google.com",
      "login.example.com/tenant",
      "arn:aws:iam::123456789012:saml-provider/Example",
      "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001",
    ];
    expect(readLoginProviders("broker.logins", names, userPool)).toEqual(names);
  });
});

describe("readFurtherLogins", () => {
  it("reads the logins of the body, in the order of the providers", async () => {
    const body = '{"logins":{"login.example.com":"two","accounts.google.com":"one"}}';
    const logins = await readFurtherLogins(json(body), providers);
    expect(Object.entries(logins ?? {})).toEqual([
      ["accounts.google.com", "one"],
      ["login.example.com", "two"],
    ]);
  });

  it("takes a media type in any case, with parameters", async () => {
    const request = post('{"logins":{"accounts.google.com":"one"}}', "Application/JSON; charset=utf-8");
    expect(await readFurtherLogins(request, providers)).toEqual({ "accounts.google.com": "one" });
  });

  it.each([
    ["an empty body", post("")],
    ["an empty object", json("{}")],
    ["no login", json('{"logins":{}}')],
    ["no body at all", { ...post(""), body: undefined } as unknown as AuthRequest],
  ])("finds none in %s", async (_, request) => {
    expect(await readFurtherLogins(request, providers)).toBeUndefined();
  });

  it.each<[string, Partial<AuthRequest>, readonly string[]]>([
    ["a GET", { method: "GET" }, providers],
    ["a POST to a broker without providers", {}, []],
  ])("does not read the body of %s", async (_, changes, known) => {
    const request = { ...json("{"), ...changes, body: () => Promise.reject(new Error("not read")) };
    expect(await readFurtherLogins(request, known)).toBeUndefined();
  });

  it.each<[string, AuthRequest, string]>([
    ["a body without a media type", post('{"logins":{}}'), "unsupported_media_type"],
    ["a form", post("logins=1", "application/x-www-form-urlencoded"), "unsupported_media_type"],
    ["no JSON", json("{"), "invalid_request"],
    ["a list", json("[]"), "invalid_request"],
    ["what is not UTF-8", json(Uint8Array.of(0xff)), "invalid_request"],
    ["something beside the logins", json('{"logins":{},"role":"x"}'), "invalid_request"],
    ["logins twice", json('{"logins":{"accounts.google.com":"a"},"logins":{}}'), "invalid_request"],
    ["one provider twice", json('{"logins":{"accounts.google.com":"a","accounts.google.com":"b"}}'), "invalid_request"],
    ["logins as a list", json('{"logins":["a"]}'), "invalid_request"],
    ["logins that are null", json('{"logins":null}'), "invalid_request"],
    ["a provider that is not accepted", json('{"logins":{"graph.facebook.com":"a"}}'), "invalid_request"],
    ["the user pool", json(`{"logins":{"${userPool}":"a"}}`), "invalid_request"],
    ["__proto__ as a provider", json('{"logins":{"__proto__":"a"}}'), "invalid_request"],
    ["a token that is empty", json('{"logins":{"accounts.google.com":""}}'), "invalid_request"],
    ["a token that is no text", json('{"logins":{"accounts.google.com":7}}'), "invalid_request"],
    ["a token with a line feed", json('{"logins":{"accounts.google.com":"a\\nb"}}'), "invalid_request"],
    [
      "a token of 50,001 characters",
      json(`{"logins":{"accounts.google.com":"${"a".repeat(50_001)}"}}`),
      "invalid_request",
    ],
    ["more than 64 KiB", json(" ".repeat(65_537)), "body_too_large"],
    [
      "two media types",
      {
        ...json("{}"),
        headers: new RequestHeaders(["content-type", "application/json", "content-type", "text/plain"]),
      },
      "duplicate_header",
    ],
  ])("refuses %s", async (_, request, code) => {
    await expect(readFurtherLogins(request, providers)).rejects.toMatchObject({ name: "AuthError", code });
  });
});

import { describe, expect, it } from "vitest";
import { AuthError, type AuthErrorCode } from "../../src/errors.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import {
  accessClaims,
  clientId,
  createSigner,
  idClaims,
  issuer,
  now,
  requestWith,
  seconds,
  userPoolId,
} from "../tokens/token-fixtures.ts";

const signer = createSigner("one");
const foreign = createSigner("one");
const pool = { userPoolId, clientId, jwks: { keys: [signer.jwk] }, clock: () => now } as const;
const gate = bearer({ issuers: [userPool({ ...pool, tokenUse: "access" }), userPool({ ...pool, tokenUse: "id" })] });
const accessOnly = bearer({ issuers: [userPool({ ...pool, tokenUse: "access" })] });

const good = signer.sign(accessClaims());
const [header, payload, signature] = good.split(".") as [string, string, string];
const encode = (text: string) => Buffer.from(text).toString("base64url");
const withClaims = (claims: Readonly<Record<string, unknown>>) => signer.sign(accessClaims(claims));
const withHeader = (members: Readonly<Record<string, unknown>>) => signer.sign(accessClaims(), members);
const text = JSON.stringify(accessClaims());
const deep = (levels: number) => `{"deep":${"[".repeat(levels)}${"]".repeat(levels)},${text.slice(1)}`;
// The last character of 256 bytes in base64url has four bits to spare.
const spareBits = `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`;

/** One refusal of tokens.md: the token, or the `Authorization` headers, and the code and reason that it gets. */
type Row = readonly [name: string, token: string | readonly string[], code: AuthErrorCode, reason?: string];

const badForm = "invalid_token";
const refusals: Readonly<Record<string, readonly Row[]>> = {
  "1, one Authorization header with one token": [
    ["the header twice", [`Bearer ${good}`, `Bearer ${good}`], "ambiguous_credentials"],
    ["the header twice, of two schemes", ["Basic eDp5", `Bearer ${good}`], "ambiguous_credentials"],
    ["a list of two tokens", [`Bearer ${good}, Bearer ${good}`], "ambiguous_credentials"],
    ["a list after the scheme", [`Bearer ${good},${good}`], "ambiguous_credentials"],
    ["no token", ["Bearer"], "malformed_credentials", "write Bearer, one space, the token"],
    ["two spaces", [`Bearer  ${good}`], "malformed_credentials", "write Bearer, one space, the token"],
    ["a tab", [`Bearer\t${good}`], "malformed_credentials", "write Bearer, one space, the token"],
    ["text behind the token", [`Bearer ${good} x`], "malformed_credentials", "write Bearer, one space, the token"],
    ["a token in quotes", [`Bearer "${good}"`], "malformed_credentials", "write Bearer, one space, the token"],
  ],
  "2, its form": [
    ["longer than 16 KiB", withClaims({ pad: "x".repeat(16_384) }), badForm, "it is longer than 16 KiB"],
    ["one part", header, badForm, "it does not have three parts"],
    ["two parts", `${header}.${payload}`, badForm, "it does not have three parts"],
    ["four parts", `${good}.${signature}`, badForm, "it does not have three parts"],
    ["a dot at the end", `${good}.`, badForm, "it does not have three parts"],
    ["an empty header", `.${payload}.${signature}`, badForm, "a part is not canonical base64url"],
    ["an empty payload", `${header}..${signature}`, badForm, "a part is not canonical base64url"],
    ["an empty signature", `${header}.${payload}.`, badForm, "a part is not canonical base64url"],
    ["padding", `${good}==`, badForm, "a part is not canonical base64url"],
    ["spare bits", spareBits, badForm, "a part is not canonical base64url"],
    [
      "a lone last character",
      `${header}.${payload}.${signature.slice(0, -1)}`,
      badForm,
      "a part is not canonical base64url",
    ],
    ["plain base64", `${header}.${payload}.${signature.slice(0, -3)}+/A`, badForm, "a part is not canonical base64url"],
    ["another tilde", `${header}.${payload}.~${signature}`, badForm, "a part is not canonical base64url"],
  ],
  "3, its header": [
    ...["crit", "b64", "jku", "jwk", "x5u", "x5c"].map(
      (name): Row => [
        name,
        withHeader({ [name]: name === "crit" ? ["b64"] : null }),
        badForm,
        `the header has ${name}`,
      ],
    ),
    ["no kid", withHeader({ kid: undefined }), badForm, "kid is not a string of 1 to 128 characters"],
    ["an empty kid", withHeader({ kid: "" }), badForm, "kid is not a string of 1 to 128 characters"],
    ["a kid of 129", withHeader({ kid: "k".repeat(129) }), badForm, "kid is not a string of 1 to 128 characters"],
    ["a kid that is a number", withHeader({ kid: 1 }), badForm, "kid is not a string of 1 to 128 characters"],
    ["no alg", withHeader({ alg: undefined }), badForm, "alg is not a string"],
    ["alg in a list", withHeader({ alg: ["RS256"] }), badForm, "alg is not a string"],
    ["alg none", withHeader({ alg: "none" }), badForm, "alg is not RS256"],
    ["alg HS256", withHeader({ alg: "HS256" }), badForm, "alg is not RS256"],
    ["alg RS512", withHeader({ alg: "RS512" }), badForm, "alg is not RS256"],
    ["alg in lower case", withHeader({ alg: "rs256" }), badForm, "alg is not RS256"],
    [
      "a name twice",
      signer.sign(text, '{"kid":"one","alg":"RS256","alg":"RS256"}'),
      badForm,
      "the header has a name twice in one object",
    ],
    ["no object", signer.sign(text, "[]"), badForm, "the header is not a JSON object"],
    ["no JSON", signer.sign(text, "x"), badForm, "the header is not JSON"],
  ],
  "4, its payload": [
    [
      "not UTF-8",
      signer.sign(Buffer.from(text.replace("ada", "\u00ff"), "latin1")),
      badForm,
      "the payload is not UTF-8",
    ],
    [
      "a key of its sender",
      withClaims({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }),
      badForm,
      "it is bound to a key of its sender (cnf), and so no bearer token",
    ],
    ["a byte order mark", signer.sign(`\ufeff${text}`), badForm, "the payload is not JSON"],
    ["no JSON", signer.sign("x"), badForm, "the payload is not JSON"],
    ["an array", signer.sign(`[${text}]`), badForm, "the payload is not a JSON object"],
    ["null", signer.sign("null"), badForm, "the payload is not a JSON object"],
    [
      "a name twice",
      signer.sign(`{"sub":"root",${text.slice(1)}`),
      badForm,
      "the payload has a name twice in one object",
    ],
    [
      "a name twice, once escaped",
      signer.sign(`{"s\\u0075b":"root",${text.slice(1)}`),
      badForm,
      "the payload has a name twice in one object",
    ],
    [
      "a name twice further in",
      signer.sign(`{"x":[{"a":1,"a":2}],${text.slice(1)}`),
      badForm,
      "the payload has a name twice in one object",
    ],
    ["33 levels", signer.sign(deep(32)), badForm, "the payload is nested deeper than 32"],
    ["a thousand levels", signer.sign(deep(1000)), badForm, "the payload is nested deeper than 32"],
  ],
  "5, its issuer": [
    ["no iss", withClaims({ iss: undefined }), badForm, "iss is not a string"],
    ["iss in a list", withClaims({ iss: [issuer] }), badForm, "iss is not a string"],
    ...[
      `${issuer}/`,
      `${issuer}2`,
      issuer.slice(0, -1),
      issuer.replace("https", "http"),
      issuer.replace("cognito-idp", "Cognito-idp"),
      `${issuer}.evil.example`,
      "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_PoolTwo",
      "https://cognito-identity.amazonaws.com",
      "__proto__",
      "",
    ].map((iss): Row => [`iss ${iss}`, withClaims({ iss }), badForm, "iss is none of the configured issuers"]),
  ],
  "6, its times": [
    ["no exp", withClaims({ exp: undefined }), badForm, "exp is missing"],
    ["exp now", withClaims({ exp: seconds }), "token_expired"],
    ["exp long ago", withClaims({ exp: 0 }), "token_expired"],
    ["exp as text", withClaims({ exp: String(seconds + 60) }), badForm, "exp is not a whole number of seconds"],
    ["exp null", withClaims({ exp: null }), badForm, "exp is not a whole number of seconds"],
    ["exp in milliseconds", withClaims({ exp: now + 60_000 }), badForm, "exp is not a whole number of seconds"],
    [
      "exp infinite",
      signer.sign(text.replace(/"exp":\d+/, '"exp":1e999')),
      badForm,
      "exp is not a whole number of seconds",
    ],
    ["exp fractional", withClaims({ exp: seconds + 0.5 }), badForm, "exp is not a whole number of seconds"],
    ["iat in the future", withClaims({ iat: seconds + 6 }), badForm, "iat is in the future"],
    ["iat as text", withClaims({ iat: String(seconds) }), badForm, "iat is not a whole number of seconds"],
    ["nbf in the future", withClaims({ nbf: seconds + 6 }), badForm, "nbf is in the future"],
    ["nbf negative", withClaims({ nbf: -1 }), badForm, "nbf is not a whole number of seconds"],
    ["auth_time as text", withClaims({ auth_time: "0" }), badForm, "auth_time is not a whole number of seconds"],
  ],
  "7, its claims": [
    ["no token_use", withClaims({ token_use: undefined }), badForm, "token_use is not access or id"],
    ["token_use refresh", withClaims({ token_use: "refresh" }), badForm, "token_use is not access or id"],
    ["token_use in a list", withClaims({ token_use: ["access"] }), badForm, "token_use is not access or id"],
    ["no client_id", withClaims({ client_id: undefined }), badForm, "client_id is not one string"],
    ["client_id in a list", withClaims({ client_id: [clientId] }), badForm, "client_id is not one string"],
    [
      "a foreign client_id",
      withClaims({ client_id: "3foreign" }),
      badForm,
      "client_id is none of the configured clients",
    ],
    [
      "a client_id of Object",
      withClaims({ client_id: "constructor" }),
      badForm,
      "client_id is none of the configured clients",
    ],
    [
      "its client in aud alone",
      withClaims({ client_id: "3foreign", aud: clientId }),
      badForm,
      "client_id is none of the configured clients",
    ],
    [
      "an ID token for another",
      signer.sign(idClaims({ aud: "3foreign" })),
      badForm,
      "aud is none of the configured clients",
    ],
    [
      "an access token for another resource",
      withClaims({ aud: "https://other.example" }),
      badForm,
      "aud binds it to a resource and none is configured",
    ],
    ["an ID token with aud in a list", signer.sign(idClaims({ aud: [clientId] })), badForm, "aud is not one string"],
    [
      "an ID token with client_id alone",
      signer.sign(idClaims({ aud: undefined, client_id: clientId })),
      badForm,
      "aud is not one string",
    ],
    ["no sub", withClaims({ sub: undefined }), badForm, "sub is not one string"],
    ["an empty sub", withClaims({ sub: "" }), badForm, "sub is not one string"],
    ["a sub that is a number", withClaims({ sub: 1 }), badForm, "sub is not one string"],
    [
      "groups as text",
      withClaims({ "cognito:groups": "editors" }),
      badForm,
      "cognito:groups is not an array of strings",
    ],
    ["groups null", withClaims({ "cognito:groups": null }), badForm, "cognito:groups is not an array of strings"],
    [
      "groups as an object",
      withClaims({ "cognito:groups": { editors: true } }),
      badForm,
      "cognito:groups is not an array of strings",
    ],
    [
      "groups with a number",
      withClaims({ "cognito:groups": ["editors", 1] }),
      badForm,
      "cognito:groups is not an array of strings",
    ],
    ["scope in a list", withClaims({ scope: ["a"] }), badForm, "scope is not a string"],
    ["jti that is a number", withClaims({ jti: 1 }), badForm, "jti is not a string"],
    ["origin_jti in a list", withClaims({ origin_jti: ["a"] }), badForm, "origin_jti is not a string"],
  ],
  "8, its signature": [
    ["an unknown kid", withHeader({ kid: "two" }), badForm, "kid is none of the issuer's keys"],
    ["a kid of Object", withHeader({ kid: "constructor" }), badForm, "kid is none of the issuer's keys"],
    ["the key of a stranger", foreign.sign(accessClaims()), badForm, "the signature does not match"],
    [
      "claims that were not signed",
      `${header}.${encode(text.replace("editors", "admins"))}.${signature}`,
      badForm,
      "the signature does not match",
    ],
    [
      "the signature of another token",
      `${header}.${payload}.${withClaims({ sub: "2" }).split(".")[2]}`,
      badForm,
      "the signature does not match",
    ],
    ["a short signature", `${header}.${payload}.AAAA`, badForm, "the signature does not match"],
  ],
};

for (const [title, rows] of Object.entries(refusals)) {
  describe(`bearer looks at ${title}`, () => {
    for (const [name, token, code, reason] of rows) {
      it(`and refuses ${name}`, async () => {
        const request = requestWith(...(typeof token === "string" ? [`Bearer ${token}`] : token));
        expect(gate.detects(request)).toBe(true);
        const refusal = new AuthError(code, reason === undefined ? {} : { reason });
        await expect(gate.verify(request)).rejects.toEqual(refusal);
        await expect(gate.verify(request)).rejects.not.toHaveProperty("cause");
      });
    }
  });
}

describe("bearer", () => {
  it("accepts the token that the refusals are made from", async () => {
    const { principal } = await gate.verify(requestWith(`Bearer ${good}`));
    expect(principal.kind).toBe("user");
  });

  it("refuses an ID token where only access tokens are accepted", async () => {
    await expect(accessOnly.verify(requestWith(`Bearer ${signer.sign(idClaims())}`))).rejects.toEqual(
      new AuthError("invalid_token", { reason: "token_use is not access" }),
    );
  });
});

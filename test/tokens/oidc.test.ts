import { describe, expect, it } from "vitest";
import { oidc } from "../../src/tokens/oidc.ts";
import type { TokenAlgorithm } from "../../src/tokens/token-algorithm.ts";
import { createForeignKey } from "./foreign-key.ts";
import { holdsForEveryIssuer, verifyWith } from "./issuer-contract.ts";
import { now, seconds } from "./token-fixtures.ts";

const issuer = "https://login.example.com/tenant";
const audience = "https://api.example.com";
const every: readonly TokenAlgorithm[] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"];
const keys = every.map((alg) => createForeignKey(alg));
const [key] = keys as [(typeof keys)[number]];
const jwks = { keys: keys.map(({ jwk }) => jwk) };
const common = { issuer, audience, jwks, clock: () => now };

type Members = Readonly<Record<string, unknown>>;

const claimsOf = (claims: Members = {}): Members => ({
  iss: issuer,
  aud: audience,
  sub: "ada",
  azp: "web",
  iat: seconds - 10,
  auth_time: seconds - 20,
  exp: seconds + 300,
  jti: "one",
  scope: "read write",
  realm_access: { roles: ["editors"] },
  org: "acme",
  ...claims,
});

describe("oidc", () => {
  it("says who it is", () => {
    expect(oidc(common)).toMatchObject({
      issuers: [issuer],
      algorithms: ["RS256"],
      trusted: { issuer, declared: true },
    });
  });

  it.each<readonly [Partial<Parameters<typeof oidc>[0]>, boolean]>([
    [{ groupsClaim: "roles" }, false],
    [{ groupsClaim: "roles", groups: "as-is" }, true],
    [{ scopesClaim: "scope", groups: "as-is" }, false],
    [{ scopesClaim: "scope", scopes: "as-is" }, true],
    [{ principalTags: { tenant: "org" }, scopes: "as-is" }, false],
    [{ principalTags: { tenant: "org" }, tags: "as-is" }, true],
  ])("counts as declared once all that it gives is named: %j", (options, declared) => {
    expect(oidc({ ...common, ...options }).trusted.declared).toBe(declared);
  });

  it("makes a user who has no groups, scopes and tags unless it is told where they are", async () => {
    const claims = claimsOf();
    const { principal, facts } = await verifyWith(oidc(common), key.sign(claims));
    expect(principal).toEqual({
      kind: "user",
      id: `user:${issuer}#ada`,
      issuer,
      verifiedBy: "oidc",
      tags: new Map(),
      claims: Object.assign(Object.create(null), claims),
      authenticatedAt: new Date((seconds - 20) * 1000),
      expiresAt: new Date((seconds + 300) * 1000),
    });
    expect(facts).toEqual({ jti: "one", user: `user:${issuer}#ada`, issuedAt: (seconds - 10) * 1000 });
  });

  it("reads groups, scopes and tags where it is told, and names them so", async () => {
    const named = oidc({
      ...common,
      ...{ groupsClaim: ["realm_access", "roles"], groups: { prefix: "kc:" } },
      ...{ scopesClaim: "scope", scopes: { map: { read: "articles/read" } } },
      ...{ principalTags: { tenant: "org" }, tags: { prefix: "kc-" } },
    });
    const { principal } = await verifyWith(named, key.sign(claimsOf()));
    expect(principal.groups).toEqual({ names: new Set(["kc:editors"]), closed: true });
    expect(principal.scopes).toEqual(new Set(["articles/read"]));
    expect(principal.tags).toEqual(new Map([["kc-tenant", "acme"]]));
    const without = await verifyWith(named, key.sign(claimsOf({ realm_access: undefined, scope: undefined })));
    expect(without.principal).not.toHaveProperty("groups");
    expect(without.principal).not.toHaveProperty("scopes");
  });

  it("makes a client, and tells callers apart by another claim than sub", async () => {
    const { principal } = await verifyWith(
      oidc({ ...common, kind: "client", subjectClaim: "azp" }),
      key.sign(claimsOf()),
    );
    expect(principal).toMatchObject({ kind: "client", id: `client:${issuer}#web` });
  });

  it.each(keys)("accepts $jwk.alg where it is listed, and there alone", async (signer) => {
    const alg = signer.jwk.alg as TokenAlgorithm;
    await expect(verifyWith(oidc({ ...common, algorithms: [alg] }), signer.sign(claimsOf()))).resolves.toBeDefined();
    const others = oidc({ ...common, algorithms: every.filter((other) => other !== alg) });
    await expect(verifyWith(others, signer.sign(claimsOf()))).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("lets no algorithm be used with the key of another", async () => {
    const all = oidc({ ...common, algorithms: every });
    for (const signer of keys) {
      for (const { jwk } of keys.filter((other) => other !== signer)) {
        await expect(verifyWith(all, signer.sign(claimsOf(), { kid: jwk.kid as string }))).rejects.toMatchObject({
          code: "invalid_token",
        });
      }
    }
  });

  it("accepts any audience where that was decided", async () => {
    const open = oidc({ ...common, audience: null });
    await expect(verifyWith(open, key.sign(claimsOf({ aud: "other" })))).resolves.toBeDefined();
    await expect(verifyWith(open, key.sign(claimsOf({ aud: undefined })))).resolves.toBeDefined();
  });

  it.each<readonly [string, object, Members, Members]>([
    ["several audiences", {}, { aud: [audience, "userinfo"] }, {}],
    ["events, such as a logout", {}, { events: { "http://schemas.openid.net/event/backchannel-logout": {} } }, {}],
    ["a binding to a key of the sender", {}, { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }, {}],
    ["another client", { authorizedParty: ["app"] }, {}, {}],
    ["no client", { authorizedParty: "web" }, { azp: undefined }, {}],
    ["another type", { type: "at+jwt" }, {}, { typ: "JWT" }],
    ["no type", { type: "at+jwt" }, {}, {}],
    ["groups of the wrong type", { groupsClaim: "org" }, {}, {}],
    ["scopes of the wrong type", { scopesClaim: "realm_access" }, {}, {}],
    ["no subject by the configured claim", { subjectClaim: "oid" }, {}, {}],
  ])("refuses %s", async (_name, options, claims, header) => {
    await expect(verifyWith(oidc({ ...common, ...options }), key.sign(claimsOf(claims), header))).rejects.toMatchObject(
      { code: "invalid_token" },
    );
  });

  it.each<readonly [string, object, Members, Members]>([
    ["several audiences", { authorizedParty: null }, { aud: [audience, "userinfo"] }, {}],
    ["one of its clients", { authorizedParty: ["app", "web"] }, {}, {}],
    ["its type", { type: "at+jwt" }, {}, { typ: "application/at+jwt" }],
  ])("accepts %s where that was decided", async (_name, options, claims, header) => {
    await expect(
      verifyWith(oidc({ ...common, ...options }), key.sign(claimsOf(claims), header)),
    ).resolves.toBeDefined();
  });

  it.each(["jwks", "discovery"])("finds its keys by %s", async (way) => {
    const { jwks: _jwks, ...options } = common;
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json(asked.at(-1) === `${issuer}/jwks` ? jwks : { issuer, jwks_uri: `${issuer}/jwks` });
    };
    const provider = oidc({ ...options, fetch, ...(way === "jwks" && { jwksUri: `${issuer}/jwks` }) });
    await verifyWith(provider, key.sign(claimsOf()));
    const discovery = `${issuer}/.well-known/openid-configuration`;
    expect(asked).toEqual(way === "jwks" ? [`${issuer}/jwks`] : [discovery, `${issuer}/jwks`]);
  });

  it("refuses a token, once it was good, whose key the provider has withdrawn", async () => {
    const { jwks: _jwks, ...options } = common;
    let published = jwks;
    const fetch: typeof globalThis.fetch = async () => Response.json(published);
    const provider = oidc({ ...options, fetch, jwksUri: `${issuer}/jwks`, algorithms: every });
    const token = await verifyWith(provider, key.sign(claimsOf()));
    expect(token.recheck()).toBeUndefined();
    published = { keys: jwks.keys.slice(1) };
    await expect(verifyWith(provider, key.sign(claimsOf(), { kid: "unknown" }))).rejects.toMatchObject({
      code: "invalid_token",
    });
    expect(() => token.recheck()).toThrow("the issuer has withdrawn its key");
  });

  it("fetches nothing for a token that is refused without keys", async () => {
    const { jwks: _jwks, ...options } = common;
    const fetch = () => Promise.reject(new Error("nobody asks"));
    const provider = oidc({ ...options, fetch });
    for (const claims of [{ iss: "https://evil.example" }, { exp: 1 }, { aud: "other" }, { sub: "" }]) {
      await expect(verifyWith(provider, key.sign(claimsOf(claims)))).rejects.toMatchObject({ status: 401 });
    }
    await expect(verifyWith(provider, key.sign(claimsOf()))).rejects.toMatchObject({ code: "keys_unavailable" });
  });

  it.each<readonly [string, unknown, string]>([
    ["issuer", undefined, "missing_option"],
    ["issuer", "login.example.com", "invalid_option"],
    ["issuer", "http://login.example.com", "invalid_option"],
    ["issuer", "https://user:secret@login.example.com", "invalid_option"],
    ["issuer", `${issuer}?a=b`, "invalid_option"],
    ["issuer", `${issuer}#a`, "invalid_option"],
    ["issuer", `${issuer}/ `, "invalid_option"],
    ["issuer", "https://cognito-identity.amazonaws.com", "invalid_option"],
    ["issuer", "https://cognito-identity.cn-north-1.amazonaws.com.cn", "invalid_option"],
    ["issuer", "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws", "invalid_option"],
    ["issuer", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_PoolOne", "invalid_option"],
    ["audience", undefined, "missing_option"],
    ["audience", [], "invalid_option"],
    ["authorizedParty", "", "invalid_option"],
    ["algorithms", [], "invalid_option"],
    ["algorithms", "RS256", "invalid_option"],
    ["algorithms", ["HS256"], "invalid_option"],
    ["algorithms", ["none"], "invalid_option"],
    ["type", "", "invalid_option"],
    ["kind", "role", "invalid_option"],
    ["subjectClaim", "", "invalid_option"],
    ["groupsClaim", "", "invalid_option"],
    ["scopesClaim", [], "invalid_option"],
    ["principalTags", [], "invalid_option"],
    ["groups", "asis", "invalid_option"],
    ["scopes", {}, "invalid_option"],
    ["tags", null, "invalid_option"],
    ["jwksUri", `${issuer}/jwks`, "invalid_option"],
    ["jwks", { keys: [] }, "invalid_option"],
    ["clock", 7, "invalid_option"],
    ["fetch", "fetch", "invalid_option"],
    ["allowLoopbackHttp", "yes", "invalid_option"],
    ["toleranceSeconds", -1, "invalid_option"],
    ["audiences", audience, "unknown_option"],
  ])("refuses the option %s: %j", (name, value, code) => {
    const options = { ...common, [name]: value } as unknown as Parameters<typeof oidc>[0];
    expect(() => oidc(options)).toThrow(expect.objectContaining({ name: "ConfigurationError", code }));
  });

  it("goes by the process clock where it is given none", async () => {
    const { clock: _clock, ...options } = common;
    await expect(verifyWith(oidc(options), key.sign(claimsOf({ exp: 1 })))).rejects.toMatchObject({
      code: "token_expired",
    });
  });
});

describe.each(keys)("the tokens of oidc with $jwk.alg", (signer) => {
  holdsForEveryIssuer({
    create: (clock, toleranceSeconds) =>
      oidc({ ...common, clock, toleranceSeconds, algorithms: [signer.jwk.alg as TokenAlgorithm] }),
    key: signer,
    claims: claimsOf,
  });
});

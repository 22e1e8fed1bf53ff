import { CognitoJwtVerifier } from "aws-jwt-verify";
import express from "express";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { guard } from "../src/adapters/express/guard.ts";
import { createAuthorizer } from "../src/authorizer.ts";
import { allOf, authenticated, claim, equal, group, scope } from "../src/policy/combinators.ts";
import type { Rule } from "../src/policy/rule.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import { oidc } from "../src/tokens/oidc.ts";
import { userPool } from "../src/tokens/user-pool.ts";
import { bearer } from "../src/verify/bearer.ts";
import { accessClaims, clientId, createSigner, requestWith, userPoolId } from "./tokens/token-fixtures.ts";

const signer = createSigner("one");
const jwks = { keys: [signer.jwk] };
// aws-jwt-verify has no clock of its own to set, so both look at the real one.
const seconds = Math.floor(Date.now() / 1000);
const times = { auth_time: seconds - 60, iat: seconds - 60, exp: seconds + 3600 };
type Members = Readonly<Record<string, unknown>>;
const claims = (changes: Members = {}): Members => accessClaims({ ...times, ...changes });

const before = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: "access" });
before.cacheJwks(jwks as unknown as Parameters<typeof before.cacheJwks>[0]);
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks });
const after = createAuthorizer({ verifiers: [bearer({ issuers: [access] })] });

async function answer(rule: Rule, ...authorization: readonly string[]): Promise<readonly [number, string]> {
  const decision = await after.authorize(requestWith(...authorization), { rule });
  return decision.allowed ? [200, ""] : [decision.error.status, decision.error.code];
}

/** The same bytes in another spelling: the last character of a signature of 256 bytes has four bits that say nothing. */
function respelled(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet[alphabet.indexOf(token.at(-1) as string) + 1] as string;
  return token.slice(0, -1) + last;
}

describe("what the pages on migration tell", () => {
  it("is shown with a token that both take", async () => {
    const token = signer.sign(claims());
    expect(before.verifySync(token)).toMatchObject({ username: "ada" });
    expect(await answer(authenticated, `Bearer ${token}`)).toEqual([200, ""]);
  });

  it.each<[string, string]>([
    ["with a claim twice", signer.sign(JSON.stringify(claims()).replace("{", '{"sub":"another",'))],
    ["with padding", `${signer.sign(claims())}==`],
    ["in another spelling of base64url", respelled(signer.sign(claims()))],
    ["from the future", signer.sign(claims({ iat: seconds + 600 }))],
    ["without an end", signer.sign(claims({ exp: undefined }))],
    ["with a broken number for its end", signer.sign(claims({ exp: seconds + 3600.5 }))],
    ["that is bound to another API", signer.sign(claims({ aud: "https://another-api.example.com" }))],
    ["that is bound to a key of its sender", signer.sign(claims({ cnf: { jkt: "thumbprint" } }))],
    ["with groups that are no list", signer.sign(claims({ "cognito:groups": "admins" }))],
    ["with a critical header", signer.sign(claims(), { crit: ["exp"], exp: 1 })],
    ["that brings a key along", signer.sign(claims(), { jwk: signer.jwk })],
    ["with an unencoded payload", signer.sign(claims(), { b64: true })],
    ["that brings certificates along", signer.sign(claims(), { x5c: ["MIIB"] })],
    ["that says where its certificates are", signer.sign(claims(), { x5u: "https://keys.example.com" })],
    ["with a header twice", signer.sign(JSON.stringify(claims()), '{"kid":"two","kid":"one","alg":"RS256"}')],
    ["that says where its key is", signer.sign(claims(), { jku: "https://keys.example.com" })],
    ["of more than 16 KiB", signer.sign(claims({ note: "x".repeat(16_384) }))],
  ])("holds for a token %s, which aws-jwt-verify takes and this gate refuses", async (_name, token) => {
    expect(() => before.verifySync(token)).not.toThrow();
    expect(await answer(authenticated, `Bearer ${token}`)).toEqual([401, "invalid_token"]);
  });

  const token = signer.sign(claims());
  it.each<[string, readonly string[], readonly [number, string]]>([
    ["none", [], [401, "no_credentials"]],
    ["a token without a scheme", [token], [401, "unsupported_scheme"]],
    ["two spaces", [`Bearer  ${token}`], [400, "malformed_credentials"]],
    ["two headers", [`Bearer ${token}`, `Bearer ${token}`], [400, "ambiguous_credentials"]],
    ["two tokens in one header", [`Bearer ${token}, Bearer ${token}`], [400, "ambiguous_credentials"]],
    ["another scheme", ["Basic eDp5"], [401, "unsupported_scheme"]],
    ["DPoP", [`DPoP ${token}`], [401, "unsupported_scheme"]],
    ["an expired token", [`Bearer ${signer.sign(claims({ exp: seconds - 1 }))}`], [401, "token_expired"]],
    ["a token of another client", [`Bearer ${signer.sign(claims({ client_id: "2other" }))}`], [401, "invalid_token"]],
  ])("holds for a request with %s", async (_name, authorization, expected) => {
    expect(await answer(authenticated, ...authorization)).toEqual(expected);
  });

  it.each<[string, Rule, readonly [number, string]]>([
    ["any of several scopes", scope("articles/read", "articles/write"), [200, ""]],
    ["all of several scopes", allOf(scope("articles/read"), scope("articles/write")), [403, "insufficient_scope"]],
    ["any of several groups", group("editors", "admins"), [200, ""]],
    ["a group that the token does not list", group("admins"), [403, "access_denied"]],
    ["a claim", equal(claim("username"), "ada"), [200, ""]],
    ["a claim with another value", equal(claim("username"), "rob"), [403, "access_denied"]],
    ["a claim that is missing", equal(claim("custom:plan"), "gold"), [403, "access_denied"]],
    ["a number, written as a number", equal(claim("version"), 2), [200, ""]],
    ["a number, written as a text", equal(claim("version"), "2"), [403, "access_denied"]],
  ])("holds for a rule on %s", async (_name, rule, expected) => {
    expect(await answer(rule, `Bearer ${token}`)).toEqual(expected);
  });

  it("holds for the principal, whose claims nobody can change", async () => {
    const decision = await after.authorize(requestWith(`Bearer ${token}`), { rule: authenticated });
    if (!decision.allowed) throw decision.error;
    expect(() => Object.assign(decision.principal.claims, { username: "rob" })).toThrow(TypeError);
    expect(() => (decision.principal.claims["cognito:groups"] as string[]).push("admins")).toThrow(TypeError);
  });

  const provider = { iss: "https://login.example.com/", aud: "https://api.example.com", sub: "auth|1", scope: "read" };
  const issued = (changes: Members = {}, header: Members = {}) =>
    signer.sign({ ...times, ...provider, ...changes }, header);
  it.each<[string, string, readonly [number, string]]>([
    ["that is good", issued(), [200, ""]],
    ["without iat", issued({ iat: undefined }), [200, ""]],
    ["from the future", issued({ iat: seconds + 600 }), [401, "invalid_token"]],
    ["that ended three seconds ago", issued({ exp: seconds - 3 }), [401, "token_expired"]],
    ["for two audiences", issued({ aud: [provider.aud, "other"] }), [401, "invalid_token"]],
    ["with a broken number for its end", issued({ exp: seconds + 99.5 }), [401, "invalid_token"]],
    ["without kid", issued({}, { kid: undefined }), [401, "invalid_token"]],
    ["without sub", issued({ sub: undefined }), [401, "invalid_token"]],
    ["that brings a key along", issued({}, { jwk: signer.jwk }), [401, "invalid_token"]],
    ["that is bound to a certificate", issued({ cnf: { "x5t#S256": "x" } }), [401, "invalid_token"]],
    ["with padding", `${issued()}==`, [401, "invalid_token"]],
    ["in another spelling of base64url", respelled(issued()), [401, "invalid_token"]],
    ["with scopes that the rule does not name", issued({ scope: "write" }), [403, "insufficient_scope"]],
    ["that says nothing of scopes", issued({ scope: undefined }), [403, "access_denied"]],
  ])("holds for a token of another provider %s", async (_name, raw, expected) => {
    const staff = oidc({ issuer: provider.iss, audience: provider.aud, scopesClaim: "scope", jwks });
    const gate = createAuthorizer({ verifiers: [bearer({ issuers: [staff] })] });
    const decision = await gate.authorize(requestWith(`Bearer ${raw}`), { rule: scope("read") });
    expect(decision.allowed ? [200, ""] : [decision.error.status, decision.error.code]).toEqual(expected);
  });

  it("holds for a guard that only looks on: it lets pass what it would refuse, and tells", async () => {
    const told: string[] = [];
    const watcher = createAuthorizer({
      verifiers: [bearer({ issuers: [access] })],
      onDecision: (decision) => told.push(decision.allowed ? "allowed" : decision.error.code),
    });
    const app = express();
    app.use(guard(watcher, authenticated, { answer: (_decision, _req, _res, next) => next() }));
    app.use((_req, res) => void res.json("handled"));
    await request(app).get("/").set("authorization", `Bearer ${token}`).expect(200, '"handled"');
    await request(app).get("/").set("authorization", `Bearer ${token}==`).expect(200, '"handled"');
    await request(app).get("/").expect(200, '"handled"');
    expect(told).toEqual(["allowed", "invalid_token", "no_credentials"]);
  });

  it("holds for a token in the query or in a form, where nobody looks", async () => {
    const app = express();
    app.use(guard(after, authenticated));
    app.use((_req, res) => void res.json("handled"));
    const asked = await request(app).get("/").query({ access_token: token });
    expect([asked.status, asked.body.code]).toEqual([401, "no_credentials"]);
    const posted = await request(app).post("/").type("form").send({ access_token: token });
    expect([posted.status, posted.body.code]).toEqual([401, "no_credentials"]);
  });

  it("holds for a token in a header of its own", async () => {
    const token = (request: AuthRequest) => request.headers.get("accesstoken");
    const gate = createAuthorizer({ verifiers: [bearer({ issuers: [access], token })] });
    const ask = async (...raw: readonly string[]) => {
      const headers = new RequestHeaders(raw);
      const decision = await gate.authorize({ ...requestWith(), headers }, { rule: authenticated });
      return decision.allowed ? 200 : decision.error.code;
    };
    const good = signer.sign(claims());
    expect(await ask("AccessToken", good)).toBe(200);
    expect(await ask("AccessToken", good, "AccessToken", good)).toBe("duplicate_header");
    expect(await ask("AccessToken", good, "Authorization", "Basic eDp5")).toBe("ambiguous_credentials");
    expect(await ask()).toBe("no_credentials");
  });

  it("holds for an outage: keys that cannot be fetched are 503 with Retry-After, never 401", async () => {
    const down = userPool({ userPoolId, clientId, tokenUse: "access", fetch: () => Promise.reject(new Error("down")) });
    const app = express();
    app.use(guard(createAuthorizer({ verifiers: [bearer({ issuers: [down] })] }), authenticated));
    const { status, body, headers } = await request(app).get("/").set("authorization", `Bearer ${token}`);
    expect([status, body.code]).toEqual([503, "keys_unavailable"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  });
});

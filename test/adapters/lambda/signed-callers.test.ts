import aws4 from "aws4";
import { describe, expect, it } from "vitest";
import {
  type AuthorizerContext,
  guardHandler,
  lambdaAuthorizer,
  principalOf,
} from "../../../src/adapters/lambda/index.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { createSessions } from "../../../src/sessions/create-sessions.ts";
import { signer } from "../../../src/testing/signer.ts";
import { signedRequest } from "../../../src/verify/signed-request.ts";
import {
  type EventFacts,
  httpAuthorizerEvent,
  httpProxyEvent,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  restProxyEvent,
  restRequestEvent,
  restTokenEvent,
} from "./events.ts";
import { byName, caller, gate, policy } from "./gate.ts";

const now = Date.UTC(2026, 0, 1);
const clock = () => now;
const host = "api.example.com";
const region = "eu-west-1";
const credentials = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "a/secret+of/the+tests/of+the/lambda+adapter",
  sessionToken: "a-session-token-of-the-tests",
};
const editor = signer({ credentials, region, service: host, clock });

/** A gate that knows one signed editor beside the bearer callers, at a stage that signers put ahead of the path. */
async function signedGate(basePath = ""): Promise<Authorizer> {
  const sessions = createSessions({ service: host, region, clock });
  const end = new Date(now + 3_600_000);
  await sessions.open({ ...credentials, principal: caller("ada", ["editors"]), notAfter: end });
  return createAuthorizer({ verifiers: [byName, signedRequest({ sessions, basePath })], policy });
}

/** All headers of a request as the editor signs it. */
async function sign(method: string, path: string, body?: string): Promise<Record<string, string>> {
  return editor.sign({ method, host, path, ...(body !== undefined && { body }) });
}

function lowerCased(headers: object = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

async function contextFrom(authorizer: Authorizer, event: unknown): Promise<AuthorizerContext> {
  const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
  const answer = await handler(event as never);
  expect(answer).toMatchObject({ isAuthorized: true });
  return answer.context;
}

describe("a signed caller", () => {
  it("passes the rule that the bearer caller passes, at each door that sees the whole request", async () => {
    const authorizer = await signedGate();
    const facts = { method: "POST", path: "/articles" };
    for (const headers of [await sign("POST", "/articles", '{"title":"x"}'), { authorization: "Bearer editor" }]) {
      const rest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
      const simple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
      const byPolicy = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });
      const allows = { policyDocument: { Statement: [{ Effect: "Allow" }] } };
      expect(await rest(restRequestEvent({ ...facts, headers }))).toMatchObject(allows);
      expect(await byPolicy(httpAuthorizerEvent({ ...facts, headers }))).toMatchObject(allows);
      expect(await simple(httpAuthorizerEvent({ ...facts, headers }))).toMatchObject({ isAuthorized: true });
    }
  });

  it("is refused with 401 by a TOKEN authorizer", async () => {
    const handler = lambdaAuthorizer(await signedGate(), { format: "rest-token", cache: "off" });
    const { authorization: token } = await sign("GET", "/articles");
    await expect(handler(restTokenEvent({ token: token as string }))).rejects.toThrow(/^Unauthorized$/);
  });

  it("hands over the hash of the body that he signed, and of no body where he states none", async () => {
    const authorizer = await signedGate();
    const stated = await sign("POST", "/articles", "hello");
    expect(
      (await contextFrom(authorizer, httpAuthorizerEvent({ method: "POST", headers: stated }))).contentSha256,
    ).toBe("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    expect((await contextFrom(authorizer, httpAuthorizerEvent())).contentSha256).toBeUndefined();
  });

  it.each([
    ["a REST API", restProxyEvent],
    ["an HTTP API", httpProxyEvent],
  ])("is known behind %s with the body that he signed, and with no other", async (_, event) => {
    const authorizer = await signedGate();
    const headers = await sign("POST", "/articles", "hello");
    const context = await contextFrom(authorizer, httpAuthorizerEvent({ method: "POST", headers }));
    const facts = { method: "POST", headers, context };
    expect(principalOf(event({ ...facts, body: "hello" }), { clock })).toMatchObject({ userId: "ada" });
    const guarded = guardHandler(authorizer, () => ({ statusCode: 204 })) as (event: unknown) => Promise<unknown>;
    expect(await guarded(event({ ...facts, body: "hello" }))).toEqual({ statusCode: 204 });
    for (const body of ["hullo", "", undefined]) {
      const other = event({ ...facts, ...(body !== undefined && { body }) });
      expect(() => principalOf(other, { clock })).toThrow(expect.objectContaining({ code: "payload_mismatch" }));
      expect(await guarded(other)).toMatchObject({ statusCode: 401 });
    }
  });

  it("is known until his session ends", async () => {
    const authorizer = await signedGate();
    const context = await contextFrom(authorizer, httpAuthorizerEvent({ headers: await sign("GET", "/articles") }));
    const event = restProxyEvent({ context });
    expect(principalOf(event, { clock: () => now + 3_599_999 }).verifiedBy).toBe("signed-request");
    expect(() => principalOf(event, { clock: () => now + 3_600_000 })).toThrow(
      expect.objectContaining({ code: "token_expired" }),
    );
  });

  it("signs the stage, which the policy does not see", async () => {
    const authorizer = await signedGate("/prod");
    const headers = await sign("POST", "/prod/articles", "hello");
    const event = httpAuthorizerEvent({ method: "POST", stage: "prod", headers });
    expect((await contextFrom(authorizer, event)).userId).toBe("ada");
    const handler = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
    expect(await handler(restRequestEvent({ method: "POST", headers }))).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Allow" }] },
    });
  });

  it("signs a query, which the gateway may have decoded", async () => {
    const authorizer = await signedGate();
    const facts = { path: "/search", query: { tenant: ["acme"], q: ["a b", "+&=é"] } };
    const headers = await sign("GET", "/search?tenant=acme&q=a%20b&q=%2B%26%3D%C3%A9");
    const rest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
    const allows = { policyDocument: { Statement: [{ Effect: "Allow" }] } };
    expect(await rest(restRequestEvent({ ...facts, headers }))).toMatchObject(allows);
    const moved = { ...facts, query: { tenant: ["acme"], q: ["a b", "+&=e"] } };
    await expect(rest(restRequestEvent({ ...moved, headers }))).rejects.toThrow(/^Unauthorized$/);
  });

  const changes: readonly (readonly [string, EventFacts])[] = [
    ["another path", { path: "/files/a" }],
    ["another method", { method: "HEAD" }],
    ["another query", { query: { page: ["2"] } }],
    ["another host", { headers: { host: "evil.example.com" } }],
    ["another date", { headers: { "x-amz-date": "20260101T000100Z" } }],
    ["a header that is not signed", { headers: { "x-amz-stranger": "1" } }],
    ["two dates, joined by the gateway", { headers: { "x-amz-date": "20260101T000000Z,20260101T000000Z" } }],
    ["two hosts, joined by the gateway", { headers: { host: `${host},${host}` } }],
    ["another session token", { headers: { "x-amz-security-token": "another" } }],
  ];

  it.each(changes)("is refused with %s", async (_, { headers, ...facts }) => {
    const signed = await sign("GET", "/articles");
    const handler = lambdaAuthorizer(await signedGate(), { format: "http-simple", cache: "off" });
    const changed = await handler(httpAuthorizerEvent({ ...facts, headers: { ...signed, ...headers } }));
    expect(changed.isAuthorized).toBe(false);
    expect((await handler(httpAuthorizerEvent({ headers: signed }))).isAuthorized).toBe(true);
  });

  it("is refused with a path that the gateway decoded", async () => {
    const headers = await sign("GET", "/articles/a%20b");
    const handler = lambdaAuthorizer(await signedGate(), { format: "http-simple", cache: "off" });
    expect(await handler(httpAuthorizerEvent({ path: "/articles/a b", headers }))).toMatchObject({
      isAuthorized: false,
      context: { code: "path_not_verifiable" },
    });
  });

  it.each([
    ["a load balancer", loadBalancerEvent],
    ["a load balancer that sends lists", loadBalancerListEvent],
    ["VPC Lattice", latticeEvent],
  ])("is known behind %s by what he signed, and by nothing else", async (_, event) => {
    const guarded = guardHandler(await signedGate(), () => ({ statusCode: 204 })) as (
      event: unknown,
    ) => Promise<unknown>;
    const facts = { path: "/search", query: { tenant: ["acme"], q: ["a b"] } };
    const headers = await sign("GET", "/search?tenant=acme&q=a%20b");
    expect(await guarded(event({ ...facts, headers }))).toEqual({ statusCode: 204 });
    const other = { ...facts, query: { tenant: ["acme"], q: ["a c"] } };
    expect(await guarded(event({ ...other, headers }))).toMatchObject({ statusCode: 401 });
    const post = { method: "POST", headers: await sign("POST", "/articles", "hello") };
    expect(await guarded(event({ ...post, body: "hello" }))).toEqual({ statusCode: 204 });
    expect(await guarded(event({ ...post, body: "hullo" }))).toMatchObject({ statusCode: 401 });
    const spaced = await guarded(event({ path: "/articles/a b", headers: await sign("GET", "/articles/a%20b") }));
    expect(spaced).toMatchObject({ statusCode: 400, body: expect.stringContaining("path_not_verifiable") });
  });

  it("must state the hash of a body that the authorizer does not see", async () => {
    const { headers } = aws4.sign(
      {
        ...{ method: "POST", host, path: "/articles", service: host, region, body: "hello" },
        headers: { "x-amz-date": "20260101T000000Z" },
      },
      credentials,
    );
    const handler = lambdaAuthorizer(await signedGate(), { format: "http-simple", cache: "off" });
    expect(await handler(httpAuthorizerEvent({ method: "POST", headers: lowerCased(headers) }))).toMatchObject({
      isAuthorized: false,
      context: { code: "payload_not_signed" },
    });
  });
});

describe("two credentials that an HTTP API joined into one header", () => {
  it.each([
    ["Bearer editor,Bearer editor"],
    ["Bearer editor, Basic YTpi"],
    ["Bearer editor,AWS4-HMAC-SHA256 Credential=x"],
    ["AWS4-HMAC-SHA256 Credential=x,Bearer editor"],
  ])("are refused: %s", async (authorization) => {
    const handler = lambdaAuthorizer(await signedGate(), { format: "http-simple", cache: "off" });
    expect((await handler(httpAuthorizerEvent({ headers: { authorization } }))).isAuthorized).toBe(false);
  });

  it("are refused where a signature is followed by a token", async () => {
    const headers = await sign("GET", "/articles");
    const authorization = `${headers.authorization},Bearer editor`;
    const handler = lambdaAuthorizer(await signedGate(), { format: "http-simple", cache: "off" });
    expect((await handler(httpAuthorizerEvent({ headers: { ...headers, authorization } }))).isAuthorized).toBe(false);
  });
});

describe("two credentials in the list of a REST API", () => {
  it("are refused as two", async () => {
    const event = restRequestEvent();
    const multiValueHeaders = { Authorization: ["Bearer editor", "Bearer editor"] };
    const handler = lambdaAuthorizer(gate(), { format: "rest-request", cache: "off" });
    expect(await handler({ ...event, multiValueHeaders })).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Deny" }] },
      context: { code: "ambiguous_credentials" },
    });
  });
});

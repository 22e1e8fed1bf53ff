import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closedGroups } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { broker } from "../../src/sessions/broker.ts";
import type { BrokerOptions } from "../../src/sessions/broker-options.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { type Pools, startPools } from "../../src/testing/pools.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { patient } from "./patient-broker.ts";

const path = "/.well-known/poolgate/credentials";
const ada = { name: "ada", groups: ["editors"], attributes: { "custom:tenant": "acme" } };

let pools: Pools;
beforeEach(async () => {
  pools = await startPools({
    guests: true,
    roles: { editors: "ArticleEditor" },
    guestRole: "Visitor",
    loginProviders: ["accounts.google.com"],
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pools.close();
});

function setUp(options: Partial<BrokerOptions> = {}) {
  const { userPoolId, clientId, jwks, identityPoolId, endpoints } = pools;
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
  const id = userPool({ userPoolId, clientId, jwks, tokenUse: "id", principalTags: { tenant: "custom:tenant" } });
  const { identity, sts } = endpoints;
  const hasty = broker({
    ...{ sessions, userPool: id, identityPoolId, guests: true },
    ...{ endpoints: { identity, sts }, allowLoopbackHttp: true, ...options },
  });
  const request = (token?: string): AuthRequest => ({
    ...{ method: "GET", target: path, wire: true },
    headers: new RequestHeaders(token === undefined ? [] : ["authorization", `Bearer ${token}`]),
  });
  return { sessions, hasty, endpoint: patient(hasty), request };
}

describe("the broker with an identity pool and STS on the wire", () => {
  it("gives credentials whose signatures the gate verifies as the user's", async () => {
    const { sessions, endpoint, request } = setUp();
    const signer = pools.signer(ada, {
      service: "api.example.com",
      broker: async (token) => JSON.parse((await endpoint.handle(request(token))).body ?? ""),
    });
    const headers = await signer.sign({ method: "GET", host: "api.example.com", path: "/articles?x=1" });
    const verifier = signedRequest({ sessions });
    const raw = Object.entries({ host: "api.example.com", ...headers }).flat();
    const { principal } = await verifier.verify({
      ...{ method: "GET", target: "/articles?x=1", wire: true, headers: new RequestHeaders(raw) },
      body: async () => new Uint8Array(),
    });
    expect(principal).toMatchObject({
      kind: "user",
      id: `user:${pools.userPoolId}:${pools.userId(ada)}`,
      userId: pools.userId(ada),
      identityId: pools.identityId(ada),
      groups: closedGroups(["editors"]),
      tags: new Map([["tenant", "acme"]]),
      role: { account: pools.accountId, name: "ArticleEditor" },
    });
    expect(pools.calls("GetCallerIdentity")).toBe(1);
  });

  it("gives a guest credentials in the guests' role", async () => {
    const { sessions, endpoint, request } = setUp();
    const { AccessKeyId } = JSON.parse((await endpoint.handle(request())).body ?? "");
    const session = await sessions.find(AccessKeyId);
    expect(session?.principal).toMatchObject({ kind: "guest", groups: closedGroups(), role: { name: "Visitor" } });
  });

  it("gives an unmodified SDK of AWS credentials that work at AWS", async () => {
    const { endpoint } = setUp();
    const seen: string[] = [];
    const server = createServer((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url}`);
      const headers = new RequestHeaders(incoming.rawHeaders);
      const request = { method: incoming.method ?? "", target: incoming.url ?? "", wire: true, headers };
      void endpoint
        .handle(request)
        .then(({ status, headers: fields, body }) => response.writeHead(status, fields).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${port}${path}`);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN", `Bearer ${pools.idToken(ada)}`);
    const client = new STSClient({ region: "eu-west-1", endpoint: pools.endpoints.sts });
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${pools.accountId}:assumed-role/ArticleEditor/CognitoIdentityCredentials`);
    // The SDK waits for a second, and comes again where that was not enough.
    expect(new Set(seen)).toEqual(new Set([`GET ${path}`]));
    const { expiration } = await client.config.credentials();
    const left = (expiration?.getTime() ?? 0) - Date.now();
    expect(left).toBeGreaterThan(59 * 60_000);
    expect(left).toBeLessThanOrEqual(60 * 60_000);
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it("gives a user the role that he asks for, of those of his token", async () => {
    const { sessions, endpoint, request } = setUp({ customRoles: true });
    const roles = ["ArticleEditor", "Reviewer"].map((name) => `arn:aws:iam::${pools.accountId}:role/${name}`);
    const token = pools.idToken(ada, { claims: { "cognito:roles": roles, "cognito:preferred_role": roles[0] } });
    const ask = async (role: string) => {
      const answer = await endpoint.handle({ ...request(token), target: `${path}?role=${role}` });
      const session = answer.status === 200 && (await sessions.find(JSON.parse(answer.body ?? "").AccessKeyId));
      return session ? session.principal.role?.name : JSON.parse(answer.body ?? "").code;
    };
    expect(await ask(`${roles[1]}`)).toBe("Reviewer");
    expect(await ask(`${roles[1]}s`)).toBe("role_not_allowed");
  });

  it("links a login of another provider to the identity of the user, and lets nobody else come by it", async () => {
    const { sessions, endpoint, request } = setUp({ logins: ["accounts.google.com"] });
    const google = await pools.loginToken("accounts.google.com", "g1");
    const send = (token: string, login: string) =>
      endpoint.handle({
        ...request(token),
        method: "POST",
        headers: new RequestHeaders(["authorization", `Bearer ${token}`, "content-type", "application/json"]),
        body: async () => Buffer.from(JSON.stringify({ logins: { "accounts.google.com": login } })),
      });
    const { AccessKeyId } = JSON.parse((await send(pools.idToken(ada), google)).body ?? "");
    expect((await sessions.find(AccessKeyId))?.principal).toMatchObject({
      userId: pools.userId(ada),
      identityId: pools.identityId(ada),
    });
    const conflict = await send(pools.idToken({ name: "bob" }), google);
    expect([conflict.status, JSON.parse(conflict.body ?? "").code]).toEqual([403, "access_denied"]);
    const forged = await send(pools.idToken(ada), "a.b.c");
    expect([forged.status, JSON.parse(forged.body ?? "").code]).toEqual([401, "invalid_token"]);
  });

  it("goes by the classic flow, with the role, session name and policy of the operator", async () => {
    const { sessions, endpoint, request } = setUp({
      classic: {
        roleArn: ({ kind }) => `arn:aws:iam::${pools.accountId}:role/${kind === "guest" ? "Visitor" : "ArticleEditor"}`,
        sessionName: ({ claims, kind }) => (kind === "guest" ? "visitor" : String(claims["cognito:username"])),
        policy: ({ identityId }) => ({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Resource: identityId }] }),
      },
    });
    const roleOf = async (token?: string) => {
      const { AccessKeyId } = JSON.parse((await endpoint.handle(request(token))).body ?? "");
      return (await sessions.find(AccessKeyId))?.principal.role?.arn;
    };
    const sessionArn = `arn:aws:sts::${pools.accountId}:assumed-role`;
    expect(await roleOf(pools.idToken(ada))).toBe(`${sessionArn}/ArticleEditor/ada`);
    expect(await roleOf()).toBe(`${sessionArn}/Visitor/visitor`);
    expect(pools.calls("AssumeRoleWithWebIdentity")).toBe(2);
    expect(pools.calls("GetCredentialsForIdentity")).toBe(0);
  });

  it("answers 500 where the operator's role does not admit the identity pool", async () => {
    const { endpoint, request } = setUp({ classic: { roleArn: "arn:aws:iam::123456789012:role/Elsewhere" } });
    const answer = await endpoint.handle(request(pools.idToken(ada)));
    expect([answer.status, JSON.parse(answer.body ?? "").code]).toEqual([500, "configuration_error"]);
  });

  it.each([
    ["identity", { status: 500 }],
    ["identity", { reset: true }],
    ["GetCredentialsForIdentity", { status: 200, body: "{}", contentType: "application/x-amz-json-1.1" }],
    ["identity", { status: 200, body: "<html>", contentType: "text/html" }],
    ["sts", { status: 503 }],
    ["sts", { reset: true }],
    ["sts", { status: 200, body: "<Arn>x</Arn>", contentType: "text/xml" }],
    ["sts", { delayMs: 2_000 }],
  ] as const)("answers 503 where %s does %j", async (point, outage) => {
    const { hasty, request } = setUp();
    pools.fail(point, outage);
    const answer = await hasty.handle(request(pools.idToken(ada)));
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body ?? "")).toMatchObject({ code: "upstream_unavailable" });
  });
});

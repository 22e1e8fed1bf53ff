import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsClient } from "aws4fetch";
import express from "express";
import {
  createAuthorizer,
  createSessions,
  definePolicy,
  enrollment,
  group,
  type RoleMap,
  signedRequest,
  stsProof,
  userPool,
} from "poolgate";
import { createSignedFetch, type Enrollment, type EnrollOptions, enroll, signProof } from "poolgate/client";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { type Pools, startPools } from "poolgate/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const audience = "articles.example.com";
const roles: RoleMap = { "123456789012/ArticleEditor": { groups: ["editors"] }, "123456789012/Reader": { groups: [] } };
const ada = { name: "ada", groups: ["editors"] };

let pools: Pools;
let url: string;
/** Milliseconds by which the gate's clock is ahead. It only goes forward. */
let ahead = 0;
let forget: (accessKeyId: string) => Promise<void>;
const now = () => Date.now() + ahead;
const server = createServer();

beforeAll(async () => {
  pools = await startPools({ roles: { editors: "ArticleEditor", outsiders: "Outsider" }, clock: now });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  const { region, userPoolId, clientId, jwks } = pools;
  const sessions = createSessions({ service: audience, region: "eu-central-1", clock: now });
  forget = (accessKeyId) => sessions.close(accessKeyId);
  const proofs = { sessions, roles, regions: [region], endpoints: { [region]: pools.endpoints.sts } };
  const limits = { perSourcePerMinute: 6_000, perAccountPerMinute: 60_000 };
  const app = express();
  app.use(
    endpoints(
      enrollment({
        ...proofs,
        ...{ limits, allowLoopbackHttp: true, modes: ["virtual", "derived"], maxSessionMinutes: 30 },
        idToken: userPool({ userPoolId, clientId, tokenUse: "id", jwks, clock: now }),
      }),
    ),
  );
  const authorizer = createAuthorizer({
    verifiers: [
      signedRequest({ sessions, roles, hosts: [`127.0.0.1:${port}`], requireContentType: true }),
      stsProof({ ...proofs, limits, allowLoopbackHttp: true }),
    ],
    policy: definePolicy({ routes: { "* /articles/**": group("editors"), "* /articles": group("editors") } }),
  });
  app.use(authorize(authorizer));
  app.use((req, res) => void res.json({ by: principalOf(req).id, url: req.originalUrl }));
  server.on("request", app);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await pools.close();
});

/** A stock signer that goes by the gate's clock. */
async function stockFetch(enrollment: Enrollment, path: string, method = "GET"): Promise<Response> {
  const datetime = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, "");
  return new AwsClient(enrollment).fetch(url + path, { method, aws: { datetime } });
}

const role = "role:123456789012/ArticleEditor";
let asked = 0;
beforeEach(() => {
  asked = pools.calls("GetCallerIdentity");
});
const askedSince = () => pools.calls("GetCallerIdentity") - asked;

function options(more: Partial<EnrollOptions> = {}): EnrollOptions {
  const credentials = () => pools.credentials(ada);
  const { region, endpoints: aws } = pools;
  return { url, credentials, region, stsEndpoint: aws.sts, audience, clock: now, ...more };
}

describe.each([
  ["virtual", {}],
  ["derived", { mode: "derived", gateRegion: "eu-central-1" }],
] as const)("a caller who enrolls in mode %s", (_, mode) => {
  it("calls with a stock signer", async () => {
    const enrollment = await enroll(options(mode));
    const response = await stockFetch(enrollment, "/articles?x=1", "DELETE");
    expect([response.status, await response.json()]).toEqual([200, { by: role, url: "/articles?x=1" }]);
    expect(enrollment.notAfter.getTime() - now()).toBeLessThanOrEqual(30 * 60_000);
  });

  it("calls by a signed fetch, which enrolls once until it is time to renew", async () => {
    const { url: _url, clock: _clock, ...enrolling } = options(mode);
    const signedFetch = createSignedFetch({ url, clock: now, enroll: enrolling });
    const statuses = await Promise.all(
      ["a", "b", "c"].map(async (body) => (await signedFetch("/articles", { method: "POST", body })).status),
    );
    expect([statuses, askedSince()]).toEqual([[200, 200, 200], 1]);
    ahead += 29 * 60_000;
    expect((await signedFetch("/articles")).status).toBe(200);
    expect(askedSince()).toBe(2);
  });

  it("is let in by its clock being set right, once", async () => {
    const { url: _url, clock: _clock, ...enrolling } = options(mode);
    const signedFetch = createSignedFetch({ url, clock: () => now() + 7_200_000, enroll: enrolling });
    expect((await signedFetch("/articles")).status).toBe(200);
    expect((await signedFetch("/articles")).status).toBe(200);
    expect(askedSince()).toBe(1);
  });

  it("is refused with a role that is not on the list", async () => {
    const credentials = () => pools.credentials({ name: "eve", groups: ["outsiders"] });
    await expect(enroll(options({ ...mode, credentials }))).rejects.toMatchObject({
      code: "role_not_allowed",
      status: 403,
    });
  });

  it("is refused by a gate of another name", async () => {
    await expect(enroll(options({ ...mode, audience: "other.example.com" }))).rejects.toMatchObject({
      code: "invalid_signature",
      status: 401,
    });
  });

  it("comes as the user whose ID token it enrolls along", async () => {
    const idToken = () => pools.idToken(ada);
    const response = await stockFetch(await enroll(options({ ...mode, idToken })), "/articles");
    expect(await response.json()).toMatchObject({ by: `user:${pools.userPoolId}:${pools.userId(ada)}` });
  });
});

describe("two processes that share credentials", () => {
  it.each([
    ["virtual", {}, [401, 200]],
    ["derived", { mode: "derived", gateRegion: "eu-central-1" }, [200, 200]],
  ] as const)("in mode %s are told apart by what still signs", async (_, mode, statuses) => {
    const credentials = await pools.credentials(ada);
    const first = await enroll(options({ ...mode, credentials }));
    const second = await enroll(options({ ...mode, credentials }));
    const answers = await Promise.all([first, second].map((enrollment) => stockFetch(enrollment, "/articles")));
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });
});

describe("a signed fetch whose session the gate has forgotten", () => {
  it("enrolls again and sends the request once more", async () => {
    const { url: _url, clock: _clock, ...enrolling } = options();
    const accessKeyIds: string[] = [];
    const watched: typeof fetch = (input, init) => {
      const authorization = input instanceof Request ? input.headers.get("authorization") : null;
      const [, accessKeyId] = /Credential=([\w-]+)/.exec(authorization ?? "") ?? [];
      if (accessKeyId !== undefined) accessKeyIds.push(accessKeyId);
      return fetch(input, init);
    };
    const signedFetch = createSignedFetch({ url, clock: now, fetch: watched, enroll: enrolling });
    await signedFetch("/articles");
    await forget(String(accessKeyIds[0]));
    ahead += 5_000;
    expect((await signedFetch("/articles", { method: "POST", body: "{}" })).status).toBe(200);
    expect(accessKeyIds[1]).toBe(accessKeyIds[0]);
    expect(accessKeyIds[2]).not.toBe(accessKeyIds[0]);
    expect([accessKeyIds.length, askedSince()]).toEqual([3, 2]);
  });
});

describe("a caller who proves himself in the request", () => {
  it.each([
    ["GET", "/articles/a%20b?x=1+2&y=%C3%A9", {}],
    ["POST", "/articles", { body: "text" }],
    ["PUT", "/articles", { body: Uint8Array.of(0, 255), headers: { "Content-Type": "image/png" } }],
  ] as const)("is let in on %s %s, once", async (method, path, rest) => {
    const { credentials, region, stsEndpoint, clock } = options();
    const common = { method, url: url + path, credentials, region, audience, ...rest };
    const headers = await signProof({ ...common, stsEndpoint: String(stsEndpoint), clock: clock ?? now });
    const send = () => fetch(url + path, { method, headers, body: "body" in rest ? rest.body : null });
    const response = await send();
    expect([response.status, await response.json()]).toEqual([200, { by: role, url: path }]);
    const again = await send();
    expect([again.status, await again.json()]).toMatchObject([401, { code: "request_replayed" }]);
  });
});

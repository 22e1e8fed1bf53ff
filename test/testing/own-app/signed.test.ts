import type { Express } from "express";
import { type Person, type Pools, type Signer, startPools } from "poolgate/testing";
import request from "supertest";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { createApp } from "./app.ts";
import { createGate } from "./gate.ts";

const ada = { name: "ada", groups: ["editors"], attributes: { "custom:tenant": "acme" } };
const post = {
  method: "POST",
  host: "api.example.com",
  path: "/articles",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ title: "Hello" }),
};

const pools: Pools = await startPools({ roles: { editors: "ArticleEditor" } });
let app: Express;

beforeEach(() => {
  pools.recover();
  const gate = createGate(pools);
  app = createApp(gate.authorizer, gate.credentials);
});

afterAll(() => pools.close());

function signer(person: Person): Signer {
  return pools.signer(person, {
    // On a busy machine the exchange takes longer than a broker lets a client wait; whoever comes again joins it.
    broker: (idToken = "") =>
      vi.waitFor(async () => {
        const asked = request(app).get("/.well-known/poolgate/credentials").auth(idToken, { type: "bearer" });
        return (await asked.expect(200)).body;
      }, 30_000),
  });
}

it("lets an editor publish", async () => {
  const headers = await signer(ada).sign(post);
  const answer = await request(app).post("/articles").set(headers).send(post.body);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({ title: "Hello", by: pools.userId(ada) });
});

it("keeps tenants apart", async () => {
  const ours = { method: "GET", host: "api.example.com", path: "/tenants/acme/reports" };
  const theirs = { ...ours, path: "/tenants/globex/reports" };
  const signing = signer(ada);
  expect(
    (
      await request(app)
        .get(ours.path)
        .set(await signing.sign(ours))
    ).status,
  ).toBe(200);
  expect(
    (
      await request(app)
        .get(theirs.path)
        .set(await signing.sign(theirs))
    ).status,
  ).toBe(403);
});

it("refuses another body than the one that was signed", async () => {
  const headers = await signer(ada).sign(post);
  const answer = await request(app)
    .post("/articles")
    .set(headers)
    .send(JSON.stringify({ title: "Bye" }));
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe("payload_mismatch");
});

it("refuses a signature of ten minutes ago, and tells the caller what time it is", async () => {
  const headers = await signer(ada).sign({ ...post, date: new Date(Date.now() - 600_000) });
  const answer = await request(app).post("/articles").set(headers).send(post.body);
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code: "clock_skew", serverTime: expect.any(String) });
});

it("refuses credentials that it has not brokered", async () => {
  const headers = await pools.signer(ada).sign(post);
  const answer = await request(app).post("/articles").set(headers).send(post.body);
  expect(answer.status).toBe(401);
});

it("asks the caller to come back while AWS cannot be asked", async () => {
  pools.fail("identity", { status: 500 });
  const answer = await request(app)
    .get("/.well-known/poolgate/credentials")
    .auth(pools.idToken(ada), { type: "bearer" });
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
});

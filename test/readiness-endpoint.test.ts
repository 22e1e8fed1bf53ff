import express from "express";
import supertest from "supertest";
import { describe, expect, it, vi } from "vitest";
import { authorize } from "../src/adapters/express/authorize.ts";
import { endpoints } from "../src/adapters/express/endpoints.ts";
import { createAuthorizer } from "../src/authorizer.ts";
import { answerEndpoint } from "../src/endpoint-table.ts";
import { authenticated } from "../src/policy/combinators.ts";
import { definePolicy } from "../src/policy/define-policy.ts";
import type { Readiness } from "../src/readiness.ts";
import { type ReadinessEndpointOptions, readinessEndpoint } from "../src/readiness-endpoint.ts";
import { RequestHeaders } from "../src/request.ts";
import { userPool } from "../src/tokens/user-pool.ts";
import { bearer } from "../src/verify/bearer.ts";
import { json, startJwksServer } from "./tokens/jwks-server.ts";
import { clientId, createSigner, now, userPoolId } from "./tokens/token-fixtures.ts";

const request = (method = "GET") => ({ method, target: "/readyz", wire: true, headers: new RequestHeaders([]) });
const ready: Readiness = { scheme: "Bearer", source: "keys", issuer: "https://up.example", state: "ready" };
const stale: Readiness = { ...ready, state: "stale" };
const notAsked: Readiness = { ...ready, state: "not-asked" };
const down: Readiness = { ...ready, state: "unavailable", code: "keys_unavailable" };
const listDown: Readiness = {
  scheme: "Bearer",
  source: "revocations",
  state: "unavailable",
  code: "store_unavailable",
};
const sessions: Readiness = { scheme: "AWS4-HMAC-SHA256", source: "sessions", state: "ready" };
const sessionsDown: Readiness = { ...sessions, state: "unavailable", code: "store_unavailable" };

/** An endpoint over an authorizer that stands as the test says. */
function setUp(report: readonly Readiness[], options: ReadinessEndpointOptions = {}) {
  const stage = { report, time: now, warmedUp: 0, outcome: async (): Promise<void> => {} };
  const authorizer = {
    readiness: () => stage.report,
    ready() {
      stage.warmedUp += 1;
      return stage.outcome();
    },
  };
  const endpoint = readinessEndpoint(authorizer, { clock: () => stage.time, ...options });
  return { stage, endpoint, ask: () => endpoint.handle(request()) };
}

describe("readinessEndpoint", () => {
  it("answers GET and HEAD at /readyz, or where it is told", async () => {
    expect(setUp([]).endpoint).toMatchObject({ path: "/readyz", methods: ["GET", "HEAD"] });
    expect(setUp([], { path: "/health/ready" }).endpoint.path).toBe("/health/ready");
    expect(await answerEndpoint(setUp([]).endpoint, () => request("POST"))).toMatchObject({ status: 405 });
  });

  it("answers 200 without a word on anybody", async () => {
    expect(await setUp([ready, down]).ask()).toEqual({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: '{"status":"ready"}',
    });
  });

  it("answers 503 with Retry-After, and tells no more", async () => {
    expect(await setUp([down]).ask()).toEqual({
      status: 503,
      headers: { "content-type": "application/json", "cache-control": "no-store", "retry-after": "10" },
      body: '{"status":"unavailable"}',
    });
  });

  it("tells how everything stands where it is told to", async () => {
    const answeredAt = new Date(now);
    const { body = "" } = await setUp([{ ...ready, answeredAt }, down], { details: true }).ask();
    expect(JSON.parse(body)).toEqual({
      status: "ready",
      report: [{ ...ready, answeredAt: "2026-07-01T12:00:00.000Z" }, down],
    });
  });

  it.each<readonly [string, readonly Readiness[], number, number]>([
    ["nothing to tell", [], 200, 200],
    ["all ready", [ready, sessions], 200, 200],
    ["keys that are stale", [stale], 200, 200],
    ["keys that nobody asked for", [notAsked], 503, 503],
    ["one issuer of two that is down", [down, ready], 200, 503],
    ["every issuer down", [down, notAsked], 503, 503],
    ["issuers down, signatures not", [down, sessions], 200, 503],
    ["signatures down, issuers not", [ready, sessionsDown], 200, 503],
    ["issuers ready, and a list of revocations that is not", [ready, listDown], 503, 503],
    ["all down", [down, sessionsDown], 503, 503],
    ["a verifier that failed and cannot tell", [{ scheme: "Odd", state: "unavailable" }], 503, 503],
  ])("with %s: answers %j", async (_name, report, any, all) => {
    expect((await setUp(report).ask()).status).toBe(any);
    expect((await setUp(report, { require: "any" }).ask()).status).toBe(any);
    expect((await setUp(report, { require: "all" }).ask()).status).toBe(all);
  });

  it("warms up at most once in ten seconds, however often it is asked, and does not wait for it", async () => {
    const { stage, ask } = setUp([notAsked]);
    for (let at = 0; at < 50; at++) await ask();
    expect(stage.warmedUp).toBe(1);
    stage.time += 9_999;
    await ask();
    expect(stage.warmedUp).toBe(1);
    stage.time += 1;
    stage.outcome = () => Promise.reject(new Error("down"));
    await ask();
    stage.time += 10_000;
    await ask();
    expect(stage.warmedUp).toBe(3);
    stage.time -= 3_600_000;
    await ask();
    expect(stage.warmedUp).toBe(4);
  });

  it.each(["any", "all"] as const)(
    "asks no more than was asked when it warmed up, with require %s",
    async (require) => {
      const { stage, ask } = setUp([notAsked, { ...sessions, state: "not-asked" }], { require });
      expect((await ask()).status).toBe(503);
      // The keys of a load balancer, say, are known by its first token alone, which a server out of service never gets.
      await new Promise(setImmediate);
      expect((await ask()).status).toBe(200);
      stage.report = [down];
      expect((await ask()).status).toBe(503);
    },
  );

  it("does not warm up again before it is done", async () => {
    const { stage, ask } = setUp([ready]);
    let finish = () => {};
    stage.outcome = () => new Promise((resolve) => (finish = resolve));
    await ask();
    stage.time += 60_000;
    await ask();
    expect(stage.warmedUp).toBe(1);
    finish();
    await new Promise(setImmediate);
    await ask();
    expect(stage.warmedUp).toBe(2);
  });

  it("brings a server into service that gets no other request, takes it out at the hard age, and back in", async () => {
    const one = createSigner("one");
    await using server = await startJwksServer(one.jwk);
    let time = now;
    const clock = () => time;
    const pool = userPool({
      ...{ userPoolId, clientId, tokenUse: "access", jwksUri: server.uri, allowLoopbackHttp: true, clock },
      maxStaleSeconds: 3_600,
    });
    const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [pool] })] });
    const endpoint = readinessEndpoint(authorizer, { clock });
    const status = async () => (await endpoint.handle(request())).status;
    expect(await status()).toBe(503);
    await vi.waitFor(async () => expect(await status()).toBe(200), 30_000);
    server.answer = (_request, response) => void response.writeHead(503).end();
    time += 3_599_999;
    expect(await status()).toBe(200);
    time += 1;
    expect(await status()).toBe(503);
    server.answer = json({ keys: [one.jwk] });
    time += 10_000;
    await vi.waitFor(async () => expect(await status()).toBe(200), 30_000);
    expect(server.requests).toBeLessThanOrEqual(4);
  });

  it("is mounted ahead of the gate, where probes without a credential reach it", async () => {
    const { stage, endpoint } = setUp([ready], { details: true });
    const gate = createAuthorizer({
      verifiers: [bearer({ issuers: [userPool({ userPoolId, clientId, tokenUse: "access" })] })],
      policy: definePolicy({ routes: { "* /**": authenticated } }),
    });
    const agent = supertest(express().use(endpoints(endpoint), authorize(gate)));
    expect(await agent.get("/readyz")).toMatchObject({ status: 200, body: { status: "ready", report: [ready] } });
    stage.report = [down];
    expect(await agent.get("/readyz")).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
    expect(await agent.head("/readyz")).toMatchObject({ status: 503, body: {} });
    expect((await agent.get("/other")).status).toBe(401);
  });

  it.each<readonly [string, unknown, unknown, string, string]>([
    ["no authorizer", undefined, undefined, "missing_option", "readinessEndpoint"],
    ["an authorizer that cannot tell", { ready: async () => {} }, {}, "missing_option", "readinessEndpoint"],
    ["a report for an authorizer", { readiness: () => [] }, {}, "missing_option", "readinessEndpoint"],
    ["an unknown option", setUp([]).endpoint, { detail: true }, "unknown_option", "readinessEndpoint.detail"],
    ["no path", {}, { path: "readyz" }, "invalid_option", "readinessEndpoint.path"],
    ["a path with a query", {}, { path: "/readyz?a" }, "invalid_option", "readinessEndpoint.path"],
    ["a path that is no text", {}, { path: 7 }, "invalid_option", "readinessEndpoint.path"],
    ["another demand", {}, { require: "most" }, "invalid_option", "readinessEndpoint.require"],
    ["details in a text", {}, { details: "yes" }, "invalid_option", "readinessEndpoint.details"],
    ["no clock", {}, { clock: 7 }, "invalid_option", "readinessEndpoint.clock"],
  ])("refuses %s", (_name, authorizer, options, code, option) => {
    const given = code === "missing_option" ? authorizer : { ready: async () => {}, readiness: () => [] };
    expect(() => readinessEndpoint(given as never, options as never)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code, option }),
    );
  });
});

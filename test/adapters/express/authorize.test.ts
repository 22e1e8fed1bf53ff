import type { RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it, vi } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { guard } from "../../../src/adapters/express/guard.ts";
import { principalOf } from "../../../src/adapters/express/principal-of.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import type { Decision } from "../../../src/decision.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { frameworks } from "./frameworks.ts";
import { dial, listen, milliseconds, received } from "./listen.ts";
import { spoken } from "./spoken.ts";

const policy = definePolicy({
  routes: {
    "GET /health": "anyone",
    "GET /articles/:id": "authenticated",
    "POST /articles": { group: "editors" },
    "* /tenants/:tenantId/**": "authenticated",
    "OPTIONS /articles/:id": { group: "editors" },
  },
});

const sayWho: RequestHandler = (req, res) => void res.json({ by: principalOf(req).id });

describe.each(frameworks)("authorize, in %s", (_, express) => {
  function serve(options = {}) {
    const verifier = spoken();
    const decisions: Decision[] = [];
    const authorizer = createAuthorizer({
      verifiers: [verifier],
      policy,
      onDecision: (decision) => void decisions.push(decision),
    });
    const app = express();
    app.use(authorize(authorizer, options));
    app.use(sayWho);
    return { app, agent: supertest(app), verifier, decisions };
  }

  it.each<[string, string, string | undefined, number, string]>([
    ["GET", "/health", undefined, 200, "anonymous"],
    ["GET", "/health", "Spoken alice", 200, "user:test:alice"],
    ["GET", "/HEALTH/", undefined, 200, "anonymous"],
    ["GET", "/health?a=1", undefined, 200, "anonymous"],
    ["GET", "/health", "Spoken liar", 401, "invalid_token"],
    ["GET", "/health", "Whispered alice", 401, "unsupported_scheme"],
    ["GET", "/articles/7", undefined, 401, "no_credentials"],
    ["GET", "/articles/7", "Spoken alice", 200, "user:test:alice"],
    ["POST", "/articles", "Spoken alice", 403, "access_denied"],
    ["POST", "/articles", "Spoken alice editors", 200, "user:test:alice"],
    ["PUT", "/articles", "Spoken alice editors", 403, "no_route"],
    ["GET", "/unknown", "Spoken alice editors", 403, "no_route"],
    ["GET", "/unknown", undefined, 401, "no_credentials"],
    ["DELETE", "/tenants/a/b/c", "Spoken alice", 200, "user:test:alice"],
    ["OPTIONS", "/articles/7", undefined, 401, "no_credentials"],
    ["OPTIONS", "/articles/7", "Spoken alice editors", 200, "user:test:alice"],
    ["GET", "/articles//7", "Spoken alice", 400, "target_not_canonical"],
    ["GET", "/tenants/a/%2e%2e/b", "Spoken alice", 400, "target_not_canonical"],
    ["GET", "/tenants/a%2fb", "Spoken alice", 400, "target_not_canonical"],
  ])("answers %s %s from %s with %i %s", async (method, target, authorization, status, answer) => {
    const { app, decisions } = serve();
    const { url } = await listen(app);
    // fetch would normalize the target, a request made by hand does not.
    const { port } = new URL(url);
    const socket = await dial(Number(port));
    const credential = authorization === undefined ? "" : `authorization: ${authorization}\r\n`;
    socket.write(`${method} ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${credential}\r\n`);
    const [head = "", body = ""] = (await received(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const document = JSON.parse(body);
    expect(status === 200 ? document.by : document.code).toBe(answer);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([status === 200]);
  });

  it("answers a refusal as a problem document with a challenge", async () => {
    const response = await serve().agent.get("/articles/7");
    expect([response.status, response.headers["www-authenticate"]]).toEqual([401, "Spoken"]);
    expect(response.headers["content-type"]).toBe("application/problem+json");
    expect(response.headers["cache-control"]).toBe("no-store");
    expect(response.body).toEqual({
      title: "Unauthorized",
      status: 401,
      detail: "This request needs a credential and carries none.",
      code: "no_credentials",
    });
  });

  it("answers a refused HEAD without a body", async () => {
    const { port } = await listen(serve().app);
    const socket = await dial(port);
    socket.write("HEAD /articles/7 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    expect(await received(socket)).toMatch(/^HTTP\/1.1 401 .*www-authenticate: Spoken\r\n.*\r\n\r\n$/is);
  });

  it("lets HEAD through by the rule of GET", async () => {
    expect((await serve().agent.head("/articles/7").set("authorization", "Spoken alice")).status).toBe(200);
  });

  it("refuses a header that asks for another method", async () => {
    const response = await serve().agent.get("/health").set("x-http-method-override", "DELETE");
    expect([response.status, response.body.code]).toEqual([400, "method_override"]);
  });

  it("leaves the errors of handlers behind it to Express", async () => {
    const verifier = spoken();
    const app = express();
    app.use(authorize(createAuthorizer({ verifiers: [verifier], policy })));
    app.get("/health", () => {
      throw new Error("of the handler");
    });
    const seen: unknown[] = [];
    app.use(((error, _req, res, _next) => {
      seen.push(error);
      res.status(599).end();
    }) satisfies import("express").ErrorRequestHandler);
    expect((await supertest(app).get("/health")).status).toBe(599);
    expect(seen).toEqual([new Error("of the handler")]);
  });

  it("writes nothing where an answer is on its way already", async () => {
    const app = express();
    app.use((_req, res, next) => {
      res.status(503).end("too late");
      next();
    });
    const behind = vi.fn();
    const answer = vi.fn();
    const decisions: Decision[] = [];
    const onDecision = (decision: Decision) => void decisions.push(decision);
    const authorizer = createAuthorizer({ verifiers: [spoken()], policy, onDecision });
    app.use("/articles", authorize(authorizer), behind);
    app.use("/tenants", authorize(authorizer, { answer }), behind);
    for (const target of ["/articles/7", "/tenants/a/b"]) {
      const response = await supertest(app).get(target);
      expect([response.status, response.text]).toEqual([503, "too late"]);
    }
    await expect.poll(() => decisions, { timeout: 30_000 }).toHaveLength(2);
    await milliseconds(20);
    expect(behind).not.toHaveBeenCalled();
    expect(answer).not.toHaveBeenCalled();
  });
});

describe.each(frameworks)("one policy for nested applications, in %s", (_, express) => {
  const nested = definePolicy({
    routes: { "GET /api": "anyone", "GET /api/v1/:id": { group: "editors" }, "GET /api/v1": "authenticated" },
  });

  it.each<[string, number]>([
    ["/api", 200],
    ["/api/", 200],
    ["/api?x=1", 200],
    ["/api/?x=1", 200],
    ["/API?x=/b", 200],
    ["/api/v1", 200],
    ["/api/v1/", 200],
    ["/api/v1?y", 200],
    ["/api/v1/7", 200],
    ["/api/v1/7?y=/api", 200],
    ["/api/v1/a%20b", 200],
    ["/api/v2", 403],
  ])("judges %s by its full path at every depth", async (target, status) => {
    const verifier = spoken();
    const authorizer = createAuthorizer({ verifiers: [verifier], policy: nested });
    const inner = express.Router();
    const app = express();
    const mounted = express();
    inner.use(authorize(authorizer));
    inner.get("/", sayWho);
    inner.get("/:id", guard(authorizer, "authenticated"), sayWho);
    mounted.use(authorize(authorizer));
    mounted.use("/v1", inner);
    mounted.get("/", sayWho);
    app.use("/api", mounted);
    const response = await supertest(app).get(target).set("authorization", "Spoken alice editors");
    expect([response.status, verifier.asked.length]).toEqual([status, 1]);
    expect(verifier.asked[0]?.target).toBe(target);
  });

  it.each(["/api/", "/:version", ["/other", "/api"], /^\/api/])("holds under the mount path %s", async (mount) => {
    const authorizer = createAuthorizer({ verifiers: [spoken()], policy: nested });
    const app = express();
    app.use(mount, authorize(authorizer), sayWho);
    for (const target of ["/api", "/api/", "/api?x", "/api/?x", "/api/v1", "/api/v1/7?x"]) {
      const response = await supertest(app).get(target).set("authorization", "Spoken alice editors");
      expect([target, response.status]).toEqual([target, 200]);
    }
  });
});

describe("authorize refuses at construction", () => {
  const authorizer = createAuthorizer({ verifiers: [spoken()], policy });

  it.each<[string, () => unknown, string]>([
    [
      "an authorizer without a policy",
      () => authorize(createAuthorizer({ verifiers: [spoken()] })),
      "createAuthorizer.policy",
    ],
    ["no authorizer", () => authorize(undefined as unknown as Authorizer), "authorize"],
    ["something else than an authorizer", () => authorize({} as unknown as Authorizer), "authorize"],
    ["an unknown option", () => authorize(authorizer, { trustProxy: true } as object), "authorize.trustProxy"],
    ["options that are none", () => authorize(authorizer, null as unknown as object), "authorize"],
    ["an answer that is no function", () => authorize(authorizer, { answer: true } as object), "authorize.answer"],
    ["a preflight that is none", () => authorize(authorizer, { preflight: true } as object), "authorize.preflight"],
    ["a time of 0", () => authorize(authorizer, { bodyTimeoutSeconds: 0 }), "authorize.bodyTimeoutSeconds"],
    ["no proxies", () => authorize(authorizer, { trustedProxies: [] }), "authorize.trustedProxies"],
  ])("%s", (_name, construct, option) => {
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });
});

import type { ServerResponse } from "node:http";
import type { ErrorRequestHandler, RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it, vi } from "vitest";
import { createGate, type GateOptions } from "../../../src/adapters/express/gate.ts";
import type { GateRequest } from "../../../src/adapters/express/gate-request.ts";
import { principalOf } from "../../../src/adapters/express/principal-of.ts";
import { type AuthorizeOptions, type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { promised } from "../../../src/awaitable.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { createPrincipal } from "../../../src/principal.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { frameworks } from "./frameworks.ts";
import { spoken } from "./spoken.ts";

const policy = definePolicy({
  routes: { "GET /health": "anyone", "GET /articles/:id": "authenticated", "POST /articles": { group: "editors" } },
});
const authorizer = createAuthorizer({ verifiers: [spoken()], policy });
const sayWho: RequestHandler = (req, res) => void res.json({ by: principalOf(req).id });

/** The authorizer of somebody who wrapped it in JavaScript. */
function wrapped(given: unknown): Authorizer {
  return { ...authorizer, authorize: () => given as never };
}

function gateWith(options: GateOptions = {}, judge: Authorizer = authorizer) {
  return createGate("door", judge, options, () => ({}));
}

/** A native request as far as a gate reads it. */
function nativeRequest(headers: readonly string[]): GateRequest {
  const socket = { remoteAddress: "127.0.0.1" };
  const parts = { method: "GET", url: "/articles/7", originalUrl: "/articles/7", baseUrl: "" };
  return { ...parts, rawHeaders: [...headers], headers: {}, socket } as unknown as GateRequest;
}

describe("a gate", () => {
  const known = createPrincipal({ kind: "user", id: "user:test:alice", issuer: "test", verifiedBy: "test" });
  const atOnce: Verifier = { ...spoken(), verify: () => promised(() => ({ principal: known })) };
  const prompt = createAuthorizer({ verifiers: [atOnce], policy });

  it("lets a request pass before it returns where nothing has to be waited for", () => {
    const next = vi.fn();
    gateWith({}, prompt)(nativeRequest(["authorization", "Spoken alice"]), {} as ServerResponse, next);
    expect(next.mock.calls).toEqual([[]]);
  });

  it("asks whoever wraps the authorizer, and waits for him", async () => {
    const strict: Authorizer = {
      ...prompt,
      authorize: async (request, options) => {
        await prompt.authorize(request, options);
        throw new Error("no");
      },
    };
    const next = vi.fn();
    const answered = new Promise<number>((resolve) => {
      const res = { setHeader: () => {}, statusCode: 0, end: () => resolve(res.statusCode) };
      gateWith({}, strict)(nativeRequest(["authorization", "Spoken alice"]), res as unknown as ServerResponse, next);
    });
    expect(await answered).toBe(500);
    expect(next).not.toHaveBeenCalled();
  });
});

describe.each(frameworks)("a gate, in %s", (_, express) => {
  it("asks the authorizer with the options that are made of the request", async () => {
    const asked: unknown[] = [];
    const optionsFor = vi.fn((req: GateRequest): AuthorizeOptions => ({ rule: "anyone", params: { url: req.url } }));
    const recording: Authorizer = {
      ...authorizer,
      authorize(request, options) {
        asked.push([request.target, options]);
        return authorizer.authorize(request, options);
      },
    };
    const app = express();
    app.use(createGate("door", recording, {}, optionsFor), sayWho);
    const response = await supertest(app).get("/articles/7?a=1").set("authorization", "Spoken alice");
    expect([response.status, response.body]).toEqual([200, { by: "user:test:alice" }]);
    expect(asked).toEqual([["/articles/7?a=1", { rule: "anyone", params: { url: "/articles/7?a=1" } }]]);
    expect(optionsFor).toHaveBeenCalledOnce();
  });

  it("answers a preflight ahead of the authorizer, and no other request", async () => {
    const authorize = vi.fn(authorizer.authorize);
    const behind = vi.fn(sayWho);
    const preflight = { origins: ["https://app.example.com"], methods: ["GET"] };
    const app = express();
    app.use(gateWith({ preflight }, { ...authorizer, authorize }), behind);
    const agent = supertest(app);
    const asked = { origin: "https://app.example.com", "access-control-request-method": "GET" };
    expect((await agent.options("/articles/7").set(asked)).status).toBe(204);
    expect(authorize).not.toHaveBeenCalled();
    expect((await agent.get("/articles/7").set(asked)).status).toBe(401);
    expect(authorize).toHaveBeenCalledOnce();
    expect(behind).not.toHaveBeenCalled();
  });

  it.each<[string, () => void, Authorizer]>([
    ["an authorizer that rejects", () => {}, { ...authorizer, authorize: () => Promise.reject(new Error("secret")) }],
    [
      "an authorizer that throws",
      () => {},
      {
        ...authorizer,
        authorize() {
          throw new Error("secret");
        },
      },
    ],
    [
      "options that cannot be made",
      () => {
        throw new Error("secret");
      },
      authorizer,
    ],
    ["an authorizer that gives nothing", () => {}, wrapped(undefined)],
    ["an authorizer that promises nothing", () => {}, wrapped(Promise.resolve())],
    ["a decision that is a promise", () => {}, wrapped({ allowed: Promise.resolve(false) })],
    ["a decision in a word", () => {}, wrapped({ allowed: "no" })],
    ["a refusal without a reason", () => {}, wrapped({ allowed: false })],
    ["an answer in the place of a decision", () => {}, wrapped({ status: 200, headers: {} })],
  ])("answers for %s, and never calls next", async (_name, fail, judge) => {
    const behind = vi.fn();
    const optionsFor = () => {
      fail();
      return {};
    };
    const app = express();
    app.use(createGate("door", judge, {}, optionsFor), behind);
    const response = await supertest(app).get("/health");
    expect([response.status, response.body.code]).toEqual([
      500,
      expect.stringMatching(/^(internal|configuration)_error$/),
    ]);
    expect(response.text).not.toContain("secret");
    expect(behind).not.toHaveBeenCalled();
  });
});

describe.each(frameworks)("the answer option, in %s", (_, express) => {
  function serve(answer: NonNullable<GateOptions["answer"]>) {
    const app = express();
    const errors: unknown[] = [];
    const behind = vi.fn(sayWho);
    app.use(gateWith({ answer }), behind);
    app.use(((error, _req, res, _next) => {
      errors.push(error);
      res.status(418).end();
    }) satisfies ErrorRequestHandler);
    return { agent: supertest(app), errors, behind };
  }

  it("renders a refused decision with Express's own response", async () => {
    const { agent, behind } = serve((decision, req, res) =>
      res.status(decision.error.status).json({ code: decision.error.code, path: req.path, route: decision.route }),
    );
    const response = await agent.post("/articles").set("authorization", "Spoken alice");
    expect([response.status, response.body]).toEqual([
      403,
      { code: "access_denied", path: "/articles", route: "POST /articles" },
    ]);
    expect(behind).not.toHaveBeenCalled();
  });

  it("forwards a refused decision to the error handlers", async () => {
    const { agent, errors, behind } = serve((decision, _req, _res, next) => next(decision.error));
    expect((await agent.get("/articles/7")).status).toBe(418);
    expect(errors).toEqual([expect.objectContaining({ code: "no_credentials", status: 401 })]);
    expect(behind).not.toHaveBeenCalled();
  });

  it("is not asked about allowed requests", async () => {
    const answer = vi.fn();
    expect((await serve(answer).agent.get("/health")).status).toBe(200);
    expect(answer).not.toHaveBeenCalled();
  });

  it("lets a refused request pass only by its own word, and then nobody is its caller", async () => {
    const { agent, errors } = serve((_decision, _req, _res, next) => next());
    expect((await agent.get("/articles/7")).status).toBe(418);
    expect(errors).toEqual([expect.objectContaining({ option: "principalOf" })]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws an error",
      () => {
        throw new Error("a fault");
      },
    ],
    [
      "throws nothing",
      () => {
        throw undefined;
      },
    ],
    [
      "throws a word that Express understands",
      () => {
        throw "route";
      },
    ],
    ["rejects with nothing", () => Promise.reject(undefined)],
    ["rejects with a word that Express understands", () => Promise.reject("router")],
  ])("never lets a request pass where it %s", async (_name, answer) => {
    const { agent, errors, behind } = serve(answer);
    expect((await agent.get("/articles/7")).status).toBe(418);
    expect(errors).toEqual([expect.any(Error)]);
    expect(behind).not.toHaveBeenCalled();
  });

  it("hears of faults that are found ahead of the authorizer", async () => {
    const app = express();
    const texts: string[] = [];
    app.use((req, _res, next) => {
      req.url = "/elsewhere";
      next();
    });
    app.use(
      gateWith({
        answer: (decision, _req, res) => {
          texts.push(decision.explain().text);
          res.status(decision.error.status).end();
        },
      }),
    );
    expect((await supertest(app).get("/health")).status).toBe(500);
    expect(texts).toEqual([
      "denied: configuration_error - The server is not set up correctly for this request. (something rewrote req.url)",
    ]);
  });
});

describe("createGate refuses at construction", () => {
  it.each<[string, unknown, unknown, string]>([
    ["no authorizer", undefined, {}, "door"],
    ["null for an authorizer", null, {}, "door"],
    ["an authorizer that cannot judge", { ...authorizer, authorize: undefined }, {}, "door"],
    ["an authorizer that cannot compile a rule", { ...authorizer, prepare: undefined }, {}, "door"],
    ["options that are none", authorizer, null, "door"],
    ["an unknown option", authorizer, { trustProxy: true }, "door.trustProxy"],
    ["an answer that is no function", authorizer, { answer: true }, "door.answer"],
    ["null for an answer", authorizer, { answer: null }, "door.answer"],
    ["a preflight that is none", authorizer, { preflight: true }, "door.preflight"],
    ["a time of 0", authorizer, { bodyTimeoutSeconds: 0 }, "door.bodyTimeoutSeconds"],
    ["no proxies", authorizer, { trustedProxies: [] }, "door.trustedProxies"],
  ])("%s", (_name, judge, options, option) => {
    const construct = () => createGate("door", judge as Authorizer, options as GateOptions, () => ({}));
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });
});

import type { RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it, vi } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import type { Decision } from "../../../src/decision.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { createPreflight, type PreflightOptions } from "../../../src/preflight.ts";
import type { AuthRequest } from "../../../src/request.ts";
import { frameworks } from "./frameworks.ts";
import { dial, listen, received } from "./listen.ts";
import { spoken } from "./spoken.ts";

const policy = definePolicy({ routes: { "OPTIONS /open": "anyone", "* /articles": { group: "editors" } } });
const app1 = "https://app.example.com";
const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

describe.each(frameworks)("the preflight option, in %s", (_, express) => {
  function serve(preflight?: PreflightOptions) {
    const behind = vi.fn<RequestHandler>((_req, res) => void res.status(299).end());
    const app = express();
    const authorizer = createAuthorizer({ verifiers: [spoken()], policy });
    app.use(authorize(authorizer, preflight === undefined ? {} : { preflight }), behind);
    return { app, agent: supertest(app), behind };
  }

  const asked = { origin: app1, "access-control-request-method": "POST" };

  it("answers a preflight by itself", async () => {
    const { agent, behind } = serve({
      origins: ["https://other.example.com", app1],
      methods: ["GET", "POST"],
      headers: ["authorization", "content-type"],
      credentials: true,
      maxAgeSeconds: 600,
    });
    const response = await agent.options("/articles").set(asked);
    expect([response.status, response.text]).toEqual([204, ""]);
    expect(response.headers).toMatchObject({
      vary,
      "access-control-allow-origin": app1,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-allow-credentials": "true",
      "access-control-max-age": "600",
    });
    expect(behind).not.toHaveBeenCalled();
  });

  it("says no more than it was told to", async () => {
    const { agent, behind } = serve({ origins: "*", methods: ["GET"] });
    const { headers } = await agent.options("/nowhere").set(asked);
    expect(Object.entries(headers).filter(([name]) => name.startsWith("access-control-"))).toEqual([
      ["access-control-allow-origin", "*"],
      ["access-control-allow-methods", "GET"],
    ]);
    expect(behind).not.toHaveBeenCalled();
  });

  it.each(["https://evil.example.com", "null", "HTTPS://APP.EXAMPLE.COM", `${app1}/`, `${app1}.evil.com`, ""])(
    "grants nothing to the origin %j, and does not call next",
    async (origin) => {
      const { agent, behind } = serve({ origins: [app1], methods: ["GET"], headers: ["authorization"] });
      const { status, headers } = await agent.options("/articles").set({ ...asked, origin });
      expect([status, headers.vary]).toEqual([204, vary]);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(behind).not.toHaveBeenCalled();
    },
  );

  it.each<[string, string, Record<string, string>, number]>([
    ["has another method", "GET", asked, 401],
    ["names no origin", "OPTIONS", { "access-control-request-method": "POST" }, 401],
    ["asks for no method", "OPTIONS", { origin: app1 }, 401],
    ["carries a credential", "OPTIONS", { ...asked, authorization: "Spoken alice" }, 403],
    ["carries a credential of an editor", "OPTIONS", { ...asked, authorization: "Spoken alice editors" }, 299],
    ["carries a credential that nobody knows", "OPTIONS", { ...asked, authorization: "Whispered alice" }, 401],
  ])("leaves to the table a request that %s", async (_name, method, headers, status) => {
    const { app } = serve({ origins: [app1], methods: ["GET"] });
    const { url } = await listen(app);
    const { port } = new URL(url);
    const socket = await dial(Number(port));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} /articles HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${lines.join("")}\r\n`);
    expect(await received(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([
    ["GET /articles?X-Amz-Signature=00", 401],
    ["/articles?x-amz-%61lgorithm=a", 401],
    ["/articles//x", 400],
  ])("does not answer OPTIONS %s as a preflight", async (target, status) => {
    const { app } = serve({ origins: [app1], methods: ["GET"] });
    const { port } = await listen(app);
    const socket = await dial(port);
    socket.write(
      `OPTIONS ${target.replace("GET ", "")} HTTP/1.1\r\nhost: a\r\nconnection: close\r\norigin: ${app1}\r\n` +
        "access-control-request-method: GET\r\n\r\n",
    );
    expect(await received(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it("answers nothing that repeats a header of its own", async () => {
    const { app } = serve({ origins: [app1], methods: ["GET"] });
    const { port } = await listen(app);
    for (const twice of [`origin: ${app1}`, "access-control-request-method: GET"]) {
      const socket = await dial(port);
      socket.write(
        `OPTIONS /articles HTTP/1.1\r\nhost: a\r\nconnection: close\r\norigin: ${app1}\r\n` +
          `access-control-request-method: GET\r\n${twice}\r\n\r\n`,
      );
      expect(await received(socket)).toMatch(/^HTTP\/1.1 401 /);
    }
  });

  it("leaves to the table a request whose credential only its verifier knows", async () => {
    const app = express();
    const verifier = { ...spoken(), detects: (request: AuthRequest) => request.headers.all("x-token").length > 0 };
    app.use(
      authorize(createAuthorizer({ verifiers: [verifier], policy }), {
        preflight: { origins: [app1], methods: ["GET"] },
      }),
    );
    const response = await supertest(app).options("/articles").set(asked).set("x-token", "a");
    expect([response.status, response.body.code]).toEqual([403, "access_denied"]);
  });

  it("leaves to the table a request that a verifier cannot read", async () => {
    const decisions: Decision[] = [];
    const unsure = {
      ...spoken(),
      detects: () => {
        throw new AuthError("duplicate_header");
      },
    };
    const app = express();
    const authorizer = createAuthorizer({
      verifiers: [unsure],
      policy,
      onDecision: (decision) => void decisions.push(decision),
    });
    app.use(authorize(authorizer, { preflight: { origins: [app1], methods: ["GET"] } }));
    expect((await supertest(app).options("/articles").set(asked)).body.code).toBe("duplicate_header");
    expect(decisions).toHaveLength(1);
  });

  it("is off by default: the table judges OPTIONS", async () => {
    const { agent } = serve();
    expect((await agent.options("/articles").set(asked)).status).toBe(401);
    expect((await agent.options("/open").set(asked)).status).toBe(299);
  });
});

describe("the preflight option refuses", () => {
  const good = { origins: [app1], methods: ["GET"] };

  it.each<[unknown, string]>([
    [undefined, "authorize.preflight"],
    [{ ...good, origin: app1 }, "authorize.preflight.origin"],
    [{ ...good, origins: undefined }, "authorize.preflight.origins"],
    [{ ...good, origins: [] }, "authorize.preflight.origins"],
    [{ ...good, origins: ["*"] }, "authorize.preflight.origins"],
    [{ ...good, origins: ["null"] }, "authorize.preflight.origins"],
    [{ ...good, origins: ["app.example.com"] }, "authorize.preflight.origins"],
    [{ ...good, origins: [`${app1}/`] }, "authorize.preflight.origins"],
    [{ ...good, origins: [`${app1}:443`] }, "authorize.preflight.origins"],
    [{ ...good, origins: ["https://App.example.com"] }, "authorize.preflight.origins"],
    [{ ...good, origins: ["https://*.example.com"] }, "authorize.preflight.origins"],
    [{ ...good, origins: [7] }, "authorize.preflight.origins"],
    [{ ...good, origins: "*", credentials: true }, "authorize.preflight.origins"],
    [{ ...good, origins: "*", credentials: "yes" }, "authorize.preflight.origins"],
    [{ ...good, methods: undefined }, "authorize.preflight.methods"],
    [{ ...good, methods: [] }, "authorize.preflight.methods"],
    [{ ...good, methods: ["*"] }, "authorize.preflight.methods"],
    [{ ...good, methods: ["GET, POST"] }, "authorize.preflight.methods"],
    [{ ...good, headers: ["*"] }, "authorize.preflight.headers"],
    [{ ...good, headers: ["a\r\nb"] }, "authorize.preflight.headers"],
    [{ ...good, headers: "authorization" }, "authorize.preflight.headers"],
    [{ ...good, credentials: "yes" }, "authorize.preflight.credentials"],
    [{ ...good, maxAgeSeconds: -1 }, "authorize.preflight.maxAgeSeconds"],
    [{ ...good, maxAgeSeconds: 86_401 }, "authorize.preflight.maxAgeSeconds"],
  ])("%j", (options, option) => {
    const construct = () => createPreflight("authorize.preflight", options as PreflightOptions);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ option }));
  });

  it.each([app1, "http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:3000", "capacitor://localhost"])(
    "nothing about the origin %s",
    (origin) => {
      expect(() => createPreflight("p", { origins: [origin], methods: ["GET"] })).not.toThrow();
    },
  );
});

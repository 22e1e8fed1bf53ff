import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { PassThrough } from "node:stream";
import type { ErrorRequestHandler, RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it, vi } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { guard } from "../../../src/adapters/express/guard.ts";
import { principalOf } from "../../../src/adapters/express/principal-of.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { authenticated } from "../../../src/policy/combinators.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { userPool } from "../../../src/tokens/user-pool.ts";
import { bearer } from "../../../src/verify/bearer.ts";
import { accessClaims, clientId, createSigner, now, sub, userPoolId } from "../../tokens/token-fixtures.ts";
import { frameworks } from "./frameworks.ts";
import { listen } from "./listen.ts";

const signer = createSigner("one");
const clock = () => now;
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock });
const policy = definePolicy({ routes: { "* /**": authenticated } });
const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [access], clock })], policy });
const headers = { authorization: `Bearer ${signer.sign(accessClaims())}`, "content-type": "application/json" };
const other = { authorization: `Bearer ${signer.sign(accessClaims({ sub: "another" }))}` };
const bodies = ["{}", JSON.stringify({ text: "a" }), JSON.stringify({ text: randomBytes(150_000).toString("hex") })];
const digestOf = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

const piping: RequestHandler = (req, res) => {
  const hash = createHash("sha256");
  req
    .pipe(new PassThrough())
    .on("data", (chunk: Buffer) => hash.update(chunk))
    .on("end", () => res.send(hash.digest("hex")));
};
const awaiting: RequestHandler = async (req, res) => {
  const hash = createHash("sha256");
  for await (const chunk of req) hash.update(chunk as Buffer);
  res.send(hash.digest("hex"));
};

/** Sends a body in pieces, each after the event loop has turned. */
function sendSlowly(port: number, body: string, more: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { port, method: "POST", path: "/articles", headers: { ...headers, ...more } },
      (res) => {
        let text = "";
        res.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
      },
    );
    outgoing.on("error", reject);
    const pieces = body.match(/.{1,70000}/g) ?? [];
    (async () => {
      outgoing.flushHeaders();
      for (const piece of pieces) {
        await new Promise((next) => setTimeout(next, 5));
        outgoing.write(piece);
      }
      outgoing.end();
    })().catch(reject);
  });
}

describe.each(frameworks)("a request that is judged at once, in %s", (_, express) => {
  it.each<readonly [string, readonly RequestHandler[]]>([
    [
      "express.json()",
      [express.json({ limit: "1mb" }), (req, res) => void res.send(digestOf(JSON.stringify(req.body)))],
    ],
    ["req.pipe()", [piping]],
    ["for await", [awaiting]],
  ])("has its whole body for %s behind it, however it arrives", async (_name, handlers) => {
    const app = express();
    app.post("/articles", authorize(authorizer), guard(authorizer, "authenticated"), ...handlers);
    const { port, server } = await listen(app);
    for (const body of bodies) {
      const whole = await supertest(server).post("/articles").set(headers).send(body);
      expect([whole.status, whole.text]).toEqual([200, digestOf(body)]);
      expect(await sendSlowly(port, body, {})).toBe(digestOf(body));
      expect(await sendSlowly(port, body, { "content-length": String(body.length) })).toBe(digestOf(body));
    }
  });

  it("goes to the error handlers once where the handler throws in the very call of next", async () => {
    const handled = vi.fn();
    const behind = vi.fn((() => {
      throw new Error("a fault");
    }) satisfies RequestHandler);
    const app = express();
    app.use(authorize(authorizer), guard(authorizer, "authenticated"), behind);
    app.use(((error, _req, res, _next) => {
      handled(error);
      res.status(418).end();
    }) satisfies ErrorRequestHandler);
    expect((await supertest(app).get("/articles").set(headers)).status).toBe(418);
    expect([behind.mock.calls.length, handled.mock.calls.length]).toEqual([1, 1]);
  });

  it("is nobody else's, among many at the same time", async () => {
    const app = express();
    app.use(authorize(authorizer), guard(authorizer, "authenticated"));
    app.get("/me", (req, res) => void setImmediate(() => res.send(principalOf(req, authorizer).id)));
    const { server } = await listen(app);
    const callers: readonly Record<string, string>[] = [headers, other, {}];
    const ids = [`user:${userPoolId}:${sub}`, `user:${userPoolId}:another`, undefined];
    await Promise.all(
      Array.from({ length: 60 }, async (_value, at) => {
        const response = await supertest(server)
          .get("/me")
          .set(callers[at % 3] ?? {});
        expect(response.status).toBe(at % 3 === 2 ? 401 : 200);
        if (at % 3 < 2) expect(response.text).toBe(ids[at % 3]);
      }),
    );
  });
});

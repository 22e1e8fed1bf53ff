import type { RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it } from "vitest";
import { guard } from "../../../src/adapters/express/guard.ts";
import { principalOf } from "../../../src/adapters/express/principal-of.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { frameworks } from "./frameworks.ts";
import { spoken } from "./spoken.ts";

const sayWho: RequestHandler = (req, res) => void res.json(principalOf(req));

describe.each(frameworks)("principalOf, in %s", (_, express) => {
  const authorizer = createAuthorizer({ verifiers: [spoken()] });

  it("gives the caller that a gate has allowed", async () => {
    const app = express();
    app.use(guard(authorizer, "authenticated"), sayWho);
    const response = await supertest(app).get("/").set("authorization", "Spoken alice");
    expect(response.body).toMatchObject({ kind: "user", id: "user:test:alice", verifiedBy: "spoken" });
  });

  it("gives the anonymous caller on a route for anyone", async () => {
    const app = express();
    app.use(guard(authorizer, "anyone"), sayWho);
    expect((await supertest(app).get("/")).body).toMatchObject({ kind: "anonymous", id: "anonymous" });
  });

  it("gives him to whoever names the authorizer of the last gate, and to nobody who names another", async () => {
    const other = createAuthorizer({ verifiers: [spoken()] });
    const app = express();
    app.use(guard(other, "authenticated"), guard(authorizer, "authenticated"), (req, res) => {
      expect(() => principalOf(req, other)).toThrow("pass the one of the last gate ahead of the handler");
      expect(() => principalOf(req, undefined as never)).toThrow(ConfigurationError);
      res.json(principalOf(req, authorizer));
    });
    const response = await supertest(app).get("/").set("authorization", "Spoken alice");
    expect(response.body).toMatchObject({ id: "user:test:alice" });
  });

  it("throws where no gate has judged the request", async () => {
    const app = express();
    const thrown: unknown[] = [];
    app.use((req, res) => {
      try {
        principalOf(req);
      } catch (error) {
        thrown.push(error);
      }
      res.end();
    });
    await supertest(app).get("/");
    expect(thrown).toEqual([expect.any(ConfigurationError)]);
    expect(String(thrown[0])).toContain("mount authorize(...) or guard(...) ahead of the handler");
  });

  it("throws where a later gate has refused the request and its answer let it pass", async () => {
    const app = express();
    const letPass = guard(authorizer, { group: "admins" }, { answer: (_decision, _req, _res, next) => next() });
    app.use(guard(authorizer, "authenticated"), letPass);
    app.use((req, res) => {
      expect(() => principalOf(req)).toThrow(ConfigurationError);
      res.status(299).end();
    });
    expect((await supertest(app).get("/").set("authorization", "Spoken alice")).status).toBe(299);
  });
});

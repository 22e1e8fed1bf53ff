import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorize } from "../../src/adapters/express/authorize.ts";
import { endpoints } from "../../src/adapters/express/endpoints.ts";
import { principalOf } from "../../src/adapters/express/principal-of.ts";
import { lambdaAuthorizer } from "../../src/adapters/lambda/lambda-authorizer.ts";
import { createAuthorizer } from "../../src/authorizer.ts";
import { group } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { httpAuthorizerEvent, restRequestEvent } from "../adapters/lambda/events.ts";
import { authorizationOf, enrollmentMessage, type ProvenRequestParts, requestProof } from "../proofs/prover.ts";
import { editor, openGate, type Stage, setStage } from "../proofs/proving-gate.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.pools.close());

const headerFor = async (parts: ProvenRequestParts) =>
  authorizationOf(await requestProof(await stage.prover(editor), parts));

function authorizer() {
  const { proofs, endpoint } = openGate(stage);
  const policy = definePolicy({ routes: { "* /articles/:id": group("editors") } });
  return { endpoint, authorizer: createAuthorizer({ verifiers: [proofs], policy }) };
}

describe("Express", () => {
  function app() {
    const gate = authorizer();
    return express()
      .use(endpoints(gate.endpoint))
      .use(authorize(gate.authorizer))
      .use(express.json())
      .post("/articles/:id", (req, res) => void res.json({ by: principalOf(req).id, body: req.body }));
  }

  it("lets a proven request through, whose body the application reads", async () => {
    const body = '{"title":"Hello"}';
    const target = "/articles/a%20b?x=1";
    const authorization = await headerFor({ method: "POST", target, contentType: "application/json", body });
    const send = () =>
      request(server).post(target).set({ authorization, "content-type": "application/json" }).send(body);
    const server = app();
    const first = await send();
    expect([first.status, first.body]).toEqual([
      200,
      { by: "role:123456789012/ArticleEditor", body: { title: "Hello" } },
    ]);
    const second = await send();
    expect([second.status, second.body.code]).toEqual([401, "request_replayed"]);
    expect(second.headers["www-authenticate"]).toBe("Poolgate-Request");
  });

  it("refuses a proof with another body", async () => {
    const parts = { method: "POST", target: "/articles/1", contentType: "application/json", body: "{}" };
    const authorization = await headerFor(parts);
    const answer = await request(app())
      .post("/articles/1")
      .set({ authorization, "content-type": "application/json" })
      .send('{"title":"Hello"}');
    expect([answer.status, answer.body.code]).toEqual([401, "invalid_signature"]);
  });

  it("answers enrollments, of at most 8 KiB", async () => {
    const server = app();
    const path = "/.well-known/poolgate/enroll";
    const message = await enrollmentMessage(await stage.prover(editor));
    const answer = await request(server).post(path).send(message);
    expect([answer.status, answer.body.service]).toEqual([200, "api.example.com"]);
    const huge = await request(server)
      .post(path)
      .send({ ...message, token: "x".repeat(8_192) });
    expect([huge.status, huge.body.code]).toEqual([413, "body_too_large"]);
    expect((await request(server).get(path)).status).toBe(405);
  });
});

describe("a Lambda authorizer", () => {
  const path = "/articles/7";

  it("lets a proven GET through, once", async () => {
    const handler = lambdaAuthorizer(authorizer().authorizer, { format: "http-simple", cache: "off" });
    const authorization = await headerFor({ target: path });
    const event = httpAuthorizerEvent({ path, headers: { authorization } });
    expect(await handler(event)).toMatchObject({ isAuthorized: true });
    expect(await handler(httpAuthorizerEvent({ path, headers: { authorization } }))).toMatchObject({
      isAuthorized: false,
    });
  });

  it("takes the query in its canonical form", async () => {
    const handler = lambdaAuthorizer(authorizer().authorizer, { format: "http-simple", cache: "off" });
    const authorization = await headerFor({ target: `${path}?a=x%20y&b=1` });
    const event = httpAuthorizerEvent({
      path,
      query: { b: ["1"], a: ["x y"] },
      headers: { authorization },
    });
    expect(await handler(event)).toMatchObject({ isAuthorized: true });
  });

  it("refuses a proof of a request with a body, and tells the function behind that there is none", async () => {
    const handler = lambdaAuthorizer(authorizer().authorizer, { format: "rest-request", cache: "off" });
    const posted = await headerFor({ method: "POST", target: path, body: "x" });
    const facts = { method: "POST", path, headers: { Authorization: posted } };
    expect(await handler(restRequestEvent(facts)).catch((fault: Error) => fault.message)).toBe("Unauthorized");
    const authorization = await headerFor({ target: path });
    const answer = await handler(restRequestEvent({ path, headers: { Authorization: authorization } }));
    expect(JSON.stringify(answer)).toContain("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

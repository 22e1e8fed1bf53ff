import express from "express";
import fc from "fast-check";
import supertest from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { authorize } from "../../src/adapters/express/authorize.ts";
import type { GateOptions } from "../../src/adapters/express/gate.ts";
import { guard } from "../../src/adapters/express/guard.ts";
import { guardHandler } from "../../src/adapters/lambda/guard-handler.ts";
import { type Authorizer, createAuthorizer } from "../../src/authorizer.ts";
import { ConfigurationError } from "../../src/configuration.ts";
import {
  allOf,
  anyOf,
  claim,
  custom,
  delegate,
  equal,
  group,
  header,
  not,
  oneOf,
  query,
  rule,
  scope,
  stepUp,
  tag,
  userId,
} from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { type Pools, startPools } from "../../src/testing/pools.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { credentials, sessionsOf } from "../signed/gate.ts";
import { sign } from "../signed/reference-signer.ts";
import { httpProxyEvent } from "./lambda/events.ts";

const ada = { name: "ada", groups: ["editors"] };
const host = "api.example.com";

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

type Send = (authorizer: Authorizer, options: GateOptions, sent: Sent) => Promise<Answered>;

/** The same request to each adapter that answers with a problem document. */
const adapters: Readonly<Record<string, Send>> = {
  "Express, authorize": (authorizer, options, sent) => overHttp(authorize(authorizer, options), sent),
  "Express, guard": (authorizer, options, sent) => overHttp(guard(authorizer, "anyone", options), sent),
  async "Lambda, guardHandler"(authorizer, options, { headers, query: values = {} }) {
    const handler = guardHandler(authorizer, async () => ({ statusCode: 200, body: "ok" }), options);
    const answer = await handler(httpProxyEvent({ path: "/a", headers, query: values }), {});
    return { status: answer.statusCode, text: answer.body };
  },
};

async function overHttp(gate: express.RequestHandler, { headers, query: values = {} }: Sent): Promise<Answered> {
  const app = express();
  app.use(gate, (_req, res) => void res.send("ok"));
  const search = new URLSearchParams(
    Object.entries(values).flatMap(([name, list]) => list.map((value) => [name, value] as [string, string])),
  );
  const { status, text } = await supertest(app)
    .get(`/a${search.size > 0 ? `?${search}` : ""}`)
    .set(headers);
  return { status, text };
}

let pools: Pools;

beforeAll(async () => {
  pools = await startPools();
});
afterAll(() => pools.close());
beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

function gateFor(written: Rule): Authorizer {
  const { userPoolId, clientId, jwks } = pools;
  const access = userPool({ userPoolId, clientId, jwks, tokenUse: "access" });
  const loud = () => Promise.reject(new Error(Object.values(credentials).join()));
  return createAuthorizer({
    verifiers: [bearer({ issuers: [access] }), signedRequest({ sessions: sessionsOf() })],
    policy: definePolicy(
      { rules: { never: group("nobody") }, routes: { "GET /a": written } },
      { functions: { loud }, engines: { loud: { decide: loud } } },
    ),
  });
}

/** Whether some caller could pass a rule: one that nobody can is no policy. */
function isPassable(written: Rule): boolean {
  try {
    return gateFor(written) !== undefined;
  } catch (thrown) {
    if (thrown instanceof PolicyError) return false;
    throw thrown;
  }
}

const on: GateOptions = { explainToCallers: "in development" };
const token = () => ({ authorization: `Bearer ${pools.accessToken(ada)}` });
const otherEnd = (end: string) => (end === "AAAA" ? "BAAA" : "AAAA");

describe.each(Object.entries(adapters))("a refusal in %s", (_, send) => {
  it("says nothing of the policy by default", async () => {
    for (const options of [{}, { explainToCallers: undefined }]) {
      const { status, text } = await send(gateFor(group("admins")), options, { headers: token() });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toEqual({
        title: "Forbidden",
        status: 403,
        detail: "The caller may not do this.",
        code: "access_denied",
      });
    }
  });

  it("carries the explanation where the option says so", async () => {
    const { status, text } = await send(gateFor(group("admins")), on, { headers: token() });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({
      code: "access_denied",
      explanation: {
        route: "GET /a",
        caller: { kind: "user", verifiedBy: "user-pool" },
        rules: expect.arrayContaining([
          {
            rule: 'group("admins")',
            value: false,
            operands: [{ operand: "groups", state: "present", value: ["editors"] }],
          },
        ]),
        nearest: [['be in the group "admins"']],
        text: expect.stringMatching(/^denied: access_denied[\s\S]*to be allowed:\n {2}be in the group "admins"$/),
      },
    });
  });

  it("tells an anonymous caller, too", async () => {
    const { status, text } = await send(gateFor(group("admins")), on, { headers: {} });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({
      explanation: {
        caller: { kind: "anonymous" },
        rules: expect.arrayContaining([expect.objectContaining({ value: false })]),
      },
    });
  });

  it.each([
    ["a forged token", () => ({ authorization: token().authorization.replace(/.{4}$/, otherEnd) })],
    ["an expired token", () => ({ authorization: `Bearer ${pools.accessToken(ada, { expiresInSeconds: -60 })}` })],
    ["a scheme that nobody knows", () => ({ authorization: "Basic YTpi" })],
  ])("tells no more than the code where the credential is refused: %s", async (_name, headers) => {
    const { status, text } = await send(gateFor(group("admins")), on, { headers: headers() });
    expect(status).toBe(401);
    expect(JSON.parse(text)).not.toHaveProperty("explanation");
    expect(text).not.toContain("admins");
  });

  it("lets an allowed caller through as ever", async () => {
    expect(await send(gateFor(group("editors")), on, { headers: token() })).toEqual({ status: 200, text: "ok" });
  });

  it("refuses any other word for the option", async () => {
    const given = { explainToCallers: true } as unknown as GateOptions;
    await expect(async () => send(gateFor("guest"), given, { headers: {} })).rejects.toThrow(ConfigurationError);
  });

  it("never holds the token, the signature or a key of the request", async () => {
    const leaf = fc.constantFrom<Rule>(
      group("admins"),
      scope("articles/write"),
      "guest",
      rule("never"),
      custom("loud"),
      delegate("loud"),
      stepUp({ acr: "urn:cognito:loa:4", maxAge: 1 }),
      equal(header("x-copy"), claim("sub")),
      equal(header("x-copy"), query("copy")),
      equal(query("copy"), tag("tenant")),
      equal(query("copy"), "a literal"),
      oneOf(header("x-copy"), ["a", "b"]),
      oneOf(query("copy"), ["a", "b"]),
      equal(userId, header("x-copy")),
    );
    const { never } = fc.letrec<{ readonly any: Rule; readonly never: Rule }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 2 },
        leaf,
        tie("any").map(not),
        fc.tuple(tie("any"), tie("any")).map(([a, b]) => anyOf(a, b)),
      ),
      never: fc.tuple(tie("any"), tie("any"), leaf).map(([a, b, c]) => allOf(anyOf(a, b), c, group("nobody"))),
    }));
    let explained = 0;
    await fc.assert(
      fc.asyncProperty(
        never.filter(isPassable),
        fc.boolean(),
        fc.subarray(["header", "query", "cookie"]),
        async (written, signed, copies) => {
          const jwt = pools.accessToken(ada);
          const secret = signed ? credentials.sessionToken : jwt;
          const extra = {
            ...(copies.includes("header") && { "x-copy": secret }),
            ...(copies.includes("cookie") && { cookie: `session=${secret}` }),
          };
          const values: Readonly<Record<string, readonly string[]>> = copies.includes("query")
            ? { copy: [secret] }
            : {};
          const search = copies.includes("query") ? `copy=${encodeURIComponent(secret)}` : "";
          const request = sign({ method: "GET", path: "/a", query: search, headers: extra });
          const headers = signed ? Object.fromEntries(request.headers) : { ...extra, authorization: `Bearer ${jwt}` };
          const { status, text } = await send(gateFor(written), on, { headers: { host, ...headers }, query: values });
          expect(status, text).toBe(403);
          if ("explanation" in JSON.parse(text)) explained += 1;
          const signature = /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1] ?? "";
          const secrets = [...jwt.split("."), jwt, signature, ...Object.values(credentials)].filter(
            (part) => part !== "",
          );
          for (const part of secrets) {
            expect(text).not.toContain(part);
            expect(text).not.toContain(encodeURIComponent(part));
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(explained).toBe(60);
  });
});

describe("explainToCallers", () => {
  it("does not go with an answer of one's own", () => {
    const both = { ...on, answer: () => {} };
    const option = { option: "authorize.explainToCallers" };
    expect(() => authorize(gateFor("guest"), both)).toThrow(expect.objectContaining(option));
  });
});

import { describe, expect, it } from "vitest";
import { readIdentitySources } from "../../../../src/adapters/lambda/cache/identity-source.ts";
import { oneRequestJudge } from "../../../../src/adapters/lambda/cache/judge-one.ts";
import type { Question } from "../../../../src/adapters/lambda/question.ts";
import { createAuthorizer } from "../../../../src/authorizer.ts";
import { AuthError } from "../../../../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../../../../src/request.ts";
import { byName } from "../gate.ts";
import { byTenant, gateBy, now, tenants } from "./kept-gate.ts";

const until = () => new Date(now);
const httpSources = readIdentitySources("x", ["$request.header.Authorization", "$context.httpMethod", "$context.path"]);

/** A question about one request, whose answer is what it was asked to allow. */
function questionOf(target: string, headers: readonly string[], size = 0): Question<object> {
  const request: AuthRequest = { method: "GET", target, wire: false, headers: new RequestHeaders(headers) };
  return {
    toRequest: () => request,
    toCredentials: () => request,
    keyValues: () => undefined,
    asked: () => undefined,
    allow: (principal, context, statements) => ({ id: principal.id, context, statements, filler: "x".repeat(size) }),
    refuse: () => ({}),
  };
}

describe("an answer for one request", () => {
  const judge = oneRequestJudge(gateBy(tenants), { sources: httpSources, until });

  it("lets the caller pass who may, and says until when it is kept and nothing of other requests", async () => {
    expect(await judge(questionOf("/tenants/A", ["authorization", "Bearer A"]))).toEqual({
      answer: {
        id: "user:A",
        context: expect.objectContaining({ principalId: "user:A", keptUntil: "2026-01-01T00:00:00.000Z" }),
        statements: undefined,
        filler: "",
      },
    });
  });

  it("is the refusal of a caller who may not, and says who he is", async () => {
    const outcome = await judge(questionOf("/tenants/B", ["authorization", "Bearer A"]));
    expect(outcome).toMatchObject({ error: { code: "access_denied" }, principal: { id: "user:A" } });
    expect(outcome).not.toHaveProperty("answer");
    expect(await judge(questionOf("/tenants/B", ["authorization", "Bearer bad"]))).toMatchObject({
      error: { code: "invalid_token" },
    });
  });

  it("asks by when it is kept only once it is given", async () => {
    const never = oneRequestJudge(gateBy(tenants), {
      sources: httpSources,
      until: () => {
        throw new Error("asked");
      },
    });
    expect(await never(questionOf("/tenants/B", ["authorization", "Bearer A"]))).toHaveProperty("error");
    await expect(never(questionOf("/tenants/A", ["authorization", "Bearer A"]))).rejects.toThrow("asked");
  });

  it.each(["/tenants/A?", "/tenants/A?as=B", "/tenants/A?/../../tenants/B", "/tenants/A?a?b"])(
    "is about the path of %s, and knows nothing of its query",
    async (target) => {
      const seen: string[] = [];
      const authorizer = createAuthorizer({
        verifiers: [byTenant],
        policy: tenants,
        onDecision: (_, request) => seen.push(request.target),
      });
      const kept = oneRequestJudge(authorizer, { sources: httpSources, until });
      expect(await kept(questionOf(target, ["authorization", "Bearer A"]))).toHaveProperty("answer");
      expect(seen).toEqual(["/tenants/A"]);
    },
  );

  it.each([
    ["a header that is no part of the key", ["x-tenant", "B"], "authorization"],
    ["a credential that is no part of the key", ["cookie", "session=B"], "authorization"],
    ["a header of the key in another case", ["AUTHORIZATION", "Bearer A"], "authorization"],
  ])("does not go by %s", async (_, more, names) => {
    const seen: string[] = [];
    const authorizer = createAuthorizer({
      verifiers: [byTenant],
      policy: tenants,
      onDecision: (_, request) => seen.push([...request.headers.names()].join()),
    });
    const kept = oneRequestJudge(authorizer, { sources: httpSources, until });
    await kept(questionOf("/tenants/A", ["authorization", "Bearer A", ...more]));
    expect(seen).toEqual([names]);
  });

  it("has every header where the token is the key, since the event has no other", async () => {
    const seen: string[] = [];
    const authorizer = createAuthorizer({
      verifiers: [byTenant],
      policy: tenants,
      onDecision: (_, request) => seen.push(`${request.target} ${[...request.headers.names()].join()}`),
    });
    const kept = oneRequestJudge(authorizer, { sources: undefined, until });
    await kept(questionOf("/tenants/A?x=1", ["authorization", "Bearer A", "host", "a"]));
    expect(seen).toEqual(["/tenants/A authorization,host"]);
  });

  it("is a refusal of a caller of whom too much would have to be told, and names him", async () => {
    const answer = async (size: number) => judge(questionOf("/tenants/A", ["authorization", "Bearer A"], size));
    const empty = Buffer.byteLength(JSON.stringify(((await answer(0)) as { answer: object }).answer));
    expect(await answer(8192 - empty)).toHaveProperty("answer");
    const outcome = await answer(8193 - empty);
    expect(outcome).toMatchObject({ error: { code: "access_denied" }, principal: { id: "user:A" } });
    expect((outcome as { error: AuthError }).error).toBeInstanceOf(AuthError);
  });

  it("leaves to whoever asks what the event makes impossible", async () => {
    const broken = {
      ...questionOf("/", []),
      toRequest: () => {
        throw new AuthError("target_not_canonical");
      },
    };
    await expect(judge(broken)).rejects.toMatchObject({ code: "target_not_canonical" });
    const named = oneRequestJudge(gateBy({ "GET /a": "authenticated" }, byName), { sources: httpSources, until });
    await expect(
      named({
        ...questionOf("/a", ["authorization", "Bearer reader"]),
        allow: () => {
          throw new Error("no answer");
        },
      }),
    ).rejects.toThrow("no answer");
  });
});

import { describe, expect, it } from "vitest";
import { jsonAnswer, problemAnswer } from "../src/answer.ts";
import { AuthError } from "../src/errors.ts";

describe("problemAnswer", () => {
  it("is a problem document with the stable code, and is kept by no cache", () => {
    const answer = problemAnswer(new AuthError("access_denied"));
    expect(answer.status).toBe(403);
    expect(answer.headers).toEqual({ "content-type": "application/problem+json", "cache-control": "no-store" });
    expect(JSON.parse(answer.body ?? "")).toEqual({
      title: "Forbidden",
      status: 403,
      detail: "The caller may not do this.",
      code: "access_denied",
    });
  });

  it("carries the challenge of a 401", () => {
    const { headers } = problemAnswer(new AuthError("invalid_token", { scheme: 'Bearer realm="api"' }));
    expect(headers["www-authenticate"]).toBe('Bearer realm="api", error="invalid_token"');
  });

  it("says when to try again on a 503", () => {
    expect(problemAnswer(new AuthError("keys_unavailable", { retryAfter: 7 })).headers["retry-after"]).toBe("7");
  });

  it("tells the server's time where the clock of the caller is off", () => {
    const { body } = problemAnswer(new AuthError("clock_skew", { serverTime: new Date(0) }));
    expect(JSON.parse(body ?? "")).toMatchObject({ serverTime: "1970-01-01T00:00:00.000Z" });
  });

  it("lists the methods that there are on a 405, and on nothing else", () => {
    const methods = ["GET", "POST"];
    expect(problemAnswer(new AuthError("method_not_allowed"), methods).headers.allow).toBe("GET, POST");
    expect(problemAnswer(new AuthError("no_credentials"), methods).headers).not.toHaveProperty("allow");
    expect(problemAnswer(new AuthError("method_not_allowed")).headers).not.toHaveProperty("allow");
  });

  it("does not show the cause", () => {
    const { body } = problemAnswer(new AuthError("internal_error", { cause: new Error("the inside") }));
    expect(body).not.toContain("inside");
  });
});

describe("jsonAnswer", () => {
  it("is JSON that no cache keeps", () => {
    expect(jsonAnswer(200, { a: 1 })).toEqual({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: '{"a":1}',
    });
  });
});

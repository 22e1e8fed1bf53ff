import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../src/configuration.ts";
import { AuthError, type AuthErrorCode, errorTable, toAuthError } from "../src/errors.ts";

const codes = Object.keys(errorTable) as AuthErrorCode[];

describe("errorTable", () => {
  it.each(codes)("%s has a status of 4xx or 5xx and one sentence", (code) => {
    expect(errorTable[code].status).toBeGreaterThanOrEqual(400);
    expect(errorTable[code].status).toBeLessThan(600);
    expect(errorTable[code].sentence).toMatch(/^[A-Z].*\.$/);
  });

  it.each(codes.filter((code) => errorTable[code].status === 401))(
    "%s challenges, as RFC 9110 demands of a 401",
    (code) => {
      expect(new AuthError(code, { scheme: "Bearer" }).challenge).toMatch(/^Bearer/);
    },
  );

  it.each(codes.filter((code) => errorTable[code].status === 503))("%s says when to try again", (code) => {
    expect(new AuthError(code).retryAfter).toBe(5);
    expect(new AuthError(code, { retryAfter: 1 }).retryAfter).toBe(1);
  });
});

describe("AuthError", () => {
  it("names the schemes only, where no credential was sent", () => {
    expect(new AuthError("no_credentials", { scheme: 'Bearer realm="api", AWS4-HMAC-SHA256' }).challenge).toBe(
      'Bearer realm="api", AWS4-HMAC-SHA256',
    );
  });

  it("adds the error as a parameter of the scheme", () => {
    expect(new AuthError("invalid_token", { scheme: 'Bearer realm="api"' }).challenge).toBe(
      'Bearer realm="api", error="invalid_token"',
    );
    expect(new AuthError("invalid_token", { scheme: "Bearer" }).challenge).toBe('Bearer error="invalid_token"');
  });

  it("names the scopes that are missing", () => {
    expect(new AuthError("insufficient_scope", { scheme: "Bearer", scope: ["a/read", "a/write"] }).challenge).toBe(
      'Bearer error="insufficient_scope", scope="a/read a/write"',
    );
  });

  it("names the authentication that is missing, and the scopes besides", () => {
    const needs = { scope: ["a"], acrValues: ["urn:cognito:loa:3", "urn:cognito:loa:4"], maxAge: 900 };
    expect(
      new AuthError("insufficient_user_authentication", { scheme: 'Bearer realm="api"', ...needs }).challenge,
    ).toBe(
      'Bearer realm="api", error="insufficient_user_authentication", scope="a", ' +
        'acr_values="urn:cognito:loa:3 urn:cognito:loa:4", max_age="900"',
    );
    expect(new AuthError("insufficient_user_authentication", { scheme: "Bearer" }).challenge).toBe(
      'Bearer error="insufficient_user_authentication"',
    );
  });

  it("has no challenge where the code has none", () => {
    expect(new AuthError("access_denied", { scheme: "Bearer" }).challenge).toBeUndefined();
  });

  it("puts the reason behind the sentence", () => {
    expect(new AuthError("invalid_token", { reason: "the signature does not match" }).message).toBe(
      "The token is not valid here. (the signature does not match)",
    );
  });

  it("keeps the challenge of the verifier that threw it", () => {
    const error = new AuthError("invalid_token", { scheme: "Bearer" });
    expect(error.challengedBy("Other")).toBe(error);
    expect(new AuthError("invalid_token").challengedBy("Other").challenge).toBe('Other error="invalid_token"');
  });

  it("is the same fault where its status carries no challenge", () => {
    const error = new AuthError("access_denied");
    expect(error.challengedBy("Bearer")).toBe(error);
  });

  it("keeps reason, time, cause and retry when it is challenged", () => {
    const serverTime = new Date(0);
    const cause = new Error("underneath");
    const error = new AuthError("clock_skew", { reason: "why", serverTime, cause, retryAfter: 2 }).challengedBy("X");
    expect(error).toMatchObject({ serverTime, cause, retryAfter: 2, message: expect.stringContaining("(why)") });
  });
});

describe("toAuthError", () => {
  it("passes an AuthError through", () => {
    const error = new AuthError("access_denied");
    expect(toAuthError(error)).toBe(error);
  });

  it("calls a configuration fault by its name and everything else an internal error", () => {
    expect(toAuthError(new ConfigurationError("invalid_option", "a", "b")).code).toBe("configuration_error");
    expect(toAuthError(new RangeError("x")).code).toBe("internal_error");
    expect(toAuthError("text").code).toBe("internal_error");
  });
});

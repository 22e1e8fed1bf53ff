import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { tokenFacts } from "../../src/tokens/token-facts.ts";

describe("tokenFacts", () => {
  it("names the user, the sign-in and the token", () => {
    const facts = tokenFacts({ jti: "j", origin_jti: "o", sub: "ada" }, "user:pool:ada", 1_000);
    expect(facts).toStrictEqual({ user: "user:pool:ada", originJti: "o", jti: "j", issuedAt: 1_000 });
    expect(Object.isFrozen(facts)).toBe(true);
  });

  it("takes a token that does not say when it was issued for the oldest of all", () => {
    expect(tokenFacts({}, "user:pool:ada", undefined)).toStrictEqual({ user: "user:pool:ada", issuedAt: 0 });
  });

  it.each(["jti", "origin_jti"])("refuses a %s that nobody could revoke", (name) => {
    for (const value of [1, null, ["a"], {}, true]) {
      expect(() => tokenFacts({ [name]: value }, "user:pool:ada", 0)).toThrow(
        new AuthError("invalid_token", { reason: `${name} is not a string` }),
      );
    }
  });
});

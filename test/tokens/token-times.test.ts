import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { readTokenTimes } from "../../src/tokens/token-times.ts";

const now = Date.parse("2026-07-01T12:00:00.500Z");
const at = Math.floor(now / 1000);
const refused = (reason: string) => new AuthError("invalid_token", { reason });

describe("readTokenTimes", () => {
  it("gives the end of the token and the time of sign-in", () => {
    expect(readTokenTimes({ exp: at + 1, iat: at - 60, auth_time: at - 3600 }, now, 0)).toEqual({
      expiresAt: new Date((at + 1) * 1000),
      authenticatedAt: new Date((at - 3600) * 1000),
      issuedAt: (at - 60) * 1000,
      recheck: expect.any(Function),
    });
  });

  it("says nothing of the sign-in where the token does not", () => {
    expect(readTokenTimes({ exp: at + 1 }, now, 0)).toEqual({
      expiresAt: new Date((at + 1) * 1000),
      recheck: expect.any(Function),
    });
  });

  it("looks again as it looked at first", () => {
    const { expiresAt, recheck } = readTokenTimes({ exp: at + 60, nbf: at - 10, iat: at }, now, 10);
    expect(() => recheck((at - 10) * 1000)).not.toThrow();
    expect(() => recheck((at - 10) * 1000 - 1)).toThrow(refused("iat is in the future"));
    expect(() => recheck((at - 20) * 1000 - 1)).toThrow(refused("nbf is in the future"));
    expect(() => recheck((at + 70) * 1000 - 1)).not.toThrow();
    expiresAt.setFullYear(9000);
    expect(() => recheck((at + 70) * 1000)).toThrow(new AuthError("token_expired"));
    expect(() => recheck(Number.NaN)).toThrow(new AuthError("token_expired"));
  });

  it("ends a token in the very second of exp, and later by the tolerance", () => {
    expect(() => readTokenTimes({ exp: at }, at * 1000, 0)).toThrow(new AuthError("token_expired"));
    expect(() => readTokenTimes({ exp: at }, at * 1000 - 1, 0)).not.toThrow();
    expect(() => readTokenTimes({ exp: at }, at * 1000, 1)).not.toThrow();
    expect(() => readTokenTimes({ exp: at }, (at + 1) * 1000, 1)).toThrow(new AuthError("token_expired"));
  });

  it.each([
    ["iat", 0, 5],
    ["iat", 4, 5],
    ["iat", 5, 5],
    ["iat", 6, 6],
    ["iat", 300, 300],
    ["nbf", 0, 5],
    ["nbf", 5, 5],
    ["nbf", 6, 6],
    ["nbf", 300, 300],
  ] as const)(
    "takes %s with a tolerance of %i s when it is %i s ahead, and not a moment more",
    (name, tolerance, ahead) => {
      const read = (time: number) => readTokenTimes({ exp: at + 600, [name]: at + ahead }, time, tolerance);
      expect(() => read(at * 1000)).not.toThrow();
      expect(() => read(at * 1000 - 1)).toThrow(refused(`${name} is in the future`));
    },
  );

  it("gives the end of a token none of the five seconds that its beginning has", () => {
    expect(() => readTokenTimes({ exp: at, iat: at, nbf: at }, at * 1000, 0)).toThrow(new AuthError("token_expired"));
  });

  it("refuses a token without exp", () => {
    expect(() => readTokenTimes({}, now, 0)).toThrow(refused("exp is missing"));
  });

  it.each(["exp", "iat", "nbf", "auth_time"])("refuses a %s that is no whole number of seconds", (name) => {
    for (const value of [null, "1", true, 1.5, -1, Number.POSITIVE_INFINITY, 253_402_300_800, [], {}]) {
      expect(() => readTokenTimes({ exp: at + 1, [name]: value }, now, 0)).toThrow(
        refused(`${name} is not a whole number of seconds`),
      );
    }
    expect(() => readTokenTimes({ exp: 253_402_300_799 }, now, 0)).not.toThrow();
  });

  it("accepts no token where the clock is no number", () => {
    expect(() => readTokenTimes({ exp: at + 600 }, Number.NaN, 0)).toThrow(new AuthError("token_expired"));
  });
});

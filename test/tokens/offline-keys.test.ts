import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { offlineKeys } from "../../src/tokens/offline-keys.ts";
import { createSigner } from "./token-fixtures.ts";

const { jwk } = createSigner("one");

describe("offlineKeys", () => {
  it("finds a key by its kid, and is ready at once", async () => {
    const keys = offlineKeys("userPool.jwks", { keys: [jwk] });
    await keys.ready();
    expect(keys.readiness()).toEqual({ state: "ready" });
    expect((await keys.find("one")).jwk).toEqual(jwk);
  });

  it("trusts its own keys alone, and gives them without a promise", () => {
    const keys = offlineKeys("userPool.jwks", { keys: [jwk] });
    const key = keys.find("one");
    if (key instanceof Promise) throw new Error("it gave a promise");
    expect(keys.trusts(key)).toBe(true);
    expect(keys.trusts({ ...key })).toBe(false);
  });

  it.each(["two", "", "constructor", "__proto__"])("refuses the unknown kid %j", async (kid) => {
    const keys = offlineKeys("userPool.jwks", { keys: [jwk] });
    await expect(keys.find(kid)).rejects.toEqual(
      new AuthError("invalid_token", { reason: "kid is none of the issuer's keys" }),
    );
  });

  it.each([undefined, {}, { keys: [] }, { keys: [{ ...jwk, use: "enc" }] }])("refuses %j at construction", (jwks) => {
    expect(() => offlineKeys("userPool.jwks", jwks)).toThrow(ConfigurationError);
  });
});

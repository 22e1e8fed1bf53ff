import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64url, randomText } from "../../src/client/base64url.ts";

describe("base64url", () => {
  it("is what Node writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(base64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      }),
    );
  });
});

describe("random text", () => {
  it("has 22 characters for a nonce and 43 for a secret, others each time", () => {
    expect(randomText(16)).toMatch(/^[\w-]{22}$/);
    expect(randomText(32)).toMatch(/^[\w-]{43}$/);
    expect(new Set(Array.from({ length: 100 }, () => randomText(16))).size).toBe(100);
  });
});

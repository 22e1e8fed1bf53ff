import { describe, expect, it } from "vitest";
import { signingKeyOf } from "../../src/client/signing-keys.ts";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";

describe("a signing key", () => {
  it("is the one that the gate derives", async () => {
    const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const key = await signingKeyOf(secret, "20261121", "eu-west-1", "api.example.com");
    const expected = deriveSigningKey(secret, "20261121", "eu-west-1", "api.example.com");
    expect(Buffer.from(key).equals(expected)).toBe(true);
    expect(key.byteLength).toBe(32);
  });
});

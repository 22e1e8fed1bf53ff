import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { readBytes, readCallerProof } from "../../src/sessions/caller-proof-fields.ts";

const good = {
  akid: "ASIARZPUZDIKAAAAAAAA",
  token: "token",
  date: "20260304T050607Z",
  region: "eu-west-1",
  sig: "0a".repeat(32),
  exp: 1_772_601_667,
  nonce: "AAECAwQFBgcICQoLDA0ODw",
};
const refuse = (reason: string) => new AuthError("invalid_request", { reason });

describe("readCallerProof", () => {
  it("reads the values, times in milliseconds", () => {
    expect(readCallerProof(good, refuse)).toEqual({
      accessKeyId: "ASIARZPUZDIKAAAAAAAA",
      sessionToken: "token",
      date: "20260304T050607Z",
      signedAt: Date.UTC(2026, 2, 4, 5, 6, 7),
      region: "eu-west-1",
      signature: "0a".repeat(32),
      expires: 1_772_601_667_000,
      nonce: "AAECAwQFBgcICQoLDA0ODw",
    });
  });

  it.each(Object.keys(good))("refuses every other kind of value for %s, and never shows it", (name) => {
    const odd = fc.oneof(
      fc.constantFrom(undefined, null, true, "", "\n", -1, 0.5, 1e16),
      fc.object(),
      fc.array(fc.nat()),
    );
    fc.assert(
      fc.property(odd, (value) => {
        expect(() => readCallerProof({ ...good, [name]: value }, refuse)).toThrow(AuthError);
      }),
    );
    const secret = "leaked\nsecret";
    expect(() => readCallerProof({ ...good, [name]: secret }, refuse)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("leaked") }),
    );
  });

  it.each([
    ["akid", "asiaRZPUZDIKAAAAAAAA"],
    ["akid", "ASIARZPUZDIKAAAAAAAAA"],
    ["akid", "ASIARZPUZDIKAAAAAAA1"],
    ["token", "x".repeat(8_193)],
    ["token", "with space"],
    ["region", "EU-WEST-1"],
    ["region", "eu.west.1"],
    ["sig", "0a".repeat(31)],
    ["sig", "0a".repeat(33)],
    ["sig", "0A".repeat(32)],
    ["date", "20260229T050607Z"],
    ["exp", 253_402_300_800],
    ["nonce", "AAECAwQFBgcICQoLDA0O"],
  ])("refuses %s of %j", (name, value) => {
    expect(() => readCallerProof({ ...good, [name]: value }, refuse)).toThrow(AuthError);
  });
});

describe("readBytes", () => {
  it("reads what encoding gives, and no other spelling of it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.nat(100),
        fc.constantFrom(..."Bb+/=. \n"),
        (bytes, at, other) => {
          const text = Buffer.from(bytes).toString("base64url");
          expect(readBytes(text, 16, 64)).toEqual({ text, bytes: Buffer.from(bytes) });
          const changed = text.slice(0, at % text.length) + other + text.slice((at % text.length) + 1);
          const read = readBytes(changed, 16, 64);
          expect(read === undefined || (read.text === changed && /^[\w-]+$/.test(changed))).toBe(true);
          expect(readBytes(`${text}=`, 16, 64)).toBeUndefined();
        },
      ),
    );
  });

  it("reads lengths within the bounds", () => {
    const of = (length: number) => readBytes(Buffer.alloc(length).toString("base64url"), 16, 64)?.bytes.length;
    expect([15, 16, 64, 65].map(of)).toEqual([undefined, 16, 64, undefined]);
  });
});

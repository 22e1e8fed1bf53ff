import { describe, expect, it } from "vitest";
import { readJwks } from "../../src/tokens/jwks.ts";
import { createSigner } from "./token-fixtures.ts";

const { jwk: one } = createSigner("one");
const { jwk: two } = createSigner("two");
const { jwk: short } = createSigner("short", 1024);

const kids = (keys: readonly unknown[]) => [...(readJwks({ keys })?.keys() ?? ["no JWKS"])];

describe("readJwks", () => {
  it("gives the keys by kid", () => {
    const keys = readJwks({ keys: [one, two] });
    expect([...(keys?.keys() ?? [])]).toEqual(["one", "two"]);
    expect(keys?.get("one")?.jwk).toEqual(one);
  });

  it("takes a key that lists the operation verify", () => {
    expect(kids([{ ...one, key_ops: ["verify"] }])).toEqual(["one"]);
  });

  it("takes a key without use and alg for one that signs with RS256", () => {
    const { use: _use, alg: _alg, ...bare } = one;
    expect(kids([bare])).toEqual(["one"]);
  });

  it.each([
    ["shorter than 2048 bits", short],
    ["for encryption", { ...one, use: "enc" }],
    ["for another algorithm", { ...one, alg: "RS512" }],
    ["of another type", { ...one, kty: "EC" }],
    ["for other operations", { ...one, key_ops: ["encrypt"] }],
    ["with operations that are no list", { ...one, key_ops: "verify" }],
    ["without kid", { ...one, kid: undefined }],
    ["without modulus", { ...one, n: undefined }],
    ["without exponent", { ...one, e: undefined }],
    ["with a modulus that is none", { ...one, n: "" }],
    ["with a modulus that is not base64url", { ...one, n: `${one.n}=` }],
    ["with a modulus of zero", { ...one, n: "A".repeat(342) }],
    ["longer than 8192 bits", { ...one, n: "_".repeat(1367) }],
    ["with the exponent 1", { ...one, e: "AQ" }],
    ["that is null", null],
    ["that is text", "one"],
  ])("passes over a key %s", (_name, key) => {
    expect(kids([key, two])).toEqual(["two"]);
  });

  it("passes over all keys that share a kid", () => {
    expect(kids([one, two, { ...two, kid: "one" }])).toEqual(["two"]);
    expect(kids([one, two, { kty: "EC", kid: "one" }])).toEqual(["two"]);
  });

  it("keeps at most 50 keys", () => {
    expect(kids([one, ...Array.from({ length: 49 }, () => null)])).toEqual(["one"]);
    expect(kids([one, ...Array.from({ length: 50 }, () => null)])).toEqual(["no JWKS"]);
  });

  it.each([undefined, null, [], "keys", {}, { keys: {} }])("is undefined for %j", (document) => {
    expect(readJwks(document)).toBeUndefined();
  });
});

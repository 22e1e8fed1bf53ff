import { describe, expect, it } from "vitest";
import { readSigningJwk, type SigningAlgorithm } from "../../src/tokens/signing-jwk.ts";
import { createForeignKey } from "./foreign-key.ts";

const algorithms: readonly SigningAlgorithm[] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"];
const rsa = createForeignKey("RS512").jwk;
const ec = createForeignKey("ES256").jwk;
const ed = createForeignKey("EdDSA").jwk;

describe("readSigningJwk", () => {
  it.each(algorithms)("reads a key for %s, and no other member of it", (alg) => {
    const { jwk } = createForeignKey(alg);
    const others = algorithms.filter((other) => other !== alg);
    expect(readSigningJwk({ ...jwk, x5t: "AA" }, algorithms)).toEqual(jwk);
    expect(readSigningJwk(jwk, [alg])).toEqual(jwk);
    expect(readSigningJwk(jwk, others)).toBeUndefined();
  });

  it.each(algorithms)("takes a key without use and alg for one for %s, where its type allows that alone", (alg) => {
    const { use: _use, alg: _alg, ...bare } = createForeignKey(alg).jwk;
    expect(readSigningJwk(bare, [alg])).toMatchObject({ alg, use: "sig" });
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ["for encryption", { ...ec, use: "enc" }],
    ["without kid", { ...ec, kid: undefined }],
    ["on another curve than its algorithm's", { ...ec, alg: "ES384" }],
    ["on a curve of no algorithm", { ...ec, crv: "secp256k1" }],
    ["on a curve that its point is not on", { ...ec, crv: "P-384", alg: "ES384" }],
    ["whose point is on no curve", { ...ec, x: ec.y }],
    ["without x", { ...ec, x: undefined }],
    ["without y", { ...ec, y: undefined }],
    ["with a coordinate that is not base64url", { ...ec, x: `${ec.x}=` }],
    ["with a coordinate that is too long", { ...ec, y: "A".repeat(89) }],
    ["for another algorithm of its type", { ...ec, alg: "ECDH-ES" }],
    ["for RSA signatures on a curve", { ...ec, alg: "RS256" }],
    ["for agreement, not for signatures", { ...ed, crv: "X25519" }],
    ["for signatures on a curve with an RSA key", { ...rsa, alg: "ES256" }],
    ["for PS256", { ...rsa, alg: "PS256" }],
    ["with a modulus that is too short", { ...rsa, n: "AQAB" }],
    ["with a modulus of zero", { ...rsa, n: "A".repeat(342) }],
    ["with a secret", { kty: "oct", kid: "one", k: "AAAA", alg: "HS256" }],
    ["with alg null", { ...rsa, alg: null }],
  ])("passes over a key %s", (_name, jwk) => {
    expect(readSigningJwk(jwk, algorithms)).toBeUndefined();
  });
});

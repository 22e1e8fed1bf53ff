import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseJws } from "../../src/tokens/jws.ts";
import type { TokenAlgorithm } from "../../src/tokens/token-algorithm.ts";
import { readTokenKey } from "../../src/tokens/token-key.ts";
import { accessClaims } from "./token-fixtures.ts";

const algorithms: readonly TokenAlgorithm[] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"];
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pairs: Readonly<Record<TokenAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ES512: generateKeyPairSync("ec", { namedCurve: "P-521" }),
  EdDSA: generateKeyPairSync("ed25519"),
};

function jwkFor(alg: TokenAlgorithm): Readonly<Record<string, unknown>> {
  return { ...pairs[alg].publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg };
}

/** Signs with the key for one algorithm, and says in the header that it was another. */
function signed(alg: TokenAlgorithm, stated: string = alg): string {
  const parts = [{ alg: stated, kid: "one" }, accessClaims()];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const digest = alg === "EdDSA" ? null : `sha${alg.slice(2)}`;
  const key = { key: pairs[alg].privateKey, dsaEncoding: "ieee-p1363" } as const;
  return `${input}.${sign(digest, Buffer.from(input), key).toString("base64url")}`;
}

// RFC 8032 Section 5.1.2 encodes a point as y and the sign of x: here the points of order 1, 2, 4 and 8, and the two of them
// that have another spelling modulo p.
const smallOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => Buffer.from(hex, "hex").toString("base64url"));

function flipSign(x: string): string {
  const bytes = Buffer.from(x, "base64url");
  bytes[31] = (bytes[31] as number) ^ 0x80;
  return bytes.toString("base64url");
}

describe("readTokenKey", () => {
  it.each(algorithms)("reads a key for %s, which checks signatures with that algorithm alone", (alg) => {
    const key = readTokenKey({ ...jwkFor(alg), key_ops: ["verify"], x5t: "AA", d: "AA" }, algorithms);
    expect(key?.jwk).toEqual(jwkFor(alg));
    expect(() => key?.checkSignature(parseJws(signed(alg)))).not.toThrow();
    for (const other of algorithms) {
      if (other === alg) continue;
      expect(() => key?.checkSignature(parseJws(signed(alg, other)))).toThrow("The token is not valid here.");
      expect(() => key?.checkSignature(parseJws(signed(other)))).toThrow("The token is not valid here.");
    }
  });

  it.each(algorithms)("passes over a key for %s where the issuer does not sign with it", (alg) => {
    const others = algorithms.filter((name) => name !== alg);
    expect(readTokenKey(jwkFor(alg), others)).toBeUndefined();
  });

  it.each(algorithms)(
    "takes a key without use and alg for one for %s where the issuer signs with nothing else",
    (alg) => {
      expect(readTokenKey({ ...jwkFor(alg), use: undefined, alg: undefined }, [alg])?.jwk).toEqual(jwkFor(alg));
    },
  );

  const ec = jwkFor("ES256");
  const ed = jwkFor("EdDSA");
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ["for encryption", { ...ec, use: "enc" }],
    ["for other operations", { ...ec, key_ops: ["sign"] }],
    ["without kid", { ...ec, kid: undefined }],
    ["on another curve than that of its algorithm", { ...ec, alg: "ES384" }],
    ["on a curve of no algorithm", { ...ec, crv: "secp256k1", alg: undefined }],
    ["on a curve that its point is not on", { ...ec, crv: "P-384", alg: "ES384" }],
    ["whose point is on no curve", { ...ec, x: ec.y }],
    ["without x", { ...ec, x: undefined }],
    ["without y", { ...ec, y: undefined }],
    ["for agreement", { ...ec, alg: "ECDH-ES" }],
    ["of type EC for RSA signatures", { ...ec, alg: "RS256" }],
    ["of type RSA for signatures on a curve", { ...jwkFor("RS256"), alg: "ES256" }],
    ["for PS256", { ...jwkFor("RS256"), alg: "PS256" }],
    ["with alg null", { ...jwkFor("RS256"), alg: null }],
    ["on X25519", { ...ed, crv: "X25519" }],
    ["of Ed25519 without x", { ...ed, x: undefined }],
    ["of Ed25519 that is too short", { ...ed, x: "AAAA" }],
    ["on Ed448", { ...generateKeyPairSync("ed448").publicKey.export({ format: "jwk" }), kid: "one" }],
    ["that is a secret", { kty: "oct", k: "AAAA", kid: "one", alg: "HS256" }],
    ...smallOrder
      .flatMap((x) => [x, flipSign(x)])
      .map((x) => [`of Ed25519 of small order: ${x}`, { ...ed, x }] as const),
  ])("passes over a key %s", (_name, jwk) => {
    expect(readTokenKey(jwk, algorithms)).toBeUndefined();
  });

  const curves = [
    ["ES256", 32, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"],
    ["ES384", 48, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"],
    [
      "ES512",
      66,
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ],
  ] as const;

  it.each(curves)(
    "refuses signatures with %s that are out of range, of another length or in DER",
    (alg, size, order) => {
      const checkSignature = readTokenKey(jwkFor(alg), algorithms)?.checkSignature;
      const good = signed(alg);
      const at = good.lastIndexOf(".") + 1;
      const bytes = Buffer.from(good.slice(at), "base64url");
      const [r, s] = [bytes.subarray(0, size), bytes.subarray(size)];
      const zero = Buffer.alloc(size);
      const one = Buffer.concat([Buffer.alloc(size - 1), Buffer.from([1])]);
      const n = Buffer.from(order, "hex");
      const key = { key: pairs[alg].privateKey, dsaEncoding: "der" } as const;
      const refused = [
        ...[zero, one, n].flatMap((edge) => [zero, one, n, s].map((other) => [edge, other])),
        ...[zero, n].map((edge) => [r, edge]),
        ...[
          [r],
          [s, r],
          [zero.subarray(1), r, s],
          [Buffer.alloc(1), r, s],
          [r, s, Buffer.alloc(1)],
          [bytes.subarray(1)],
        ],
        [sign(`sha${alg.slice(2)}`, Buffer.from(good.slice(0, at - 1)), key)],
      ];
      expect(() => checkSignature?.(parseJws(good))).not.toThrow();
      for (const parts of refused) {
        const raw = good.slice(0, at) + Buffer.concat(parts).toString("base64url");
        expect(() => checkSignature?.(parseJws(raw))).toThrow("The token is not valid here.");
      }
    },
  );
});

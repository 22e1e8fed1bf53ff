import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** The algorithms that a foreign key can sign with. */
export type Algorithm = "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "EdDSA";

/** A key of an issuer that is not a user pool; it signs whatever it is given. */
export interface ForeignKey {
  readonly jwk: Readonly<Record<string, string>>;
  readonly publicKey: KeyObject;
  /** Signs claims; `header` overrides members of the header, `undefined` leaves one out. */
  sign(claims: Readonly<Record<string, unknown>> | string, header?: Readonly<Record<string, unknown>>): string;
}

const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521" } as const;

function generate(alg: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === "EdDSA") return generateKeyPairSync("ed25519");
  if (alg === "ES256" || alg === "ES384" || alg === "ES512") {
    return generateKeyPairSync("ec", { namedCurve: curves[alg] });
  }
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/** Makes a key for one algorithm (RFC 7518 Section 3.1, RFC 8037). */
export function createForeignKey(alg: Algorithm, kid: string = alg): ForeignKey {
  const { publicKey, privateKey } = generate(alg);
  const digest = alg === "EdDSA" ? null : `sha${alg.slice(2)}`;
  return {
    publicKey,
    jwk: { ...(publicKey.export({ format: "jwk" }) as Record<string, string>), kid, use: "sig", alg },
    sign(claims, header = {}) {
      const input = `${encode(JSON.stringify({ alg, kid, ...header }))}.${encode(typeof claims === "string" ? claims : JSON.stringify(claims))}`;
      const signature = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${input}.${signature.toString("base64url")}`;
    },
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { CompactSign, SignJWT } from "jose";

/** The algorithms that a foreign key can sign with. */
export type Algorithm = "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "EdDSA";

type Members = Readonly<Record<string, unknown>>;

/** A key of an issuer that is not a user pool. */
export interface ForeignKey {
  readonly jwk: Readonly<Record<string, string>>;
  readonly publicKey: KeyObject;
  /** Has jose sign claims, or a text in their place, as `alg` in the header says; it refuses to for some headers. */
  sign(claims: Members | string, header?: Members): Promise<string>;
  /**
   * Puts a signature of the key under a header that may say anything else. jose refuses `none`, an `alg` that the key cannot be
   * used for and a `crit` that it does not know, so node:crypto signs.
   */
  forge(claims: Members | string, header: Members): string;
  /** The same, with padded parts, as an Application Load Balancer writes them. */
  forgePadded(claims: Members | string, header: Members): string;
}

/** Moves claims to where an issuer writes them; a payload that is a text stays as it is. */
export type Arrange = (
  claims: Members | string,
  header: Members,
) => readonly [payload: Members | string, header: Members];

/** A key that writes each token as an issuer arranges it. */
export function arrangedKey(key: ForeignKey, arrange: Arrange): ForeignKey {
  return {
    ...key,
    sign: (claims, header = {}) => key.sign(...arrange(claims, header)),
    forge: (claims, header) => key.forge(...arrange(claims, header)),
    forgePadded: (claims, header) => key.forgePadded(...arrange(claims, header)),
  };
}

/** A key that writes padded parts only. node:crypto signs them, since jose writes bare ones. */
export function paddedKey(key: ForeignKey): ForeignKey {
  return { ...key, sign: async (claims, header = {}) => key.forgePadded(claims, header), forge: key.forgePadded };
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
    async sign(claims, header = {}) {
      const head = { alg, kid, ...header };
      if (typeof claims === "string") {
        return new CompactSign(Buffer.from(claims)).setProtectedHeader(head).sign(privateKey);
      }
      return new SignJWT({ ...claims }).setProtectedHeader(head).sign(privateKey);
    },
    forge: (claims, header) => forge(claims, header, "base64url"),
    forgePadded: (claims, header) => forge(claims, header, "padded"),
  };

  function forge(claims: Members | string, header: Members, form: "base64url" | "padded"): string {
    const body = typeof claims === "string" ? claims : JSON.stringify(claims);
    const input = `${encode(JSON.stringify({ alg, kid, ...header }), form)}.${encode(body, form)}`;
    const signature = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${input}.${encode(signature, form)}`;
  }
}

function encode(content: string | Buffer, form: "base64url" | "padded"): string {
  const bare = Buffer.from(content).toString("base64url");
  return form === "padded" ? bare.padEnd(Math.ceil(bare.length / 4) * 4, "=") : bare;
}

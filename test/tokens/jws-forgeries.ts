import {
  constants,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  privateEncrypt,
  sign,
} from "node:crypto";

/**
 * A forged or malformed token, and the class of the public Wycheproof JSON Web Signature vectors that it stands for
 * (https://github.com/C2SP/wycheproof, json_web_signature_test).
 */
export type Forgery = readonly [name: string, token: string];

const encode = (value: string | Uint8Array) => Buffer.from(value).toString("base64url");
const json = (value: unknown) => encode(JSON.stringify(value));

/** What a forger has: the claims that he wants to be believed, and everything that the issuer has published or signed. */
export interface Loot {
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
  /** A good token of the issuer. */
  readonly good: string;
}

/** Makes the forgeries against an issuer that signs with RS256. */
export function forgeriesOfRs256(loot: Loot): readonly Forgery[] {
  return [
    ...unsigned(loot),
    ...confusedKeys(loot),
    ...otherRsa(loot),
    ...brokenSignatures(loot),
    ...paddings(loot),
    ...foreignForms(loot),
  ];
}

function unsigned({ kid, claims, good }: Loot): readonly Forgery[] {
  const signature = good.slice(good.lastIndexOf(".") + 1);
  return ["none", "None", "NONE", "nOnE", "", "null", " none", "none "].flatMap((alg): readonly Forgery[] => {
    const input = `${json({ alg, kid })}.${json(claims)}`;
    return [
      [`alg ${JSON.stringify(alg)} without a signature`, `${input}.`],
      [`alg ${JSON.stringify(alg)} with two parts`, input],
      [`alg ${JSON.stringify(alg)} with a signature`, `${input}.${signature}`],
      [`alg ${JSON.stringify(alg)} with a zero`, `${input}.AA`],
    ];
  });
}

/** The public key taken for the secret of an HMAC, in every form in which a server may hold it. */
function confusedKeys({ kid, claims, privateKey }: Loot): readonly Forgery[] {
  const publicKey = createPublicKey(privateKey);
  const jwk = publicKey.export({ format: "jwk" });
  const secrets: Readonly<Record<string, string | Buffer>> = {
    "the PEM": publicKey.export({ format: "pem", type: "spki" }),
    "the PEM without its last line break": String(publicKey.export({ format: "pem", type: "spki" })).trimEnd(),
    "the PEM of PKCS #1": publicKey.export({ format: "pem", type: "pkcs1" }),
    "the DER": publicKey.export({ format: "der", type: "spki" }),
    "the DER of PKCS #1": publicKey.export({ format: "der", type: "pkcs1" }),
    "the JWK": JSON.stringify(jwk),
    "the modulus": Buffer.from(String(jwk.n), "base64url"),
    "the modulus as text": String(jwk.n),
    "the kid": kid,
    "an empty secret": "",
  };
  return Object.entries(secrets).flatMap(([name, secret]) =>
    (
      [
        ["HS256", "sha256"],
        ["HS384", "sha384"],
        ["HS512", "sha512"],
        ["RS256", "sha256"],
      ] as const
    ).map(([alg, digest]): Forgery => {
      const input = `${json({ alg, kid })}.${json(claims)}`;
      return [
        `${alg} with ${name} as the secret`,
        `${input}.${createHmac(digest, secret).update(input).digest("base64url")}`,
      ];
    }),
  );
}

/** Other algorithms, and other keys that the token itself brings or points to. */
function otherRsa({ kid, claims, privateKey }: Loot): readonly Forgery[] {
  const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ownJwk = { ...own.publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const edwards = generateKeyPairSync("ed25519");
  function make(name: string, header: object, digest: string | null, key: KeyObject, padding?: number): Forgery {
    const input = `${json({ alg: "RS256", kid, ...header })}.${json(claims)}`;
    const signature = sign(digest, Buffer.from(input), { key, dsaEncoding: "ieee-p1363", ...(padding && { padding }) });
    return [name, `${input}.${signature.toString("base64url")}`];
  }
  const pss = constants.RSA_PKCS1_PSS_PADDING;
  return [
    make("RS384 with the good key", { alg: "RS384" }, "sha384", privateKey),
    make("RS512 with the good key", { alg: "RS512" }, "sha512", privateKey),
    make("RS1 with the good key", { alg: "RS1" }, "sha1", privateKey),
    make("PS256 with the good key", { alg: "PS256" }, "sha256", privateKey, pss),
    make("PSS said to be RS256", {}, "sha256", privateKey, pss),
    make("SHA-1 said to be RS256", {}, "sha1", privateKey),
    make("SHA-384 said to be RS256", {}, "sha384", privateKey),
    make("SHA-512 said to be RS256", {}, "sha512", privateKey),
    make("another RSA key", {}, "sha256", own.privateKey),
    make("another RSA key, brought as jwk", { jwk: ownJwk }, "sha256", own.privateKey),
    make("another RSA key, brought as jwk without a kid", { jwk: ownJwk, kid: undefined }, "sha256", own.privateKey),
    make("another RSA key, pointed to by jku", { jku: "https://evil.example/jwks" }, "sha256", own.privateKey),
    make("another RSA key, pointed to by x5u", { x5u: "https://evil.example/x" }, "sha256", own.privateKey),
    make("another RSA key, brought as x5c", { x5c: ["MIIB"] }, "sha256", own.privateKey),
    make("another RSA key under a path for a kid", { kid: "../../dev/null" }, "sha256", own.privateKey),
    make("another RSA key under a query for a kid", { kid: "' OR '1'='1" }, "sha256", own.privateKey),
    make("an elliptic key said to be RS256", {}, "sha256", elliptic.privateKey),
    make("an elliptic key said to be ES256", { alg: "ES256" }, "sha256", elliptic.privateKey),
    make("an Edwards key said to be EdDSA", { alg: "EdDSA" }, null, edwards.privateKey),
    make("a good signature under crit", { crit: ["exp"] }, "sha256", privateKey),
    make("a good signature under an empty crit", { crit: [] }, "sha256", privateKey),
    make("a good signature under an unknown crit", { crit: ["x"], x: 1 }, "sha256", privateKey),
    make("a good signature under b64", { b64: false, crit: ["b64"] }, "sha256", privateKey),
    make(
      "a good signature under its own jwk",
      { jwk: createPublicKey(privateKey).export({ format: "jwk" }) },
      "sha256",
      privateKey,
    ),
  ];
}

/** Good tokens whose signature was changed. */
function brokenSignatures({ good, privateKey }: Loot): readonly Forgery[] {
  const end = good.lastIndexOf(".");
  const input = good.slice(0, end);
  const signature = Buffer.from(good.slice(end + 1), "base64url");
  const modulus = Buffer.from(String(createPublicKey(privateKey).export({ format: "jwk" }).n), "base64url");
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
  const bytesOf = (value: bigint, length: number) => Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
  const one = Buffer.alloc(256);
  one[255] = 1;
  const flipped = Buffer.from(signature);
  flipped[128] = (flipped[128] ?? 0) ^ 1;
  const changed: Readonly<Record<string, Buffer>> = {
    "no signature": Buffer.alloc(0),
    "a zero of one byte": Buffer.alloc(1),
    "a zero of full length": Buffer.alloc(256),
    "a one": one,
    "all bits set": Buffer.alloc(256, 255),
    "the modulus": modulus,
    "the modulus less one": bytesOf(number(modulus) - 1n, 256),
    "the signature plus the modulus": bytesOf(number(signature) + number(modulus), 257),
    "the modulus less the signature": bytesOf(number(modulus) - number(signature), 256),
    "a zero before the signature": Buffer.concat([Buffer.alloc(1), signature]),
    "a zero behind the signature": Buffer.concat([signature, Buffer.alloc(1)]),
    "the signature twice": Buffer.concat([signature, signature]),
    "the signature without its first byte": signature.subarray(1),
    "the signature without its last byte": signature.subarray(0, 255),
    "the signature from behind": Buffer.from(signature).reverse(),
    "one bit flipped": flipped,
    "the signature as text": Buffer.from(good.slice(end + 1)),
    "the signature of an empty message": sign("sha256", Buffer.alloc(0), privateKey),
    "the signature of the payload alone": sign("sha256", Buffer.from(input.slice(input.indexOf(".") + 1)), privateKey),
  };
  return Object.entries(changed).map(([name, bytes]): Forgery => [name, `${input}.${encode(bytes)}`]);
}

/** Signatures of the good key over another padding than that of RFC 8017 Section 9.2, which a lax verifier takes. */
function paddings({ good, privateKey }: Loot): readonly Forgery[] {
  const input = good.slice(0, good.lastIndexOf("."));
  const digest = hash("sha256", input, "buffer");
  const prefix = Buffer.from("3031300d060960864801650304020105000420", "hex");
  const sha512Prefix = Buffer.from("3051300d060960864801650304020305000440", "hex");
  const separator = Buffer.alloc(1);
  const full = (head: readonly number[], fill: number, tail: readonly Buffer[]) => {
    const end = Buffer.concat(tail);
    return Buffer.concat([Buffer.from(head), Buffer.alloc(256 - head.length - end.length, fill), end]);
  };
  const short = (tail: readonly Buffer[]) => {
    const start = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 255), ...tail]);
    return Buffer.concat([start, Buffer.alloc(256 - start.length, 1)]);
  };
  const messages: Readonly<Record<string, Buffer>> = {
    "eight bytes of padding, and garbage behind the digest": short([separator, prefix, digest]),
    "padding of type 2": full([0, 2], 255, [separator, prefix, digest]),
    "padding of type 0": full([0, 0], 0, [separator, prefix, digest]),
    "padding of other bytes": full([0, 1], 254, [separator, prefix, digest]),
    "no separator": full([0, 1], 255, [prefix, digest]),
    "the digest without its name": full([0, 1], 255, [separator, digest]),
    "the digest under the name of another": full([0, 1], 255, [separator, sha512Prefix, digest, digest]),
    "the digest of another message": full([0, 1], 255, [separator, prefix, hash("sha256", "x", "buffer")]),
  };
  return Object.entries(messages).map(([name, message]): Forgery => {
    const signature = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, message);
    return [`a signature over ${name}`, `${input}.${encode(signature)}`];
  });
}

/** The same content in a form that some library reads as well. */
function foreignForms({ good }: Loot): readonly Forgery[] {
  const [header, payload, signature] = good.split(".") as [string, string, string];
  const standard = Buffer.from(signature, "base64url").toString("base64");
  const member = { protected: header, signature };
  return [
    ["the flattened JSON serialization", JSON.stringify({ payload, ...member })],
    ["the general JSON serialization", JSON.stringify({ payload, signatures: [member] })],
    ["two signatures", JSON.stringify({ payload, signatures: [member, { ...member, signature: "AA" }] })],
    ["the JSON serialization in base64url", json({ payload, signatures: [member] })],
    ["a detached payload", `${header}..${signature}`],
    ["a payload that is not encoded", `${header}.${Buffer.from(payload, "base64url")}.${signature}`],
    ["a dot before", `.${good}`],
    ["a dot behind", `${good}.`],
    ["two dots between", good.replace(".", "..")],
    ["five parts, as encrypted tokens have", `${good}.AA.AA`],
    ["padding", `${good}==`],
    ["padding of the header", `${header}=.${payload}.${signature}`],
    ["standard base64", `${header}.${payload}.${standard}`],
    ["standard base64 without padding", `${header}.${payload}.${standard.replaceAll("=", "")}+/`],
    ["a line break in the signature", `${header}.${payload}.${signature.slice(0, 76)}\n${signature.slice(76)}`],
    ["a line break behind", `${good}\n`],
    ["a blank before", ` ${good}`],
    ["a blank within", good.replace(".", ". ")],
    ["a null character behind", `${good}\0`],
    ["percent signs", good.replace(".", "%2E")],
    ["no text at all", ""],
    ["dots alone", ".."],
  ];
}

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

/** Writes bytes as the issuer does: in base64url, with padding or without. */
export type Encode = (content: string | Uint8Array) => string;

/** What a forger has: the claims that he wants to be believed, and everything that the issuer has published or signed. */
export interface Loot {
  /** The header of a good token. */
  readonly header: { readonly alg: "RS256" | "ES256"; readonly kid: string; readonly [name: string]: unknown };
  readonly claims: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
  /** A good token of the issuer. */
  readonly good: string;
  readonly encode: Encode;
}

/** Base64url as RFC 7515 has it, without padding. */
export const bare: Encode = (content) => Buffer.from(content).toString("base64url");
/** Base64url as a load balancer writes it. */
export const padded: Encode = (content) => bare(content).padEnd(Math.ceil(bare(content).length / 4) * 4, "=");

/** Makes the forgeries against an issuer that signs with RS256. */
export function forgeriesOfRs256(loot: Loot): readonly Forgery[] {
  return [...forgeriesOfAny(loot), ...weakRsa(loot), ...brokenRsaSignatures(loot), ...paddings(loot)];
}

/** Makes the forgeries against an issuer that signs with ES256. */
export function forgeriesOfEs256(loot: Loot): readonly Forgery[] {
  return [...forgeriesOfAny(loot), ...otherCurves(loot), ...brokenEcdsaSignatures(loot)];
}

function forgeriesOfAny(loot: Loot): readonly Forgery[] {
  return [
    ...unsigned(loot),
    ...confusedKeys(loot),
    ...otherKeys(loot),
    ...brokenSignatures(loot),
    ...foreignForms(loot),
  ];
}

/** What is signed of a token with these members of the header in the place of the good ones. */
function inputOf({ header, claims, encode }: Loot, members: object = {}): string {
  return `${encode(JSON.stringify({ ...header, ...members }))}.${encode(JSON.stringify(claims))}`;
}

function signatureOf({ good }: Loot): Buffer {
  return Buffer.from(good.slice(good.lastIndexOf(".") + 1), "base64url");
}

function withSignature({ good, encode }: Loot, signature: Uint8Array): string {
  return `${good.slice(0, good.lastIndexOf("."))}.${encode(signature)}`;
}

function unsigned(loot: Loot): readonly Forgery[] {
  const { good, encode } = loot;
  const signature = good.slice(good.lastIndexOf(".") + 1);
  return ["none", "None", "NONE", "nOnE", "", "null", " none", "none "].flatMap((alg): readonly Forgery[] => {
    const input = inputOf(loot, { alg });
    return [
      [`alg ${JSON.stringify(alg)} without a signature`, `${input}.`],
      [`alg ${JSON.stringify(alg)} with two parts`, input],
      [`alg ${JSON.stringify(alg)} with a signature`, `${input}.${signature}`],
      [`alg ${JSON.stringify(alg)} with a zero`, `${input}.${encode(Buffer.alloc(1))}`],
    ];
  });
}

/** The public key taken for the secret of an HMAC, in every form in which a server may hold it. */
function confusedKeys(loot: Loot): readonly Forgery[] {
  const { header, privateKey, encode } = loot;
  const { alg: ownAlg, kid } = header;
  const publicKey = createPublicKey(privateKey);
  const jwk = publicKey.export({ format: "jwk" });
  const secrets: Readonly<Record<string, string | Buffer>> = {
    "the PEM": publicKey.export({ format: "pem", type: "spki" }),
    "the PEM without its last line break": String(publicKey.export({ format: "pem", type: "spki" })).trimEnd(),
    "the DER": publicKey.export({ format: "der", type: "spki" }),
    "the JWK": JSON.stringify(jwk),
    ...(ownAlg === "RS256" ? secretsOfRsa(publicKey) : secretsOfEc(publicKey)),
    "the kid": kid,
    "an empty secret": "",
  };
  return Object.entries(secrets).flatMap(([name, secret]) =>
    (
      [
        ["HS256", "sha256"],
        ["HS384", "sha384"],
        ["HS512", "sha512"],
        [ownAlg, "sha256"],
      ] as const
    ).map(([alg, digest]): Forgery => {
      const input = inputOf(loot, { alg });
      const signature = createHmac(digest, secret).update(input).digest();
      return [`${alg} with ${name} as the secret`, `${input}.${encode(signature)}`];
    }),
  );
}

function secretsOfRsa(publicKey: KeyObject): Readonly<Record<string, string | Buffer>> {
  const modulus = String(publicKey.export({ format: "jwk" }).n);
  return {
    "the PEM of PKCS #1": publicKey.export({ format: "pem", type: "pkcs1" }),
    "the DER of PKCS #1": publicKey.export({ format: "der", type: "pkcs1" }),
    "the modulus": Buffer.from(modulus, "base64url"),
    "the modulus as text": modulus,
  };
}

function secretsOfEc(publicKey: KeyObject): Readonly<Record<string, string | Buffer>> {
  const { x, y } = publicKey.export({ format: "jwk" }) as { readonly x: string; readonly y: string };
  const point = Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return {
    "the point": Buffer.concat([Buffer.from([4]), point]),
    "the coordinates": point,
    "one coordinate": Buffer.from(x, "base64url"),
    "one coordinate as text": x,
  };
}

/** Makes a token with these members of the header, signed in some other way. */
function forge(
  loot: Loot,
  name: string,
  members: object,
  digest: string | null,
  key: KeyObject,
  options: { readonly padding?: number; readonly dsaEncoding?: "der" } = {},
): Forgery {
  const input = inputOf(loot, members);
  const signature = sign(digest, Buffer.from(input), { key, dsaEncoding: "ieee-p1363", ...options });
  return [name, `${input}.${loot.encode(signature)}`];
}

/** Keys that the token itself brings or points to, and those of other kinds. */
function otherKeys(loot: Loot): readonly Forgery[] {
  const { alg, kid } = loot.header;
  const { privateKey } = loot;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const edwards = generateKeyPairSync("ed25519");
  const [own, other] = alg === "RS256" ? [rsa, elliptic] : [elliptic, rsa];
  const ownJwk = { ...own.publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  const make = (name: string, members: object, digest: string | null, key: KeyObject) =>
    forge(loot, name, members, digest, key);
  return [
    make("another key of the same kind", {}, "sha256", own.privateKey),
    make("another key of the same kind, brought as jwk", { jwk: ownJwk }, "sha256", own.privateKey),
    make(
      "another key of the same kind, brought as jwk without a kid",
      { jwk: ownJwk, kid: undefined },
      "sha256",
      own.privateKey,
    ),
    make(
      "another key of the same kind, pointed to by jku",
      { jku: "https://evil.example/jwks" },
      "sha256",
      own.privateKey,
    ),
    make(
      "another key of the same kind, pointed to by x5u",
      { x5u: "https://evil.example/x" },
      "sha256",
      own.privateKey,
    ),
    make("another key of the same kind, brought as x5c", { x5c: ["MIIB"] }, "sha256", own.privateKey),
    make("another key of the same kind under a path for a kid", { kid: "../../dev/null" }, "sha256", own.privateKey),
    make("another key of the same kind under a query for a kid", { kid: "' OR '1'='1" }, "sha256", own.privateKey),
    make("a key of another kind under the good name", {}, "sha256", other.privateKey),
    make(
      "a key of another kind, said to be one",
      { alg: alg === "RS256" ? "ES256" : "RS256" },
      "sha256",
      other.privateKey,
    ),
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

/** Other algorithms of RSA. */
function weakRsa(loot: Loot): readonly Forgery[] {
  const { privateKey } = loot;
  const make = (name: string, members: object, digest: string, key: KeyObject, padding?: number) =>
    forge(loot, name, members, digest, key, padding === undefined ? {} : { padding });
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
  ];
}

/** Other curves, digests and forms of ECDSA. */
function otherCurves(loot: Loot): readonly Forgery[] {
  const { privateKey } = loot;
  const curve = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey;
  return [
    forge(loot, "ES384 with the good key", { alg: "ES384" }, "sha384", privateKey),
    forge(loot, "ES512 with the good key", { alg: "ES512" }, "sha512", privateKey),
    forge(loot, "ES256K with the good key", { alg: "ES256K" }, "sha256", privateKey),
    forge(loot, "SHA-1 said to be ES256", {}, "sha1", privateKey),
    forge(loot, "SHA-384 said to be ES256", {}, "sha384", privateKey),
    forge(loot, "SHA-512 said to be ES256", {}, "sha512", privateKey),
    forge(loot, "a key on P-384 said to be ES256", {}, "sha256", curve("P-384")),
    forge(loot, "a key on secp256k1 said to be ES256", {}, "sha256", curve("secp256k1")),
    forge(loot, "a key on P-384 under ES384", { alg: "ES384" }, "sha384", curve("P-384")),
    forge(loot, "a signature in DER", {}, "sha256", privateKey, { dsaEncoding: "der" }),
  ];
}

/** Good tokens whose signature was changed. */
function brokenSignatures(loot: Loot): readonly Forgery[] {
  const { good, privateKey } = loot;
  const signature = signatureOf(loot);
  const { length } = signature;
  const end = good.lastIndexOf(".");
  const payload = good.slice(good.indexOf(".") + 1, end);
  const one = Buffer.alloc(length);
  one[length - 1] = 1;
  const flipped = Buffer.from(signature);
  flipped[length / 2] = (flipped[length / 2] ?? 0) ^ 1;
  const signed = (text: string) => sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return changed(loot, {
    "no signature": Buffer.alloc(0),
    "a zero of one byte": Buffer.alloc(1),
    "a zero of full length": Buffer.alloc(length),
    "a one": one,
    "all bits set": Buffer.alloc(length, 255),
    "a zero before the signature": Buffer.concat([Buffer.alloc(1), signature]),
    "a zero behind the signature": Buffer.concat([signature, Buffer.alloc(1)]),
    "the signature twice": Buffer.concat([signature, signature]),
    "the signature without its first byte": signature.subarray(1),
    "the signature without its last byte": signature.subarray(0, -1),
    "the signature from behind": Buffer.from(signature).reverse(),
    "one bit flipped": flipped,
    "the signature as text": Buffer.from(good.slice(end + 1)),
    "the signature of an empty message": signed(""),
    "the signature of the payload alone": signed(payload),
  });
}

function changed(loot: Loot, signatures: Readonly<Record<string, Uint8Array>>): readonly Forgery[] {
  return Object.entries(signatures).map(([name, bytes]): Forgery => [name, withSignature(loot, bytes)]);
}

const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
const bytesOf = (value: bigint, length: number) => Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");

function brokenRsaSignatures(loot: Loot): readonly Forgery[] {
  const signature = signatureOf(loot);
  const modulus = Buffer.from(String(createPublicKey(loot.privateKey).export({ format: "jwk" }).n), "base64url");
  return changed(loot, {
    "the modulus": modulus,
    "the modulus less one": bytesOf(number(modulus) - 1n, 256),
    "the signature plus the modulus": bytesOf(number(signature) + number(modulus), 257),
    "the modulus less the signature": bytesOf(number(modulus) - number(signature), 256),
  });
}

/** The order of P-256 (SEC 2, Section 2.4.2): r and s of a signature are from 1 to one less. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same token under its other signature: JOSE does not say which of s and its negative to write, and takes both. */
export function negated(loot: Loot): string {
  const signature = signatureOf(loot);
  return withSignature(
    loot,
    Buffer.concat([signature.subarray(0, 32), bytesOf(order - number(signature.subarray(32)), 32)]),
  );
}

/** Numbers for r and s that no signature has, but with which lax arithmetic takes any message for signed. */
function brokenEcdsaSignatures(loot: Loot): readonly Forgery[] {
  const signature = signatureOf(loot);
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))] as const;
  const special: Readonly<Record<string, bigint>> = {
    "0": 0n,
    "1": 1n,
    "the order": order,
    "the order less one": order - 1n,
    "the order and one": order + 1n,
    "all bits": 2n ** 256n - 1n,
  };
  const pair = (first: bigint, second: bigint, length = 32) =>
    Buffer.concat([bytesOf(first, length), bytesOf(second, length)]);
  const pairs = Object.entries(special).flatMap(([name, value]) => [
    [`r is ${name}`, pair(value, s)] as const,
    [`s is ${name}`, pair(r, value)] as const,
    [`both are ${name}`, pair(value, value)] as const,
  ]);
  // "a zero of full length" and "all bits set" are there already.
  const known = new Set(["both are 0", "both are all bits"]);
  return changed(loot, {
    ...Object.fromEntries(pairs.filter(([name]) => !known.has(name))),
    "r and s exchanged": pair(s, r),
    "r negated": pair(order - r, s),
    "r is s": pair(s, s),
    "r plus the order": pair(r + order, s, 33),
    "s plus the order": pair(r, s + order, 33),
    "numbers of 48 bytes, as ES384 has": pair(r, s, 48),
  });
}

/** Signatures of the good key over another padding than that of RFC 8017 Section 9.2, which a lax verifier takes. */
function paddings(loot: Loot): readonly Forgery[] {
  const { good, privateKey } = loot;
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
    return [`a signature over ${name}`, withSignature(loot, signature)];
  });
}

/** The same content in a form that some library reads as well. */
function foreignForms({ good, encode }: Loot): readonly Forgery[] {
  const [header, payload, signature] = good.split(".") as [string, string, string];
  const standard = Buffer.from(signature, "base64url").toString("base64");
  const member = { protected: header, signature };
  return [
    ["the flattened JSON serialization", JSON.stringify({ payload, ...member })],
    ["the general JSON serialization", JSON.stringify({ payload, signatures: [member] })],
    ["two signatures", JSON.stringify({ payload, signatures: [member, { ...member, signature: "AA" }] })],
    ["the JSON serialization in base64url", encode(JSON.stringify({ payload, signatures: [member] }))],
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

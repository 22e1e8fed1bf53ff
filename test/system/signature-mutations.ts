import { createHmac, hash } from "node:crypto";
import { encodeFor, headerOf, json, type Members, parts, type TokenMutation } from "./good-token.ts";
import { claimNames, edited, values } from "./json-mutations.ts";

/** Claims, genuine or not, that somebody else has signed with his own key. */
export const strangerSigned: TokenMutation = (token, choices, others) => {
  const header = choices.pick<Members>([
    {},
    {},
    { jwk: token.stranger.jwk },
    { kid: choices.pick(others).key.jwk.kid },
    { typ: choices.text(5) },
  ]);
  const claims = choices.chance(2) ? token.claims : edited(token.claims, claimNames, values, choices);
  const { stranger, raw } = token;
  const forge = raw.endsWith("=") ? stranger.forgePadded : stranger.forge;
  return forge({ ...claims, nonce: choices.text(6) }, { ...headerOf(token), ...header });
};

/** A public key taken for the secret of an HMAC. */
export const secretSigned: TokenMutation = (token, choices) => {
  const secret = choices.pick(token.secrets);
  const claims = choices.chance(2) ? token.claims : { ...token.claims, nonce: choices.text(6) };
  const header = { ...headerOf(token), alg: choices.pick(["HS256", "HS512", token.key.jwk.alg]) };
  const input = `${json(token, header)}.${json(token, claims)}`;
  const digest = createHmac(choices.pick(["sha256", "sha512"]), secret)
    .update(input)
    .digest();
  return `${input}.${encodeFor(token, digest)}`;
};

/** Something else in the place of the signature. */
export const signatureMade: TokenMutation = (token, choices) => {
  const [header, payload, signature] = parts(token);
  const bytes = Buffer.from(signature, "base64url");
  const input = `${header}.${payload}`;
  const made = choices.pick<() => Buffer>([
    () => Buffer.alloc(choices.below(600)),
    () => Buffer.alloc(bytes.length, choices.below(256)),
    () => Buffer.from(choices.text(choices.below(300)), "latin1"),
    () => Buffer.concat([bytes, Buffer.alloc(1 + choices.below(8), choices.below(2))]),
    () => Buffer.concat([Buffer.alloc(1 + choices.below(8)), bytes]),
    () => bytes.subarray(choices.below(bytes.length)),
    () => bytes.subarray(0, choices.below(bytes.length)),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.from(bytes).reverse(),
    () => Buffer.concat([bytes.subarray(bytes.length / 2), bytes.subarray(0, bytes.length / 2)]),
    () => Buffer.concat([Buffer.from([0x30, bytes.length + 4, 2, bytes.length / 2]), bytes]),
    () => hash("sha256", input + choices.text(3), "buffer"),
    () => Buffer.from(signature),
  ])();
  return `${input}.${encodeFor(token, made)}`;
};

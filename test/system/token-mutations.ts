import { loadBalancerArn, otherArn } from "../tokens/alb-fixtures.ts";
import { clientId, issuer, seconds, updatedIssuer } from "../tokens/token-fixtures.ts";
import type { Choices } from "./choices.ts";
import { encode, encodeFor, headerOf, json, parts, type TokenMutation, withPart } from "./good-token.ts";
import { claimNames, edited, respelled, values } from "./json-mutations.ts";
import { secretSigned, signatureMade, strangerSigned } from "./signature-mutations.ts";

const algorithms = [
  ...[
    "none",
    "None",
    "NONE",
    "nOnE",
    "",
    "HS256",
    "HS384",
    "HS512",
    "RS1",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS512",
  ],
  ...[
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
    "Ed25519",
    "rs256",
    "RS256 ",
    "RS256\0",
    "\uff32S256",
    "dir",
    "RSA-OAEP",
  ],
];
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** What stands in no token and may be passed over by a decoder, or end a text for it. */
const strays = [
  ..." \t\r\n=+/.,;:%\"'\\{}[]~!\0\x0b\x7f\x85\xa0\xad\xe9\u200b\u2028\ufeff\uff0e\uff21\u{1f600}\ud800",
  "\r\n ",
  "%2E",
];
function flipped(at: number): TokenMutation {
  return (token, choices) => {
    const bytes = Buffer.from(parts(token)[at] as string, "base64url");
    for (let flips = 1 + choices.below(3); flips > 0; flips -= 1) {
      const bit = choices.below(bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    return withPart(token, at, encodeFor(token, bytes));
  };
}

function spliced(text: string, choices: Choices, given: string, taken: number): string {
  const at = choices.below(text.length + 1);
  return text.slice(0, at) + given + text.slice(at + taken);
}

/** A token with a character that has no place in it. */
export function strayed(raw: string, choices: Choices): string {
  return spliced(raw, choices, choices.pick(strays), choices.below(2));
}

/** Other bits at the end of a part that stand for no byte (RFC 4648 Section 3.5). */
const spareBits: TokenMutation = (token, choices) => {
  const bare = parts(token).map((part) => part.replace(/=+$/, ""));
  const [at, part] = choices.pick([...bare.entries()].filter(([, { length }]) => length % 4 !== 0));
  const spare = part.length % 4 === 2 ? 4 : 2;
  const last = alphabet.indexOf(part.at(-1) as string) ^ (1 + choices.below((1 << spare) - 1));
  const padding = (parts(token)[at] as string).slice(part.length);
  return withPart(token, at, part.slice(0, -1) + alphabet[last] + padding);
};

const padded: TokenMutation = (token, choices) => {
  const at = choices.below(3);
  const padding = choices.pick(["=", "==", "===", "%3D", "%3D%3D", "=".repeat(choices.below(40))]);
  const part = parts(token)[at] as string;
  return withPart(token, at, choices.chance(8) ? padding + part : part + padding);
};

const otherAlphabet: TokenMutation = ({ raw }, choices) => {
  const every = choices.chance(2);
  const other = choices.pick([
    ["+", "/"],
    ["+", "_"],
    [".", "/"],
    ["~", "_"],
    ["-", ","],
  ]);
  return raw.replace(/[-_]/g, (found) => (every || choices.chance(3) ? (other["-_".indexOf(found)] as string) : found));
};

const otherCase: TokenMutation = ({ raw }, choices) => {
  if (choices.chance(10)) return choices.chance(2) ? raw.toUpperCase() : raw.toLowerCase();
  const at = choices.below(raw.length);
  const found = raw[at] as string;
  const other = found === found.toUpperCase() ? found.toLowerCase() : found.toUpperCase();
  return raw.slice(0, at) + other + raw.slice(at + 1);
};

const cut: TokenMutation = ({ raw }, choices) => {
  const at = choices.below(raw.length);
  return choices.chance(4) ? raw.slice(at) : raw.slice(0, at);
};

const otherParts: TokenMutation = (token, choices, others) => {
  const [header, payload, signature] = parts(token);
  const other = choices.pick(others).raw;
  const [foreign] = other.split(".") as [string];
  return choices.pick([
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `.${payload}.${signature}`,
    `${header}..${signature}`,
    `${payload}.${header}.${signature}`,
    `${header}.${signature}.${payload}`,
    `${header}.${payload}.${signature}.${signature}`,
    `${header}.${payload}.${signature}.${foreign}`,
    `${header}.${payload}..${signature}`,
    `${header}.${header}.${payload}.${signature}`,
    `${header}.${foreign}.${payload}.${signature}.${signature}`,
    `${token.raw}.${other}`,
    token.raw + other,
    `${token.raw}.`,
    `.${token.raw}`,
    "...",
    "..",
    `${header}${payload}${signature}`,
    JSON.stringify({ protected: header, payload, signature }),
    encode(token.raw),
    encodeURIComponent(token.raw),
  ]);
};

const headerEdited: TokenMutation = (token, choices, others) => {
  const names = [
    "alg",
    "kid",
    "typ",
    "crit",
    "b64",
    "jku",
    "jwk",
    "x5u",
    "x5c",
    "x5t",
    "zip",
    "cty",
    "enc",
    "p2c",
    "__proto__",
    // What a load balancer states in its header.
    ...["signer", "client", "iss", "exp"],
  ];
  const given = [
    ...[loadBalancerArn, otherArn, [loadBalancerArn], clientId, issuer, updatedIssuer, seconds, seconds + 120],
    ...algorithms,
    ...values,
    token.stranger.jwk,
    choices.pick(others).key.jwk.kid,
    "https://evil.example/jwks",
    ["exp"],
    choices.text(12),
  ];
  return withPart(token, 0, json(token, edited(headerOf(token), names, given, choices)));
};

const algorithmSwapped: TokenMutation = (token, choices, others) => {
  const { jwk } = choices.pick(others).key;
  const header = headerOf(token);
  const other = choices.pick([
    { alg: jwk.alg },
    { kid: jwk.kid },
    { alg: jwk.alg, kid: jwk.kid },
    { alg: choices.pick(algorithms) },
    { kid: header.kid, alg: choices.pick(algorithms), typ: choices.text(4) },
  ]);
  return withPart(token, 0, json(token, { ...header, ...other }));
};

const payloadEdited: TokenMutation = (token, choices) => {
  let claims = edited(token.claims, claimNames, [...values, choices.text(8), choices.below(2 ** 31)], choices);
  if (choices.chance(3)) claims = edited(claims, claimNames, values, choices);
  return withPart(token, 1, json(token, claims));
};

/** Every class of mutations of a token, with how often it is to be seen beside the others. */
export const tokenMutations: Readonly<Record<string, readonly [weight: number, mutation: TokenMutation]>> = {
  "bits of the header flipped": [7, flipped(0)],
  "bits of the payload flipped": [7, flipped(1)],
  "bits of the signature flipped": [6, flipped(2)],
  "a character replaced": [7, ({ raw }, choices) => spliced(raw, choices, choices.pick([...alphabet]), 1)],
  "characters put in": [
    6,
    ({ raw }, choices) => spliced(raw, choices, choices.text(1 + choices.below(8)), choices.below(3)),
  ],
  "a stray character": [6, ({ raw }, choices) => strayed(raw, choices)],
  "characters taken out": [4, ({ raw }, choices) => spliced(raw, choices, "", 1 + choices.below(20))],
  "characters twice": [
    3,
    ({ raw }, choices) => spliced(raw, choices, raw.slice(choices.below(raw.length)).slice(0, choices.below(60)), 0),
  ],
  "spare bits set": [3, spareBits],
  padding: [3, padded],
  "another alphabet": [4, otherAlphabet],
  "another case": [4, otherCase],
  "cut off": [4, cut],
  "other parts": [5, otherParts],
  "the header edited": [7, headerEdited],
  "the header spelled otherwise": [
    5,
    (token, choices) => withPart(token, 0, encodeFor(token, respelled(headerOf(token), choices))),
  ],
  "algorithm and key swapped": [5, algorithmSwapped],
  "the payload edited": [8, payloadEdited],
  "the payload spelled otherwise": [
    6,
    (token, choices) => withPart(token, 1, encodeFor(token, respelled(token.claims, choices))),
  ],
  "parts of another token": [
    5,
    (token, choices, others) => {
      const at = choices.below(3);
      return withPart(token, at, parts(choices.pick(others))[at] as string);
    },
  ],
  "the signature of another token": [5, (token, choices, others) => withPart(token, 2, parts(choices.pick(others))[2])],
  "another signature": [5, signatureMade],
  "signed by a stranger": [1, strangerSigned],
  "signed with a secret": [3, secretSigned],
};

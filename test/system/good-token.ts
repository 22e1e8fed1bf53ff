import type { ForeignKey } from "../tokens/foreign-key.ts";
import type { Choices } from "./choices.ts";

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** A good token and what it was made of. */
export interface GoodToken {
  readonly raw: string;
  readonly key: ForeignKey;
  /** The payload. */
  readonly claims: Members;
  /** A key of somebody else with the same algorithm and `kid`. */
  readonly stranger: ForeignKey;
  /** What a server that takes the public key for the secret of an HMAC may hold. */
  readonly secrets: readonly (string | Buffer)[];
  /** `Principal.id` of whom it is about. */
  readonly caller: string;
  /** The name and the value of the header that brings it. */
  readonly bring: (raw: string) => readonly [name: string, value: string];
}

/** Changes a good token; it may leave it as it is where it has nothing to change. `others` are good tokens of all issuers. */
export type TokenMutation = (token: GoodToken, choices: Choices, others: readonly GoodToken[]) => string;

/** Base64url without padding. */
export const encode = (content: string | Uint8Array) => Buffer.from(content).toString("base64url");
/** Base64url as a good token has it, with padding or without. */
export function encodeFor({ raw }: GoodToken, content: string | Uint8Array): string {
  const bare = encode(content);
  return raw.endsWith("=") ? bare.padEnd(Math.ceil(bare.length / 4) * 4, "=") : bare;
}
/** A JSON text in the same. */
export const json = (token: GoodToken, content: unknown) => encodeFor(token, JSON.stringify(content));
/** The three parts as they stand. */
export function parts({ raw }: GoodToken): [header: string, payload: string, signature: string] {
  return raw.split(".") as [string, string, string];
}

/** The header of a good token. */
export function headerOf(token: GoodToken): Members {
  return JSON.parse(Buffer.from(parts(token)[0], "base64url").toString()) as Members;
}

/** One part of a token put into the place of another. */
export function withPart(token: GoodToken, at: number, part: string): string {
  return parts(token).with(at, part).join(".");
}

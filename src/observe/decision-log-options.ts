import { createSecretKey, KeyObject } from "node:crypto";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { isCredentialHeader } from "../credential-headers.ts";
import { type LogStream, type Send, sendToStream, sendToWriter } from "./send.ts";

/** How values that may tell of a person are logged: as they are, as pseudonyms, or not at all. */
export type Disclosure = "plain" | "hash" | "omit";

/** What {@link decisionLog} takes: where the lines go, and what may be in them. */
export interface DecisionLogOptions {
  /** Where the lines go; one of `stream` and `write`. It is never ended. */
  readonly stream?: LogStream;
  /** Takes whole lines, each with its line feed, and one chunk at a time: the next once the promise of the last is fulfilled. */
  readonly write?: (lines: string) => unknown;
  /** The share of the allowed decisions that are logged, from 0 to 1; 1 by default. Refusals are always logged. */
  readonly sample?: number;
  /** How many lines may wait, from 1 to 1,000,000; 10,000 by default. What comes on top is dropped and counted. */
  readonly bufferLines?: number;
  /** The key of pseudonyms: at least 32 random bytes, kept where secrets are kept. */
  readonly hashKey?: KeyObject | Uint8Array;
  /** The ids of users and of identities; `hash` where there is a key, else `plain`. */
  readonly ids?: Disclosure;
  /** The parameters of paths and guards, and (but for `omit`) the tags that are listed; by default as `ids`. */
  readonly params?: Disclosure;
  /** The tags whose values are logged; none by default. */
  readonly tags?: readonly string[];
  /** The claims whose values are logged; none by default. */
  readonly claims?: readonly string[];
  /** The query parameters whose values are logged; none by default. Those that carry credentials are refused. */
  readonly queries?: readonly string[];
  /** The headers whose values are logged; none by default. Those that carry credentials are refused. */
  readonly headers?: readonly string[];
  /** Whether the address of the caller is logged; false by default. */
  readonly address?: boolean;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** Draws the sample: gives numbers from 0 up to 1; `Math.random` by default. */
  readonly random?: () => number;
}

/** What may be in a line. */
export interface Disclosures {
  readonly ids: Disclosure;
  readonly params: Disclosure;
  readonly key: KeyObject | undefined;
  readonly tags: readonly string[];
  readonly claims: readonly string[];
  readonly queries: readonly string[];
  /** In lower case. */
  readonly headers: readonly string[];
  readonly address: boolean;
}

/** The options, read. */
export interface LogSettings {
  readonly send: Send;
  readonly sample: number;
  readonly bufferLines: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly disclosures: Disclosures;
}

const optionNames: readonly (keyof DecisionLogOptions)[] = [
  ...(["stream", "write", "sample", "bufferLines", "hashKey", "ids", "params", "tags", "claims"] as const),
  ...(["queries", "headers", "address", "clock", "random"] as const),
];

/** What proxies, identity providers and applications call a credential, at the end of a name: `x-api-key`, `id_token`. */
const credentialName =
  /(?:^|[-_.])(?:authorization|(?:access|id|auth|csrf|xsrf)?token|secret|passw(?:or)?d|api[-_]?key|jwt|assertion|cookie|credentials?|signature)$/i;

/** @throws ConfigurationError where an option is faulty. */
export function readLogOptions(options: DecisionLogOptions): LogSettings {
  refuseUnknownOptions("decisionLog", options, optionNames);
  const { sample = 1, bufferLines = 10_000, clock = Date.now, random = Math.random, address = false } = options;
  if (typeof sample !== "number" || !(sample >= 0 && sample <= 1))
    throw invalid("sample", "must be a number from 0 to 1");
  if (typeof clock !== "function") throw invalid("clock", "must be a function such as Date.now");
  if (typeof random !== "function") throw invalid("random", "must be a function such as Math.random");
  if (typeof address !== "boolean") throw invalid("address", "write true or false");
  const key = "hashKey" in options ? readKey(options.hashKey) : undefined;
  const ids = readDisclosure("ids", options.ids ?? (key === undefined ? "plain" : "hash"), key);
  const headers = readNames("headers", options.headers).map((name) => name.toLowerCase());
  const secret = headers.find((name) => isCredentialHeader(name) || credentialName.test(name));
  if (secret !== undefined) throw invalid("headers", `${secret} carries a credential or proof and is never logged`);
  const queries = readNames("queries", options.queries);
  const token = queries.find((name) => /^x-amz-/i.test(name) || credentialName.test(name));
  if (token !== undefined) throw invalid("queries", `${token} carries a credential or proof and is never logged`);
  return {
    send: readSend(options),
    sample,
    bufferLines: requireInteger("decisionLog.bufferLines", bufferLines, 1, 1_000_000),
    clock,
    random,
    disclosures: {
      ids,
      params: readDisclosure("params", options.params ?? ids, key),
      key,
      tags: readNames("tags", options.tags),
      claims: readNames("claims", options.claims),
      queries,
      headers,
      address,
    },
  };
}

function readSend({ stream, write }: DecisionLogOptions): Send {
  if ((stream === undefined) === (write === undefined)) {
    const advice = "pass one of stream and write, such as stream: process.stdout";
    throw new ConfigurationError("missing_option", "decisionLog.stream", advice);
  }
  if (write !== undefined) {
    if (typeof write !== "function") throw invalid("write", "write (lines) => ...");
    return sendToWriter(write);
  }
  if (typeof stream?.write !== "function" || typeof stream.on !== "function") {
    throw invalid("stream", "must be a writable stream, such as process.stdout");
  }
  return sendToStream(stream);
}

function readKey(value: unknown): KeyObject {
  const advice = "must be 32 random bytes or more, or a secret KeyObject of them; a text is no key";
  if (value instanceof KeyObject) {
    if (value.type !== "secret" || (value.symmetricKeySize ?? 0) < 32) throw invalid("hashKey", advice);
    return value;
  }
  if (!(value instanceof Uint8Array) || value.length < 32) throw invalid("hashKey", advice);
  return createSecretKey(value);
}

function readDisclosure(option: "ids" | "params", value: unknown, key: KeyObject | undefined): Disclosure {
  if (value !== "plain" && value !== "hash" && value !== "omit")
    throw invalid(option, 'write "plain", "hash" or "omit"');
  if (value === "hash" && key === undefined) {
    throw new ConfigurationError("missing_option", "decisionLog.hashKey", `is required with ${option}: "hash"`);
  }
  return value;
}

function readNames(option: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string" || name === "")) {
    throw invalid(option, "write a list of names");
  }
  return [...new Set<string>(value)];
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `decisionLog.${option}`, message);
}

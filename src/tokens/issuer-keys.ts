import { ConfigurationError, requireInteger } from "../configuration.ts";
import { discoveredKeys } from "./discovered-keys.ts";
import type { KeySource } from "./jwks.ts";
import { requireJwksUri } from "./jwks-uri.ts";
import { type KeyAge, type KeyAgeOptions, keyAgeOptionNames, readKeyAge } from "./key-options.ts";
import { offlineKeys } from "./offline-keys.ts";
import { remoteKeys } from "./remote-keys.ts";
import type { TokenAlgorithm } from "./token-algorithm.ts";

/** Where an issuer's keys come from, and by which clock its tokens are judged. */
export interface IssuerKeyOptions extends KeyAgeOptions {
  /** The JWKS document of the issuer; nothing is fetched then. */
  readonly jwks?: { readonly keys: readonly object[] };
  /** Where to fetch the JWKS document instead of the issuer's own address. */
  readonly jwksUri?: string;
  /** Allows addresses with http to the loopback interface, for tests; false by default. */
  readonly allowLoopbackHttp?: boolean;
  /** How far the issuer's clock may be from ours, in seconds; 0 by default, at most 300. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** What fetches keys; it must obey `redirect` and `signal`. The global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The names of {@link IssuerKeyOptions}. */
export const issuerKeyOptionNames: readonly (keyof IssuerKeyOptions)[] = [
  "jwks",
  "jwksUri",
  "allowLoopbackHttp",
  "toleranceSeconds",
  "clock",
  "fetch",
  ...keyAgeOptionNames,
];

/** What follows from {@link IssuerKeyOptions}, checked. */
export interface IssuerKeys {
  readonly keys: KeySource;
  readonly clock: () => number;
  readonly toleranceSeconds: number;
}

/** What an issuer signs with, and where its keys are if the options do not say. */
export interface IssuerKeyDefaults {
  readonly algorithms: readonly TokenAlgorithm[];
  /** The address of the JWKS document; undefined where the issuer tells it by discovery. */
  readonly jwksUri?: string;
  readonly issuer: string;
}

/** What fetches the keys of an issuer, and what else follows from the options, checked. */
export interface KeyFetching extends Omit<IssuerKeys, "keys">, KeyAge {
  readonly fetch: typeof globalThis.fetch;
  readonly allowLoopbackHttp: boolean;
}

/**
 * Checks how the keys of an issuer are fetched, wherever they come from.
 *
 * @param owner the name of the function whose options these are, for faults.
 * @throws ConfigurationError
 */
export function readKeyFetching(owner: string, options: Omit<IssuerKeyOptions, "jwks" | "jwksUri">): KeyFetching {
  const { allowLoopbackHttp = false, toleranceSeconds = 0, clock = Date.now, fetch = globalThis.fetch } = options;
  const invalid = (name: keyof IssuerKeyOptions, message: string) =>
    new ConfigurationError("invalid_option", `${owner}.${name}`, message);
  if (typeof clock !== "function") throw invalid("clock", "must be a function that gives milliseconds since 1970");
  if (typeof fetch !== "function") throw invalid("fetch", "must be a function like the global fetch");
  if (typeof allowLoopbackHttp !== "boolean") throw invalid("allowLoopbackHttp", "must be true or false");
  const tolerance = requireInteger(`${owner}.toleranceSeconds`, toleranceSeconds, 0, 300);
  return { fetch, clock, allowLoopbackHttp, toleranceSeconds: tolerance, ...readKeyAge(owner, options) };
}

/**
 * Checks where the keys of an issuer come from.
 *
 * @param owner the name of the function whose options these are, for faults.
 * @throws ConfigurationError
 */
export function readIssuerKeys(owner: string, options: IssuerKeyOptions, defaults: IssuerKeyDefaults): IssuerKeys {
  const { jwks, jwksUri = defaults.jwksUri } = options;
  const { algorithms, issuer } = defaults;
  const { allowLoopbackHttp, toleranceSeconds, ...fetching } = readKeyFetching(owner, options);
  if (jwks !== undefined && options.jwksUri !== undefined) {
    throw new ConfigurationError("invalid_option", `${owner}.jwks`, "write jwks or jwksUri, not both");
  }
  return { clock: fetching.clock, toleranceSeconds, keys: readSource() };

  function readSource(): KeySource {
    if (jwks !== undefined) return offlineKeys(`${owner}.jwks`, jwks, algorithms);
    const common = { ...fetching, algorithms };
    if (jwksUri === undefined) return discoveredKeys({ ...common, issuer, allowLoopbackHttp });
    return remoteKeys({ ...common, uri: requireJwksUri(`${owner}.jwksUri`, jwksUri, allowLoopbackHttp) });
  }
}

import { type Awaitable, proceed, promised } from "../awaitable.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import { requireIssuersApart } from "../pools-apart.ts";
import type { PrincipalOf } from "../principal-of.ts";
import { allReady, type SourceReadiness } from "../readiness.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import { parseJws } from "../tokens/jws.ts";
import type { Revocations } from "../tokens/revocations.ts";
import { createTokenCache, noTokenCache, type TokenCache, type TokenCacheOptions } from "../tokens/token-cache.ts";
import type { TokenIssuer, VerifiedToken } from "../tokens/token-issuer.ts";
import { type TokenSource, tokenReader } from "../tokens/token-source.ts";
import type { TrustedIssuer, Verified, Verifier } from "../verifier.ts";
import { type BearerChallengeOptions, bearerChallenge } from "./bearer-challenge.ts";

/** A list of at least one issuer. */
type Issuers = readonly [TokenIssuer, ...TokenIssuer[]];

/** What {@link bearer} takes. */
export interface BearerOptions<I extends Issuers = Issuers> extends BearerChallengeOptions {
  /** Whose tokens are accepted; a token goes to the one with its exact `iss` and `token_use`. */
  readonly issuers: I;
  /** Where the token is taken from, or where from, each a place of its own; `"header"` by default. */
  readonly token?: TokenSource | readonly TokenSource[];
  /**
   * What has been revoked: `sessions.revocations`, or a list made by `createRevocations`. It is looked at for every request;
   * without it a token is good until its end, whoever signed out.
   */
  readonly revocations?: Revocations;
  /**
   * Verified tokens are kept, so that the next request with one costs little. Its end, its revocation and the withdrawal of its
   * key are looked at for every request all the same. `"off"` verifies each anew.
   */
  readonly cache?: TokenCacheOptions | "off";
  /** Milliseconds since 1970, for the age of what is kept; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The issuers that share one `iss`, by the `token_use` that each answers for. */
type IssuersByUse = Map<unknown, TokenIssuer>;

/**
 * Verifies the token in `Authorization: Bearer ...` (RFC 6750), or where the option `token` says.
 *
 * Which issuer a token goes to is decided by its exact `iss` and its `token_use`, and its `alg` is checked, before any key
 * is looked up.
 *
 * @throws ConfigurationError where two issuers would take the same tokens, or where the groups of several pools could be
 * mixed up.
 *
 * @example
 * ```ts
 * import { bearer, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const verifier = bearer({ issuers: [access], realm: "articles" });
 * ```
 */
export function bearer<const I extends Issuers>(options: BearerOptions<I>): Verifier<PrincipalOf<I[number]>>;
export function bearer(options: BearerOptions): Verifier {
  refuseUnknownOptions("bearer", options, [
    "issuers",
    "realm",
    "resourceMetadata",
    "token",
    "revocations",
    "cache",
    "clock",
  ]);
  const { issuers, token: sources = "header", revocations, cache, clock = Date.now } = options;
  const challenge = bearerChallenge(options);
  if (typeof clock !== "function") throw invalid("clock", "must be a function that gives milliseconds since 1970");
  requireRevocations(options);
  const table = tabulate(issuers);
  const trusted = distinct(issuers);
  requireIssuersApart("bearer.issuers", trusted);
  const reader = tokenReader("bearer.token", sources);
  const verifyOnce = readCache(cache, clock);

  function verifyAnew(raw: string): Awaitable<VerifiedToken> {
    const token = parseJws(raw);
    const { iss, token_use: tokenUse } = token.payload;
    const byUse = table.get(iss);
    if (byUse === undefined) throw invalidToken("iss is none of the configured issuers");
    const issuer = byUse.get(tokenUse);
    if (issuer === undefined) throw invalidToken(refusedUse(byUse));
    if (!issuer.algorithms.includes(token.header.alg)) {
      throw invalidToken(`alg is not ${issuer.algorithms.join(" or ")}`);
    }
    return issuer.verify(token);
  }

  function accept(raw: string, token: VerifiedToken): Awaitable<Verified> {
    const { principal, facts } = token;
    return proceed(revocations?.covers(facts) ?? false, (revoked) => {
      if (revoked) throw invalidToken("it has been revoked");
      const confirmed = token.confirm?.(raw);
      // Others may write an issuer, and what they return is awaited whatever its class: no promise is taken for a yes.
      return confirmed === undefined ? { principal } : Promise.resolve(confirmed).then(() => ({ principal }));
    });
  }

  return {
    scheme: "Bearer",
    challenge,
    issuers: trusted,
    ...(reader.perRequest && { perRequest: true }),
    detects: reader.detects,
    verify(request) {
      return promised(() => {
        const raw = reader.read(request);
        if (raw === undefined) throw new AuthError("no_credentials");
        return proceed(verifyOnce(raw, verifyAnew), (token) => accept(raw, token));
      });
    },
    async ready() {
      const list = revocations === undefined ? [] : [() => revocations.covers({ issuedAt: clock() })];
      await allReady([...issuers.map((issuer) => () => issuer.ready()), ...list]);
    },
    readiness: () => [
      ...issuers.flatMap(keysOf),
      ...(revocations === undefined ? [] : [{ source: "revocations", ...revocations.readiness() } as const]),
    ],
  };
}

/** Whoever wrote the option meant to be asked: a list that is not there must not pass for one that is empty. */
function requireRevocations(options: BearerOptions): void {
  const { revocations } = options;
  if (!("revocations" in options) || typeof revocations?.covers === "function") return;
  throw invalid("revocations", "must be sessions.revocations or createRevocations({ ... }); leave it out for none");
}

function readCache(options: BearerOptions["cache"] = {}, clock: () => number): TokenCache {
  if (options === "off") return noTokenCache;
  refuseUnknownOptions("bearer.cache", options, ["entries", "maxAgeSeconds"]);
  const { entries = 10_000, maxAgeSeconds = 300 } = options;
  return createTokenCache({
    entries: requireInteger("bearer.cache.entries", entries, 1, 1_000_000),
    maxAge: requireInteger("bearer.cache.maxAgeSeconds", maxAgeSeconds, 1, 86_400) * 1_000,
    clock,
  });
}

function invalid(name: keyof BearerOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `bearer.${name}`, message);
}

function tabulate(issuers: unknown): ReadonlyMap<string, IssuersByUse> {
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new ConfigurationError("missing_option", "bearer.issuers", "list at least one, such as userPool({ ... })");
  }
  const table = new Map<string, IssuersByUse>();
  for (const issuer of issuers as readonly unknown[]) {
    if (!isTokenIssuer(issuer)) {
      throw invalid("issuers", "each must be an issuer, such as userPool({ ... })");
    }
    for (const iss of issuer.issuers) {
      const byUse: IssuersByUse = table.get(iss) ?? new Map();
      if (byUse.has(issuer.tokenUse)) {
        throw invalid(
          "issuers",
          `two issuers take the same tokens of ${iss}; write one with all client ids: clientId: ["...", "..."]`,
        );
      }
      table.set(iss, byUse.set(issuer.tokenUse, issuer));
    }
  }
  return table;
}

function isTokenIssuer(value: unknown): value is TokenIssuer {
  const { issuers, algorithms, trusted, verify, ready } = (value ?? {}) as Partial<TokenIssuer>;
  // A text instead of a list of algorithms would accept every part of itself.
  const lists = Array.isArray(issuers) && Array.isArray(algorithms);
  return lists && typeof trusted?.issuer === "string" && typeof verify === "function" && typeof ready === "function";
}

function refusedUse(byUse: IssuersByUse): string {
  if (byUse.has(undefined)) return "token_use is there, and tokens of this issuer have none";
  return `token_use is not ${[...byUse.keys()].join(" or ")}`;
}

/** How the keys of an issuer stand; nothing where it cannot tell. */
function keysOf(issuer: TokenIssuer): readonly SourceReadiness[] {
  const { trusted, tokenUse } = issuer;
  const condition = issuer.readiness?.();
  if (condition === undefined) return [];
  return [{ source: "keys", issuer: trusted.issuer, ...(tokenUse !== undefined && { tokenUse }), ...condition }];
}

/** Each issuer once; it counts as declared if it is wherever it stands. */
function distinct(issuers: readonly TokenIssuer[]): readonly TrustedIssuer[] {
  const declared = new Map<string, boolean>();
  for (const { trusted } of issuers) {
    declared.set(trusted.issuer, trusted.declared && declared.get(trusted.issuer) !== false);
  }
  return [...declared].map(([issuer, all]) => ({ issuer, declared: all }));
}

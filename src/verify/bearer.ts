import { type Awaitable, given, proceed, promised } from "../awaitable.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import { requireIssuersApart } from "../pools-apart.ts";
import type { PrincipalOf } from "../principal-of.ts";
import { allReady, type SourceReadiness } from "../readiness.ts";
import type { AuthRequest } from "../request.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import type { Revocations } from "../tokens/revocations.ts";
import { createTokenCache, noTokenCache, type TokenCache, type TokenCacheOptions } from "../tokens/token-cache.ts";
import type { TokenIssuer, VerifiedToken } from "../tokens/token-issuer.ts";
import { type TokenReader, type TokenSource, tokenReader } from "../tokens/token-source.ts";
import type { TrustedIssuer, Verified, Verifier } from "../verifier.ts";
import { type BearerChallengeOptions, bearerChallenge } from "./bearer-challenge.ts";
import { type PlacedIntake, type PlacedIssuer, placedIntake, readerIntake, type TokenIntake } from "./token-intake.ts";

/** A list of at least one issuer. */
type Issuers = readonly [TokenIssuer, ...TokenIssuer[]];

/** What {@link bearer} takes. */
export interface BearerOptions<I extends Issuers = Issuers> extends BearerChallengeOptions {
  /** Whose tokens are accepted; a token goes to the one with its exact `iss` and `token_use`. */
  readonly issuers: I;
  /**
   * Where the token is taken from, or where from, each a place of its own; `"header"` by default. Issuers whose tokens have a place
   * of their own, such as `alb`, are not asked about these tokens, and find theirs without this option.
   */
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
  requireIssuers(issuers);
  const trusted = distinct(issuers);
  requireIssuersApart("bearer.issuers", trusted);
  const reader = tokenReader("bearer.token", sources);
  const { anywhere, placed } = takeIn(options, () => readCache(cache, clock), reader);

  function accept(raw: string, token: VerifiedToken): Awaitable<Verified> {
    const { principal, facts } = token;
    return proceed(revocations === undefined ? false : given(revocations.covers(facts)), (revoked) => {
      if (revoked === true) throw invalidToken("it has been revoked");
      // Others may write lists and issuers, in JavaScript: nothing but what is asked of them is a yes.
      if (revoked !== false) throw misuse("revocations.covers gave neither true nor false");
      const confirmed = token.confirm?.(raw);
      return confirmed === undefined ? { principal } : confirmation(confirmed).then(() => ({ principal }));
    });
  }

  function take(intake: TokenIntake | undefined, request: AuthRequest): Awaitable<Verified> {
    if (intake === undefined) throw new AuthError("no_credentials");
    const raw = intake.read(request);
    return proceed(intake.verify(raw), (token) => accept(raw, token));
  }

  async function takeBoth(place: TokenIntake, other: TokenIntake, request: AuthRequest): Promise<Verified> {
    const verified = await take(place, request);
    const beside = await take(other, request);
    // Neither the gate nor the application behind it must have to choose between two callers.
    if (beside.principal.id !== verified.principal.id) throw new AuthError("ambiguous_credentials");
    return verified;
  }

  return {
    scheme: "Bearer",
    challenge,
    issuers: trusted,
    ...((reader.perRequest || placed.length > 0) && { perRequest: true }),
    detects: (request) => anywhere?.detects(request) === true || placed.some((intake) => intake.detects(request)),
    verify(request) {
      return promised(() => {
        const place = placed.length === 0 ? undefined : onlyPlace(placed, anywhere, request);
        if (place === undefined) return take(anywhere, request);
        return anywhere?.detects(request) ? takeBoth(place, anywhere, request) : take(place, request);
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

async function confirmation(confirmed: unknown): Promise<void> {
  if ((await confirmed) !== undefined) throw misuse("confirm refuses by what it throws, and gives nothing");
}

function misuse(reason: string): AuthError {
  return new AuthError("configuration_error", { reason });
}

interface Intakes {
  /** Where the option `token` says; undefined where the tokens of all issuers stand elsewhere. */
  readonly anywhere: TokenIntake | undefined;
  readonly placed: readonly PlacedIntake[];
}

function takeIn(options: BearerOptions, createCache: () => TokenCache, reader: TokenReader): Intakes {
  const { issuers } = options;
  const byHeader = new Map<string, [PlacedIssuer, ...PlacedIssuer[]]>();
  const others: TokenIssuer[] = [];
  for (const issuer of issuers) {
    if (!hasPlace(issuer)) others.push(issuer);
    else byHeader.set(issuer.place.header, [issuer, ...(byHeader.get(issuer.place.header) ?? [])]);
  }
  if (others.length === 0) {
    if ("token" in options) throw invalid("token", "leave it out: the tokens of all issuers have a place of their own");
    if (issuers.some(({ place }) => place?.replaces)) {
      throw invalid("issuers", "one replaces the tokens of others, and there are no others");
    }
  }
  return {
    anywhere: others.length === 0 ? undefined : readerIntake(reader, others, createCache()),
    placed: [...byHeader.values()].map((own) => placedIntake(own, createCache())),
  };
}

function hasPlace(issuer: TokenIssuer): issuer is PlacedIssuer {
  return issuer.place !== undefined;
}

/**
 * The place of its own in which a request carries a token; undefined where it carries none in any.
 *
 * @throws AuthError `ambiguous_credentials` where there is another credential that it does not replace.
 */
function onlyPlace(
  placed: readonly PlacedIntake[],
  anywhere: TokenIntake | undefined,
  request: AuthRequest,
): PlacedIntake | undefined {
  const [place, ...others] = placed.filter((intake) => intake.detects(request));
  if (place === undefined) return undefined;
  const beside = anywhere?.detects(request) === true;
  const stray = !beside && request.headers.all("authorization").length > 0;
  if (others.length > 0 || stray || (beside && !place.replaces)) throw new AuthError("ambiguous_credentials");
  return place;
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

function requireIssuers(issuers: unknown): asserts issuers is BearerOptions["issuers"] {
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new ConfigurationError("missing_option", "bearer.issuers", "list at least one, such as userPool({ ... })");
  }
  if (!issuers.every(isTokenIssuer)) throw invalid("issuers", "each must be an issuer, such as userPool({ ... })");
}

function isTokenIssuer(value: unknown): value is TokenIssuer {
  const { issuers, algorithms, trusted, verify, ready } = (value ?? {}) as Partial<TokenIssuer>;
  // A text instead of a list of algorithms would accept every part of itself.
  const lists = Array.isArray(issuers) && Array.isArray(algorithms);
  return lists && typeof trusted?.issuer === "string" && typeof verify === "function" && typeof ready === "function";
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

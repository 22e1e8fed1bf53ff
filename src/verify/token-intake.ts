import type { Awaitable } from "../awaitable.ts";
import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { parseJws } from "../tokens/jws.ts";
import { rememberingHeaderReader } from "../tokens/jws-header.ts";
import { readOrigins, requireOwnOrigin } from "../tokens/own-origins.ts";
import type { TokenCache } from "../tokens/token-cache.ts";
import type { TokenIssuer, TokenPlace, VerifiedToken } from "../tokens/token-issuer.ts";
import type { TokenReader } from "../tokens/token-source.ts";
import { tabulateIssuers } from "./issuer-table.ts";

/** A place where tokens stand, with the issuers whose tokens they may be. */
export interface TokenIntake {
  /** Whether a request carries a token in this place, good or bad. */
  detects(request: AuthRequest): boolean;
  /**
   * The token in this place of a request that carries one here, as received.
   *
   * @throws AuthError what the place refuses.
   */
  read(request: AuthRequest): string;
  /**
   * Verifies a token that was read here.
   *
   * @throws AuthError
   */
  verify(raw: string): Awaitable<VerifiedToken>;
}

/** A header that is the only place of the tokens of some issuers. */
export interface PlacedIntake extends TokenIntake {
  readonly replaces: boolean;
}

/** An issuer whose tokens have a place of their own. */
export type PlacedIssuer = TokenIssuer & { readonly place: TokenPlace };

/**
 * Takes the tokens of issuers without a place of their own.
 *
 * @param cache is of this place alone, so that a token is good in no place but the one it was good in.
 * @throws ConfigurationError where two of them would take the same tokens.
 */
export function readerIntake(reader: TokenReader, issuers: readonly TokenIssuer[], cache: TokenCache): TokenIntake {
  const judge = tabulateIssuers("bearer.issuers", issuers);
  const readHeader = rememberingHeaderReader();
  function verifyAnew(raw: string): Awaitable<VerifiedToken> {
    reader.requireForm(raw);
    return judge(parseJws(raw, readHeader));
  }
  return {
    detects: reader.detects,
    read(request) {
      const raw = reader.read(request);
      if (raw === undefined) throw new AuthError("no_credentials");
      return raw;
    },
    verify: (raw) => cache(raw, verifyAnew),
  };
}

/**
 * Takes the tokens of issuers that share a place of their own.
 *
 * @param cache is of this place alone.
 * @throws ConfigurationError where two of them would take the same tokens, or do not agree on what else a request must be.
 */
export function placedIntake(issuers: readonly [PlacedIssuer, ...PlacedIssuer[]], cache: TokenCache): PlacedIntake {
  const { place } = issuers[0];
  const { header, replaces, parse } = place;
  if (issuers.some((issuer) => termsOf(issuer.place) !== termsOf(place))) {
    throw new ConfigurationError(
      "invalid_option",
      "bearer.issuers",
      `the issuers of tokens in ${header} must have the same origins, and replaces in all of them or in none`,
    );
  }
  const origins = readOrigins("bearer.issuers", place.origins);
  const judge = tabulateIssuers("bearer.issuers", issuers);
  const verifyAnew = (raw: string) => judge(parse(raw));
  return {
    replaces,
    detects: ({ headers }) => headers.all(header).length > 0,
    read(request) {
      const values = request.headers.all(header);
      const raw = values[0] as string;
      // A proxy may have joined two headers with a comma (RFC 9110 Section 5.2).
      if (values.length > 1 || raw.includes(",")) throw new AuthError("ambiguous_credentials");
      requireOwnOrigin(origins, request);
      return raw;
    },
    verify: (raw) => cache(raw, verifyAnew),
  };
}

function termsOf({ replaces, origins }: TokenPlace): string {
  return JSON.stringify([replaces, [...origins].sort()]);
}

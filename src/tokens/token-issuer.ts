import type { Awaitable } from "../awaitable.ts";
import type { Principal } from "../principal.ts";
import type { Condition } from "../readiness.ts";
import type { TrustedIssuer } from "../verifier.ts";
import type { Jws } from "./jws.ts";
import type { RevocableFacts } from "./revocation.ts";

/** A token that was good when it was looked at. */
export interface VerifiedToken<P extends Principal = Principal> {
  readonly principal: P;
  /** By what the token can be revoked; one object for one token, since {@link Revocations} remembers its verdicts by it. */
  readonly facts: RevocableFacts;
  /**
   * Refuses what verification would refuse by now: it looks again at all that changes with time, and at nothing else.
   *
   * @throws AuthError `token_expired`, `invalid_token` where the issuer has withdrawn the key, `keys_unavailable` where that
   * cannot be known now.
   */
  recheck(): void;
  /**
   * Asks the issuer whether the token is still good, where it was told to. Whoever accepts a token asks for each request, after
   * all else, and hands in the token as received, since nobody keeps it. Nothing is to be awaited where it is known already.
   *
   * @throws AuthError `invalid_token` where the issuer no longer accepts it, `upstream_unavailable` where that cannot be known now.
   */
  confirm?(raw: string): Promise<void> | undefined;
}

/**
 * A header that is the only place of the tokens of some issuers: a token in it goes to them alone, and a token from any other
 * place never does. So nobody can move a token that one of them would accept to where another one looks.
 */
export interface TokenPlace {
  /** The name of the header, in lower case. */
  readonly header: string;
  /**
   * The origins of our own pages, where a proxy makes the token from a cookie: requests that could change something must then
   * come from one of them, see {@link CookieTokenOptions}.
   */
  readonly origins: readonly string[];
  /** Whether a token of another issuer may stand beside it in its own place: it is verified too, and must be the same caller's. */
  readonly replaces: boolean;
  /**
   * Checks the form of a token.
   *
   * @throws AuthError `invalid_token`
   */
  parse(raw: string): Jws;
}

/** An issuer of tokens behind `bearer`: it verifies a token whose form has been checked into a Principal. */
export interface TokenIssuer<P extends Principal = Principal> {
  /** The exact values of `iss` that it answers for. */
  readonly issuers: readonly string[];
  /** The value of `token_use` that it answers for; undefined where its tokens have none. */
  readonly tokenUse?: string;
  /** The algorithms that its tokens may be signed with. */
  readonly algorithms: readonly string[];
  /** Where its tokens stand; undefined for all that are taken from where `bearer` is told. */
  readonly place?: TokenPlace;
  /** Whose groups, scopes and tags it takes over. */
  readonly trusted: TrustedIssuer;
  /**
   * Verifies signature and claims, without a promise where the keys are at hand. It never throws, but gives a promise that
   * rejects.
   *
   * @throws AuthError `invalid_token`, `token_expired` or `keys_unavailable`.
   */
  verify(token: Jws): Awaitable<VerifiedToken<P>>;
  /** Fetches the keys, so that the first request does not wait for them. */
  ready(): Promise<void>;
  /** How its keys stand, by what is known now; nothing is fetched. */
  readiness?(): Condition;
}

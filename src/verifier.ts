import type { Principal } from "./principal.ts";
import type { SourceReadiness } from "./readiness.ts";
import type { AuthRequest } from "./request.ts";

/** What a verifier learned from one request. */
export interface Verified<P extends Principal = Principal> {
  readonly principal: P;
  /** The lower-case names of the headers that the signature covers; undefined for credentials that sign no request. */
  readonly signedHeaders?: ReadonlySet<string>;
}

/** An issuer whose groups, scopes and tags a verifier takes over. */
export interface TrustedIssuer {
  /** The issuer as it stands in {@link Principal.issuer}. */
  readonly issuer: string;
  /** Whether the operator said how its groups, scopes and tags are to be named beside those of other issuers. */
  readonly declared: boolean;
}

/**
 * Detects one kind of credential and verifies it into a Principal; it never decides what is allowed.
 *
 * `P` is the type of the principals that it gives; those of this package name it, and {@link createAuthorizer} hands it on.
 */
export interface Verifier<P extends Principal = Principal> {
  /** The scheme, as `Authorization` spells it: `Bearer`, `AWS4-HMAC-SHA256`, ... */
  readonly scheme: string;
  /** What stands in `WWW-Authenticate`; the scheme by default. */
  readonly challenge?: string;
  /** Whom it believes, so that groups of one pool are never taken for those of another. */
  readonly issuers?: readonly TrustedIssuer[];
  /** A verdict holds for one request only and is never cached by a gateway. */
  readonly perRequest?: true;
  /**
   * Schemes of other verifiers whose credentials a trusted gateway's verifier declares as its own, in all requests that it detects
   * or in one of them.
   */
  readonly replaces?: readonly string[] | ((request: AuthRequest) => readonly string[]);
  /** Whether the request carries this kind of credential, good or bad. */
  detects(request: AuthRequest): boolean;
  /**
   * Verifies the credential.
   *
   * @throws AuthError where it is present and bad.
   */
  verify(request: AuthRequest): Promise<Verified<P>>;
  /** Warms up: keys are fetched, the store is reachable. It rejects where one of them is not, after all have been asked. */
  ready?(): Promise<void>;
  /** How each issuer and store stands that it depends on, by what it knows now; it asks nobody, and does not throw. */
  readiness?(): readonly SourceReadiness[];
}

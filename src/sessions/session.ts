import type { KeyObject } from "node:crypto";
import type { Principal } from "../principal.ts";
import type { SourceReadiness } from "../readiness.ts";
import type { Revocations } from "../tokens/revocations.ts";
import type { TrustedIssuer } from "../verifier.ts";

/**
 * How a session came to be: the operator opened it, a broker exchanged a token for it, or its caller enrolled, with a secret
 * of his own (`virtual`) or with signing keys of his AWS credentials (`derived`).
 */
export type SessionMode = "opened" | "broker" | "virtual" | "derived";

/** What may be used once: a proof's nonce, or the signature of a request where replay protection is on. */
export type SingleUse = "nonce" | "signature";

/** A caller who may sign requests: who he is, and the derived keys that check his signatures. It holds no secret. */
export interface Session {
  readonly accessKeyId: string;
  readonly mode: SessionMode;
  readonly principal: Principal;
  /** Milliseconds since 1970 from which on no signature is accepted. */
  readonly notAfter: number;
  /** SHA-256, in lower-case hex, of the security token that every request must carry; undefined where it has none. */
  readonly tokenHash?: string;
  /** The signing key of a day (`YYYYMMDD`) for the region and service of {@link Sessions}; undefined for other days. */
  signingKey(date: string): KeyObject | undefined;
}

/** Facts of the token that a session was opened with, by which it can be revoked. */
export interface SessionToken {
  readonly sub: string;
  readonly originJti?: string;
  readonly jti?: string;
  /** Seconds since 1970. */
  readonly iat: number;
}

/** The key material of {@link Sessions.open}: the secret, from which keys are derived and which is then forgotten, or those keys. */
export type SessionKeys =
  | { readonly secretAccessKey: string; readonly signingKeys?: undefined }
  | { readonly signingKeys: Readonly<Record<string, Uint8Array>>; readonly secretAccessKey?: undefined };

/** What {@link Sessions.open} takes. */
export type SessionInit = SessionKeys & {
  /** 16 to 128 letters, digits, underscores and hyphens. */
  readonly accessKeyId: string;
  /** The session token that the caller will send; kept as a hash. */
  readonly sessionToken?: string;
  /** Whom the session stands for, of any kind but anonymous; his claims are JSON values. */
  readonly principal: Principal;
  /** When it ends, at most `maxSessionHours` ahead. */
  readonly notAfter: Date;
  /** `opened` by default. */
  readonly mode?: SessionMode;
  readonly token?: SessionToken;
  /**
   * The access key id of the credentials of AWS that it is enrolled with. Of all sessions enrolled with the same credentials
   * only the one that was opened last is live: this node refuses the one before at once, others of the store after at most
   * `cacheSeconds`. Where two are opened at the same moment, the store's order decides, and each node may believe the other
   * one for `cacheSeconds`.
   */
  readonly enrolledBy?: string;
};

/** The sessions of one gate, shared by the verifier of signed requests, the broker and the operator's own code. */
export interface Sessions {
  /** What sets these sessions apart from others in one store, and what proofs name as their recipient: the service by default. */
  readonly audience: string;
  /** The service name that callers sign for, by default the host name of the gate. */
  readonly service: string;
  /** The region that callers sign for. */
  readonly region: string;
  /** How far the time of signing may be from the server's, in seconds. */
  readonly skewSeconds: number;
  /** The clock that sessions, and whoever checks them, go by: milliseconds since 1970. */
  readonly clock: () => number;
  /**
   * What has been revoked, and the way to revoke. {@link Sessions.find} heeds it; {@link Sessions.open} does not, so whoever opens
   * sessions for callers asks `covers` first.
   */
  readonly revocations: Revocations;
  /** The issuers that brokers on these sessions take groups and tags from. */
  readonly issuers: readonly TrustedIssuer[];
  /**
   * Opens a session, in place of one with the same access key id. Keys are derived for every day on which a signature can be
   * in time; the secret is not kept.
   *
   * @throws ConfigurationError where the session is not one that could be used, such as one that is over.
   * @throws AuthError `access_denied` where it was enrolled with the credentials of a session that was not, be that revoked.
   * @throws AuthError `store_unavailable`
   */
  open(init: SessionInit): Promise<void>;
  /**
   * Ends a session; no fault where there is none. This node refuses it at once.
   *
   * @throws ConfigurationError where it is given what is no access key id.
   * @throws AuthError `store_unavailable`, and the session may go on.
   */
  close(accessKeyId: string): Promise<void>;
  /**
   * The live session of an access key id; undefined where it is unknown, over, revoked, or followed by another one of the same
   * enrolled credentials. It comes without a promise where the store need not be asked.
   *
   * @throws AuthError `store_unavailable` where the store cannot tell.
   */
  find(accessKeyId: string): Promise<Session | undefined> | Session | undefined;
  /**
   * Takes note, in one atomic step, that something was used.
   *
   * @param digest names it, at least 128 bits in lower-case hex or base64url.
   * @param expiresAt when it may be forgotten, in milliseconds since 1970.
   * @returns false where it had been used before.
   * @throws AuthError `store_unavailable` where the store cannot tell; it must then not be let through.
   */
  once(use: SingleUse, digest: string, expiresAt: number): Promise<boolean>;
  /**
   * Takes note of an issuer whose groups and tags sessions get from a broker or an enrollment.
   *
   * @param option the option that names it, for the fault.
   * @throws ConfigurationError where it is not the only one, and one of them does not say how its names are to be read.
   */
  trust(issuer: TrustedIssuer, option: string): void;
  /**
   * Resolves when the store can be reached.
   *
   * @throws AuthError `store_unavailable`
   */
  ready(): Promise<void>;
  /** How the store and its list of revocations stand, by what is known now; the store is not asked. */
  readiness(): readonly SourceReadiness[];
}

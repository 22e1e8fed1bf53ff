import type { Role, RoleName } from "../arn.ts";

/** Whom or what to revoke: exactly one of these. */
export type RevokedSubject =
  /** A session, by its access key id. */
  | { readonly accessKeyId: string }
  /** Every session of a role; while it lasts the role cannot be enrolled either. */
  | { readonly role: RoleName }
  /** A caller by `Principal.id`: what was opened or issued before `issuedBefore`, by default before now. */
  | { readonly user: string; readonly issuedBefore?: Date }
  /** Every session of a token that goes back to one sign-in (`origin_jti`), which goes on as long as its refresh token. */
  | { readonly originJti: string }
  /** One token. */
  | { readonly jti: string }
  /** Every session of an identity of an identity pool. */
  | { readonly identityId: string };

/** What to revoke, and how long it must be remembered. */
export type Revocation = RevokedSubject & {
  /** When it may be forgotten: when all that it is about has ended. By default as long as a session may live. */
  readonly until?: Date;
};

/** The facts of a session or token by which it may have been revoked. */
export interface RevocableFacts {
  readonly accessKeyId?: string;
  /** The access key id of the AWS credentials that it was enrolled with; revoked as `accessKeyId` too. */
  readonly enrolledBy?: string;
  readonly role?: Pick<Role, "partition" | "account" | "name">;
  /** `Principal.id`. */
  readonly user?: string;
  readonly originJti?: string;
  readonly jti?: string;
  readonly identityId?: string;
  /** When the session was opened or its token issued, whichever is earlier, in milliseconds since 1970. */
  readonly issuedAt: number;
}

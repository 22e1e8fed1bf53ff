import type { Role } from "../arn.ts";
import type { Literal, Rule } from "../policy/rule.ts";
import type { PrincipalKind } from "../principal.ts";

/** The version of the lines; a change that a reader would notice makes another. New members are none. */
export const logVersion = 1;

/**
 * What a claim, tag, query parameter or header came to: its value, `null` where it was missing, or why it has no value that a
 * rule could compare. Claims may be lists of texts, such as `amr`.
 */
export type LoggedValue = Literal | readonly string[] | null | { readonly state: "repeated" | "unreadable" };

/** Values by name; only of names that the options list. A name that is not here was not logged, which is not the same as missing. */
export type LoggedValues = Readonly<Record<string, LoggedValue>>;

/** The caller of a logged decision. */
export interface LoggedPrincipal {
  readonly kind: PrincipalKind;
  /** Absent where ids are left out; those of users and guests end with a pseudonym where ids are hashed. */
  readonly id?: string;
  readonly issuer: string;
  readonly verifiedBy: string;
  readonly userId?: string;
  readonly identityId?: string;
  readonly clientId?: string;
  /** Absent where this kind of credential cannot tell. */
  readonly groups?: { readonly names: readonly string[]; readonly closed: boolean };
  /** Absent where this kind of credential cannot tell. */
  readonly scopes?: readonly string[];
  /** Without the session name, which a caller may choose. */
  readonly role?: Pick<Role, "partition" | "account" | "name">;
  readonly tags?: LoggedValues;
  readonly claims?: LoggedValues;
  /** ISO 8601. */
  readonly authenticatedAt?: string;
}

/** One line of a decision log: one decision. */
export interface LoggedDecision {
  readonly v: typeof logVersion;
  /** ISO 8601, UTC, to the millisecond. */
  readonly time: string;
  readonly allowed: boolean;
  /** The code of the refusal. */
  readonly code?: string;
  /** The share of the allowed decisions that are logged, where that is not all of them. */
  readonly sampled?: number;
  /** The key of the route in the policy, `$connect` for a WebSocket connection; absent where none matched or none was looked for. */
  readonly route?: string;
  /** The GraphQL fields that were judged in place of a route. */
  readonly fields?: readonly string[];
  /**
   * What the operation asks further in, of other types than operations begin with, where it asks such; of it, what is in
   * `fields` was judged. Null where the line would have been too long.
   */
  readonly nested?: readonly string[] | null;
  readonly method: string;
  /** All methods that were judged, where the request asked for another one in a header. */
  readonly methods?: readonly string[];
  /** The path as on the wire; absent where the target was refused. */
  readonly path?: string;
  /** The indices of the segments of the path that are not those of the request: a pseudonym, or `*`. */
  readonly hidden?: readonly number[];
  /** How ids are logged, where not as they are. */
  readonly ids?: "hash" | "omit";
  /** How parameters of paths and guards, and the values of tags, are logged, where not as they are; tags are never left out. */
  readonly params?: "hash" | "omit";
  /** Absent where the credential was refused before anybody was known, and where deciding failed. */
  readonly principal?: LoggedPrincipal;
  /** Null where it was not known; absent where it is not logged. */
  readonly address?: string | null;
  readonly query?: LoggedValues;
  readonly headers?: LoggedValues;
  /** The guard that was asked beside the route. */
  readonly guard?: { readonly rule: Rule; readonly params?: Readonly<Record<string, string>> };
  /** The line was too long, and holds no more than what all lines hold. */
  readonly cut?: true;
}

/** A line that stands for decisions that could not be logged. */
export interface LoggedLoss {
  readonly v: typeof logVersion;
  readonly time: string;
  /** How many since the last such line. */
  readonly dropped: number;
}

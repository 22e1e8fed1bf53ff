import { hash } from "node:crypto";
import { types } from "node:util";
import { accessKeyIdForm } from "../access-key-id.ts";
import { parseRoleName } from "../arn.ts";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import type { RevocableFacts, Revocation } from "./revocation.ts";

/** Whom or what an entry of the list is about: the member of `Revocation` that named it, and a digest of its value. */
export interface RevocationEntry {
  /** The kind and the digest: `role/` and 43 characters. */
  readonly name: string;
  /** What was issued before this time is revoked, in milliseconds since 1970; undefined for whatever was issued. */
  readonly before?: number;
  /** When it may be forgotten, in milliseconds since 1970. */
  readonly until: number;
}

const subjects = ["accessKeyId", "role", "user", "originJti", "jti", "identityId"] as const;
type Subject = (typeof subjects)[number];
const memberNames = [...subjects, "issuedBefore", "until"];
const entryForm = /^((?:accessKeyId|role|user|originJti|jti|identityId)\/[\w-]{43})\/(\d{1,16}|-)\/(\d{1,16})$/;

/**
 * Reads what an operator revokes.
 *
 * @param lifetime how long it is remembered without `until`, in milliseconds.
 * @throws ConfigurationError where it names nothing, more than one thing, or what could never be found.
 */
export function readRevocation(revocation: Revocation, now: number, lifetime: number): RevocationEntry {
  refuseUnknownOptions("revocations.revoke", revocation, memberNames);
  const members = revocation as { readonly [name in (typeof memberNames)[number]]?: unknown };
  const [subject, ...others] = subjects.filter((name) => members[name] !== undefined);
  if (subject === undefined || others.length > 0) {
    throw new ConfigurationError("missing_option", "revocations.revoke", `pass one of ${subjects.join(", ")}`);
  }
  const value = readValue(subject, members[subject]);
  const until = members.until === undefined ? Math.ceil(now) + lifetime : readTime("until", members.until);
  if (until <= now) throw invalid("until", "must be in the future");
  if (subject !== "user") {
    if (members.issuedBefore === undefined) return { name: nameOf(subject, value), until };
    throw invalid("issuedBefore", "goes with user only; leave it out");
  }
  // What was issued in this very millisecond was there before it was revoked.
  const before =
    members.issuedBefore === undefined ? Math.floor(now) + 1 : readTime("issuedBefore", members.issuedBefore);
  return { name: nameOf(subject, value), before, until };
}

/** Spells an entry as the end of a store key: the whole of it, so that a list of keys is the list of revocations. */
export function spellEntry({ name, before, until }: RevocationEntry): string {
  return `${name}/${before ?? "-"}/${until}`;
}

/** Reads what {@link spellEntry} wrote; undefined for all else. */
export function parseEntry(spelled: string): RevocationEntry | undefined {
  const match = entryForm.exec(spelled);
  if (match === null) return undefined;
  const [, name, before, until] = match as unknown as [string, string, string, string];
  return { name, ...(before !== "-" && { before: Number(before) }), until: Number(until) };
}

/** The names of all entries that would be about a session or token. */
export function namesOf(facts: RevocableFacts): readonly string[] {
  const { accessKeyId, enrolledBy, role, user, originJti, jti, identityId } = facts;
  const found: readonly (readonly [Subject, string | undefined])[] = [
    ["accessKeyId", accessKeyId],
    ["accessKeyId", enrolledBy],
    ["role", role && roleValue(role.partition, role.account, role.name)],
    ["user", user],
    ["originJti", originJti],
    ["jti", jti],
    ["identityId", identityId],
  ];
  return found.flatMap(([subject, value]) => (value === undefined ? [] : [nameOf(subject, value)]));
}

function nameOf(subject: Subject, value: string): string {
  return `${subject}/${hash("sha256", value, "base64url")}`;
}

/** IAM tells no two roles apart by case, so whoever misspells one still means it. */
function roleValue(partition: string, account: string, name: string): string {
  return `${partition}/${account}/${name.toLowerCase()}`;
}

function readValue(subject: Subject, value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalid(subject, "must be a string that is not empty");
  if (subject === "accessKeyId" && !accessKeyIdForm.test(value)) throw invalid(subject, "must be an access key id");
  if (subject !== "role") return value;
  const role = parseRoleName(value);
  if (role === undefined || role.name.includes("*")) {
    throw invalid("role", "must be one role, such as 123456789012/Editor, or its ARN without a path");
  }
  return roleValue(role.partition, role.account, role.name);
}

function readTime(member: string, value: unknown): number {
  const time = types.isDate(value) ? value.getTime() : Number.NaN;
  if (!(time >= 0)) throw invalid(member, "must be a Date");
  return time;
}

function invalid(member: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `revocations.revoke.${member}`, message);
}

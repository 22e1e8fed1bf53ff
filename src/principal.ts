import type { Role } from "./arn.ts";

/** What kind of caller it is; `user`, `client` and `role` are authenticated, `guest` and `anonymous` are not. */
export type PrincipalKind = "user" | "client" | "role" | "guest" | "anonymous";

/**
 * The groups of a caller.
 *
 * A closed set is the whole truth: a group that is not in it is not the caller's. An open set comes from a role: the
 * groups in it are the caller's, of any other nothing is known.
 */
export interface Groups {
  readonly names: ReadonlySet<string>;
  readonly closed: boolean;
}

/** Who is calling, in one shape for tokens and signed requests. It carries no token, key or secret. */
export interface Principal {
  readonly kind: PrincipalKind;
  /** `user:<pool>:<sub>`, `client:<pool>:<client id>`, `role:<account>/<name>`, `guest:<identity id>` or `anonymous`. */
  readonly id: string;
  /** The pool, account or gateway that vouches for the caller; empty for anonymous. */
  readonly issuer: string;
  /** How the caller was verified: `user-pool`, `signed-request`, ...; `nothing` for anonymous. */
  readonly verifiedBy: string;
  /** The `sub` of the user pool; only user pools set it. */
  readonly userId?: string;
  /** The id of the identity pool's identity, never mixed up with {@link Principal.userId}. */
  readonly identityId?: string;
  /**
   * The OAuth client (app client) that a token of a user pool was given to: the one that the user came through, or the machine
   * itself. Only user pools set it, as their client ids are made by AWS; a session does not keep it.
   */
  readonly clientId?: string;
  /** The groups; undefined where this kind of credential cannot tell. */
  readonly groups?: Groups;
  /** The OAuth scopes; undefined where this kind of credential cannot tell, empty where it says there are none. */
  readonly scopes?: ReadonlySet<string>;
  /** The principal tags, as attributes for access control maps them. */
  readonly tags: ReadonlyMap<string, string>;
  /** The IAM role that the caller acts in. */
  readonly role?: Role;
  /** The claims of the token, frozen, without a prototype; empty for signed requests. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the caller proved who he is (`auth_time`). */
  readonly authenticatedAt?: Date;
  /** When the credential ends. */
  readonly expiresAt?: Date;
}

/** The caller who showed no credential, where a rule lets him in. */
export interface AnonymousPrincipal extends Principal {
  readonly kind: "anonymous";
  readonly verifiedBy: "nothing";
  readonly groups: Groups;
}

/** What {@link createPrincipal} takes: a Principal whose tags and claims may be left out. */
export type PrincipalInit = Omit<Principal, "tags" | "claims"> & {
  readonly tags?: ReadonlyMap<string, string>;
  readonly claims?: Readonly<Record<string, unknown>>;
};

const noTags: ReadonlyMap<string, string> = unchangeable(new Map());
const noClaims: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null));

/** Groups that are the whole truth about a caller. */
export function closedGroups(names: Iterable<string> = []): Groups {
  return Object.freeze({ names: new Set(names), closed: true });
}

/** Groups that a role stands for; of any other group nothing is known. */
export function openGroups(names: Iterable<string>): Groups {
  return Object.freeze({ names: new Set(names), closed: false });
}

/** Makes a frozen Principal. The claims become a frozen copy without a prototype, so that no name in them is special. */
export function createPrincipal(init: PrincipalInit): Principal {
  return Object.freeze({
    ...init,
    tags: init.tags ?? noTags,
    claims: init.claims === undefined ? noClaims : frozenClaims(init.claims),
  });
}

/** The caller who showed no credential. */
export const anonymous: AnonymousPrincipal = createPrincipal({
  kind: "anonymous",
  id: "anonymous",
  issuer: "",
  verifiedBy: "nothing",
  groups: Object.freeze({ names: unchangeable(new Set<string>()), closed: true }),
}) as AnonymousPrincipal;

/** Whether a caller proved who he is: user, client and role did, guest and anonymous did not. */
export function isAuthenticated(principal: Principal): boolean {
  return principal.kind === "user" || principal.kind === "client" || principal.kind === "role";
}

function frozenClaims(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(claims)) copy[name] = frozenJson(claims[name]);
  return Object.freeze(copy);
}

function frozenJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenJson));
  return frozenClaims(value as Readonly<Record<string, unknown>>);
}

/** Locks a collection that many callers share: what a handler adds to it, all of them would have. */
function unchangeable<Collection extends object>(collection: Collection): Collection {
  for (const method of ["add", "set", "delete", "clear"]) Object.defineProperty(collection, method, { value: refuse });
  return Object.freeze(collection);
}

function refuse(): never {
  throw new TypeError("the groups, scopes, tags and times of a principal cannot be changed");
}

/** What stands behind a locked object in the place of its own prototype: it has each of these methods refuse. */
function lockedPrototype(prototype: object, methods: readonly string[]): object {
  return Object.freeze(
    Object.create(prototype, Object.fromEntries(methods.map((method) => [method, { value: refuse }]))),
  );
}

const lockedSet = lockedPrototype(Set.prototype, ["add", "delete", "clear"]);
const lockedMap = lockedPrototype(Map.prototype, ["set", "delete", "clear"]);
const lockedDate = lockedPrototype(
  Date.prototype,
  Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith("set")),
);

/**
 * Locks the groups, scopes, tags and times of a principal that several requests will share: what the handler of one changed,
 * those of all others would see, and policies too.
 */
export function lockPrincipal(principal: Principal): void {
  const { groups, scopes, tags, authenticatedAt, expiresAt } = principal;
  // Those of issuers that others wrote need not come from createPrincipal.
  Object.freeze(principal);
  // Reflect passes over what has been frozen already.
  if (groups !== undefined) Reflect.setPrototypeOf(groups.names, lockedSet);
  if (scopes !== undefined) Reflect.setPrototypeOf(scopes, lockedSet);
  Reflect.setPrototypeOf(tags, lockedMap);
  for (const time of [authenticatedAt, expiresAt]) if (time !== undefined) Reflect.setPrototypeOf(time, lockedDate);
}

import { parseRoleName, type Role, type RoleName } from "./arn.ts";
import { ConfigurationError } from "./configuration.ts";
import { AuthError } from "./errors.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "./principal.ts";

/** What a role stands for: groups of which its callers are members, others being unknown, or a guest. */
export type RoleMeaning = { readonly groups: readonly string[] } | { readonly guest: true };

/** The accepted roles, by `123456789012/Editor` or by ARN without a path, and what each stands for. */
export type RoleMap = Readonly<Record<RoleName, RoleMeaning>>;

/** Says what a caller who comes with a role may be taken for. */
export type JudgeRole = (principal: Principal) => Principal;

/**
 * Compiles the allow-list of roles, for callers of kind role or guest.
 *
 * @param option the name of the option, for faults.
 * @returns a function that gives a listed role its groups, or makes it a guest; it throws AuthError `role_not_allowed` for
 * a role that is not listed, and for a caller without a role. A guest stays one whatever its role stands for.
 * @throws ConfigurationError where a key is no role or a value is none of the two forms.
 */
export function compileRoleMap(option: string, roles: RoleMap): JudgeRole {
  if (typeof roles !== "object" || roles === null || Array.isArray(roles)) {
    throw new ConfigurationError("invalid_option", option, 'write { "123456789012/Editor": { groups: ["editors"] } }');
  }
  const meanings = new Map<string, RoleMeaning>();
  for (const [name, meaning] of Object.entries(roles)) {
    const at = `${option}[${JSON.stringify(name)}]`;
    const role = parseRoleName(name);
    if (role === undefined || role.name.includes("*")) {
      throw new ConfigurationError(
        "invalid_option",
        at,
        "name one role, such as 123456789012/Editor, without * or path",
      );
    }
    const key = keyOf(role);
    if (meanings.has(key)) throw new ConfigurationError("invalid_option", at, "names a role that is listed already");
    requireMeaning(at, meaning);
    meanings.set(key, meaning);
  }
  return function judgeRole(principal) {
    const { role } = principal;
    const meaning = role && meanings.get(keyOf(role));
    if (role === undefined || meaning === undefined) throw new AuthError("role_not_allowed");
    if ("guest" in meaning) return asGuest(principal, role);
    return createPrincipal({ ...principal, groups: openGroups(meaning.groups) });
  };
}

function keyOf({ partition, account, name }: Pick<Role, "partition" | "account" | "name">): string {
  return `${partition}:${account}/${name}`;
}

// Spelled out rather than spread: nothing that a role's session says about a user is said of a guest.
function asGuest({ issuer, verifiedBy, identityId, tags, expiresAt }: Principal, role: Role): Principal {
  return createPrincipal({
    kind: "guest",
    id: `guest:${identityId ?? `${role.account}/${role.name}`}`,
    issuer,
    verifiedBy,
    groups: closedGroups(),
    tags,
    role,
    ...(identityId !== undefined && { identityId }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
}

function requireMeaning(at: string, meaning: unknown): void {
  if (typeof meaning === "object" && meaning !== null && Object.keys(meaning).length === 1) {
    if ("guest" in meaning && meaning.guest === true) return;
    if ("groups" in meaning && isListOfNames(meaning.groups)) return;
  }
  throw new ConfigurationError("invalid_option", at, 'write { groups: ["editors"] } or { guest: true }');
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
}

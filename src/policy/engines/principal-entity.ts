import type { Principal } from "../../principal.ts";
import type { CedarEntity, CedarRecord, CedarValue } from "./cedar-value.ts";
import type { Mapping } from "./mapping-options.ts";

/**
 * Makes the entity of a caller. What is not known of him is no attribute, so that a policy which reads it fails; it is never an
 * empty one, which would be an answer.
 */
export function principalEntity(principal: Principal, mapping: Mapping): CedarEntity {
  const { types, attributes } = mapping;
  return {
    uid: { type: types[principal.kind], id: principal.id },
    attrs: attributesOf(principal, mapping),
    parents: mapping.groups ? groupsOf(principal).map((id) => ({ type: types.group, id })) : [],
    ...(attributes.has("tags") && { tags: record(principal.tags) }),
  };
}

/** Whether all groups of a caller are known, or nobody reads them. */
export function knowsGroups({ groups }: Principal, mapping: Mapping): boolean {
  return !mapping.groups || groups?.closed === true;
}

function groupsOf({ groups }: Principal): readonly string[] {
  return groups === undefined ? [] : [...groups.names];
}

function attributesOf(principal: Principal, { attributes, claims }: Mapping): CedarRecord {
  const { issuer, verifiedBy, userId, identityId, clientId, scopes, role } = principal;
  const known: Record<string, CedarValue | undefined> = {
    issuer: issuer === "" ? undefined : issuer,
    verifiedBy,
    userId,
    identityId,
    clientId,
    scopes: scopes && [...scopes],
    // The name of the session is left out, and the ARN that holds it: some callers choose it.
    role: role && { partition: role.partition, account: role.account, name: role.name },
  };
  const given = Object.entries(known).filter(([name]) => attributes.has(name as never));
  return record([...given, ["claims", claims && claimsOf(principal, claims)]]);
}

/** Claims of another form are left out as if they were not known: a claim that is an object could pass for an entity. */
function claimsOf(principal: Principal, names: readonly string[]): CedarRecord {
  return record(
    names.map((name) => {
      const value = Object.hasOwn(principal.claims, name) ? principal.claims[name] : undefined;
      return [name, isPlain(value) || isListOfTexts(value) ? value : undefined];
    }),
  );
}

function isPlain(value: unknown): value is string | boolean | number {
  return typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Members without a prototype, so that no name is special; those that are undefined are left out. */
export function record(members: Iterable<readonly [name: string, value: CedarValue | undefined]>): CedarRecord {
  const made: Record<string, CedarValue> = Object.create(null);
  for (const [name, value] of members) if (value !== undefined) made[name] = value;
  return made;
}

import type { Principal } from "../principal.ts";
import type { Disclosures } from "./decision-log-options.ts";
import { disclose } from "./disclose.ts";
import type { LoggedPrincipal, LoggedValue, LoggedValues } from "./logged-decision.ts";

/** The caller, with what the options let out. */
export function loggedPrincipal(principal: Principal, disclosures: Disclosures): LoggedPrincipal {
  const { kind, issuer, verifiedBy, clientId, groups, scopes, role, authenticatedAt } = principal;
  const { tags, claims } = disclosures;
  return {
    kind,
    ...idsOf(principal, disclosures),
    issuer,
    verifiedBy,
    ...(clientId !== undefined && { clientId }),
    ...(groups !== undefined && { groups: { names: [...groups.names], closed: groups.closed } }),
    ...(scopes !== undefined && { scopes: [...scopes] }),
    ...(role !== undefined && { role: { partition: role.partition, account: role.account, name: role.name } }),
    ...(tags.length > 0 && { tags: tagsOf(principal, disclosures) }),
    ...(claims.length > 0 && { claims: claimsOf(principal, claims) }),
    ...(isTime(authenticatedAt) && { authenticatedAt: authenticatedAt.toISOString() }),
  };
}

function idsOf(
  { kind, id, userId, identityId }: Principal,
  { ids, key }: Disclosures,
): Pick<LoggedPrincipal, "id" | "userId" | "identityId"> {
  // Clients, roles and nobody are no persons.
  const isPerson = kind === "user" || kind === "guest";
  if (ids === "omit") return isPerson ? {} : { id };
  return {
    id: isPerson && ids === "hash" ? `${kind}:${disclose(id, ids, key)}` : id,
    ...(userId !== undefined && { userId: disclose(userId, ids, key) }),
    ...(identityId !== undefined && { identityId: disclose(identityId, ids, key) }),
  };
}

function tagsOf(principal: Principal, { tags, params, key }: Disclosures): LoggedValues {
  const mode = params === "hash" ? "hash" : "plain";
  return Object.fromEntries(
    tags.map((name) => {
      const value = principal.tags.get(name);
      return [name, value === undefined ? null : disclose(value, mode, key)];
    }),
  );
}

function claimsOf({ claims }: Principal, names: readonly string[]): LoggedValues {
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(claims, name) ? loggedClaim(claims[name]) : null]),
  );
}

function loggedClaim(value: unknown): LoggedValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  return { state: "unreadable" };
}

function isTime(date: Date | undefined): date is Date {
  return date !== undefined && Number.isFinite(date.getTime());
}

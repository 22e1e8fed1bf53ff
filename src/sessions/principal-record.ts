import type { Role } from "../arn.ts";
import { closedGroups, createPrincipal, type Groups, openGroups, type Principal } from "../principal.ts";
import { isJsonObject, type JsonObject } from "../tokens/strict-json.ts";
import {
  fault,
  readFields,
  readInteger,
  readList,
  readOneOf,
  readPairs,
  readString,
  readText,
} from "./record-fields.ts";

/** The kinds of caller that a session may stand for; nobody signs as anonymous. */
const kinds = ["user", "client", "role", "guest"] as const;

const required = ["kind", "id", "issuer", "verifiedBy", "tags", "claims"];
const optional = ["userId", "identityId", "groups", "scopes", "role", "authenticatedAt", "expiresAt"];

/**
 * Turns a Principal into what JSON can hold; {@link readPrincipal} is the way back.
 *
 * Sets become lists, maps become lists of pairs, dates become milliseconds since 1970.
 */
export function writePrincipal(principal: Principal): unknown {
  const { kind, id, issuer, verifiedBy, userId, identityId, groups, scopes, role } = principal;
  return {
    ...{ kind, id, issuer, verifiedBy, userId, identityId },
    groups: groups && { names: [...groups.names], closed: groups.closed },
    scopes: scopes && [...scopes],
    tags: [...principal.tags],
    role: role && [role.arn, role.partition, role.account, role.name, role.sessionName ?? null],
    claims: principal.claims,
    authenticatedAt: principal.authenticatedAt?.getTime(),
    expiresAt: principal.expiresAt?.getTime(),
  };
}

/**
 * Reads what {@link writePrincipal} wrote.
 *
 * @returns a frozen Principal.
 * @throws RecordFault
 */
export function readPrincipal(value: unknown): Principal {
  const fields = readFields("principal", value, required, optional);
  const { userId, identityId, groups, scopes, role, authenticatedAt, expiresAt } = fields;
  const claims = readClaims(fields.claims);
  return createPrincipal({
    kind: readOneOf("principal.kind", fields.kind, kinds),
    id: readText("principal.id", fields.id),
    issuer: readText("principal.issuer", fields.issuer),
    verifiedBy: readText("principal.verifiedBy", fields.verifiedBy),
    tags: readPairs("principal.tags", fields.tags, readString, readString),
    ...(userId !== undefined && { userId: readText("principal.userId", userId) }),
    ...(identityId !== undefined && { identityId: readText("principal.identityId", identityId) }),
    ...(groups !== undefined && { groups: readGroups("principal.groups", groups) }),
    ...(scopes !== undefined && { scopes: new Set(readList("principal.scopes", scopes, readText)) }),
    ...(role !== undefined && { role: readRole("principal.role", role) }),
    ...(authenticatedAt !== undefined && { authenticatedAt: readDate("principal.authenticatedAt", authenticatedAt) }),
    ...(expiresAt !== undefined && { expiresAt: readDate("principal.expiresAt", expiresAt) }),
    // Without claims, as brokers open sessions, all share the one empty object.
    ...(Object.keys(claims).length > 0 && { claims }),
  });
}

function readGroups(path: string, value: unknown): Groups {
  const { names, closed } = readFields(path, value, ["names", "closed"], []);
  if (typeof closed !== "boolean") throw fault(`${path}.closed`, "true or false");
  const list = readList(`${path}.names`, names, readString);
  return closed ? closedGroups(list) : openGroups(list);
}

function readRole(path: string, value: unknown): Role {
  if (!Array.isArray(value) || value.length !== 5) throw fault(path, "a list of five");
  const [arn, partition, account, name, sessionName] = value as unknown[];
  return Object.freeze({
    arn: readText(path, arn),
    partition: readText(path, partition),
    account: readText(path, account),
    name: readText(path, name),
    ...(sessionName !== null && { sessionName: readText(path, sessionName) }),
  });
}

function readClaims(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw fault("principal.claims", "an object");
  return value;
}

function readDate(path: string, value: unknown): Date {
  const date = new Date(readInteger(path, value));
  // ECMA-262: there is no time past 8.64e15 milliseconds.
  if (Number.isNaN(date.getTime())) throw fault(path, "a time");
  return date;
}

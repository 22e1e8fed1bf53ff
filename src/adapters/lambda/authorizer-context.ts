import { parseAssumedRoleArn, type Role } from "../../arn.ts";
import { AuthError } from "../../errors.ts";
import { closedGroups, createPrincipal, type Groups, openGroups, type Principal } from "../../principal.ts";
import { type EventFields, field, foreignEvent } from "./event-fields.ts";

/**
 * What an authorizer hands to the function behind it: flat and of strings, since arrays and objects make the gateway fail and
 * REST APIs turn all else into strings.
 */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** What the function behind reads from the context. */
export interface HandedOver {
  readonly principal: Principal;
  /** The SHA-256 that the body of a signed request must have, in hex. */
  readonly contentSha256: string | undefined;
  /** Until when the gateway may keep the answer; undefined where it may not. */
  readonly keptUntil: Date | undefined;
}

// Tells our context from that of another authorizer, and this form of it from later ones.
const marker = "poolgate";
const version = "1";
const kinds = ["user", "client", "role", "guest", "anonymous"] as const;

/**
 * Writes a caller into a context: `principalId`, `kind`, `issuer`, `verifiedBy`, and what is known of `userId`, `identityId`,
 * `clientId`, `role` (its ARN), `groups` (a JSON array, since names may hold commas) with `groupsClosed`, `scopes` (a JSON array), `tags`
 * (a JSON object), `expiresAt` and `authenticatedAt` (ISO 8601), `contentSha256` of a signed request, and `keptUntil` of an answer
 * that the gateway may keep (ISO 8601).
 *
 * Claims stay behind, and a token never gets here.
 *
 * @throws AuthError `internal_error` where a verifier gave a caller without an id.
 */
export function authorizerContext(
  principal: Principal,
  contentSha256: string | undefined,
  keptUntil?: Date,
): AuthorizerContext {
  const { kind, id, issuer, verifiedBy, userId, identityId, clientId, groups, scopes, tags, role } = principal;
  const { expiresAt, authenticatedAt } = principal;
  if (id === "") throw new AuthError("internal_error", { reason: "the verifier gave a principal without an id" });
  return {
    [marker]: version,
    principalId: id,
    kind,
    issuer,
    verifiedBy,
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    ...(role !== undefined && { role: role.arn }),
    ...(groups !== undefined && { groups: JSON.stringify([...groups.names]), groupsClosed: String(groups.closed) }),
    ...(scopes !== undefined && { scopes: JSON.stringify([...scopes]) }),
    ...(tags.size > 0 && { tags: JSON.stringify(Object.fromEntries(tags)) }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
    ...(authenticatedAt !== undefined && { authenticatedAt: authenticatedAt.toISOString() }),
    ...(contentSha256 !== undefined && { contentSha256 }),
    ...(keptUntil !== undefined && { keptUntil: keptUntil.toISOString() }),
  };
}

/** What the gateway's own access log and responses may show of a refusal: its code and its sentence. */
export function refusalContext(error: AuthError): AuthorizerContext {
  return { code: error.code, message: error.message };
}

/**
 * Reads back what {@link authorizerContext} wrote.
 *
 * @returns undefined where the context is none of ours.
 * @throws AuthError `configuration_error` where it is ours but not as this version writes it.
 */
export function readAuthorizerContext(context: EventFields): HandedOver | undefined {
  const mark = field(context, marker);
  if (mark === undefined) return undefined;
  const kind = kinds.find((known) => known === field(context, "kind"));
  const id = optionalText(context, "principalId");
  const issuer = optionalText(context, "issuer");
  const verifiedBy = optionalText(context, "verifiedBy");
  if (mark !== version || kind === undefined || !id || issuer === undefined || !verifiedBy) throw malformed();
  const userId = optionalText(context, "userId");
  const identityId = optionalText(context, "identityId");
  const clientId = optionalText(context, "clientId");
  const role = readRole(context);
  const groups = readGroups(context);
  const scopes = readNames(context, "scopes");
  const expiresAt = readDate(context, "expiresAt");
  const authenticatedAt = readDate(context, "authenticatedAt");
  const keptUntil = readDate(context, "keptUntil");
  const contentSha256 = optionalText(context, "contentSha256");
  if (contentSha256 !== undefined && !/^[0-9a-f]{64}$/.test(contentSha256)) throw malformed();
  const principal = createPrincipal({
    kind,
    id,
    issuer,
    verifiedBy,
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    ...(role !== undefined && { role }),
    ...(groups !== undefined && { groups }),
    ...(scopes !== undefined && { scopes: new Set(scopes) }),
    tags: readTags(context),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  });
  return { principal, contentSha256, keptUntil };
}

function optionalText(context: EventFields, name: string): string | undefined {
  const value = field(context, name);
  if (value !== undefined && typeof value !== "string") throw malformed();
  return value;
}

function optionalJson(context: EventFields, name: string): unknown {
  const text = optionalText(context, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

function readNames(context: EventFields, name: string): readonly string[] | undefined {
  const names = optionalJson(context, name);
  if (names === undefined) return undefined;
  if (!Array.isArray(names) || !names.every((entry) => typeof entry === "string")) throw malformed();
  return names;
}

function readGroups(context: EventFields): Groups | undefined {
  const names = readNames(context, "groups");
  const closed = optionalText(context, "groupsClosed");
  if (names === undefined && closed === undefined) return undefined;
  if (names === undefined || (closed !== "true" && closed !== "false")) throw malformed();
  return closed === "true" ? closedGroups(names) : openGroups(names);
}

function readTags(context: EventFields): ReadonlyMap<string, string> {
  const tags = optionalJson(context, "tags");
  if (tags === undefined) return new Map();
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) throw malformed();
  return new Map(
    Object.entries(tags).map(([name, value]) => {
      if (typeof value !== "string") throw malformed();
      return [name, value];
    }),
  );
}

function readRole(context: EventFields): Role | undefined {
  const arn = optionalText(context, "role");
  if (arn === undefined) return undefined;
  const role = parseAssumedRoleArn(arn);
  if (role === undefined) throw malformed();
  return role;
}

function readDate(context: EventFields, name: string): Date | undefined {
  const text = optionalText(context, name);
  if (text === undefined) return undefined;
  const date = new Date(text);
  // Only the exact form that is written; Date reads many more.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text) throw malformed();
  return date;
}

function malformed(): AuthError {
  return foreignEvent("the event's authorizer context is not as this version of poolgate writes it");
}

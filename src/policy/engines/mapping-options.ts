import { ConfigurationError } from "../../configuration.ts";
import type { PrincipalKind } from "../../principal.ts";
import type { InquiryOptions } from "../extensions.ts";
import type { Inquiry } from "../inquiry.ts";
import { type CedarEntity, entitiesFault, isSpecialName, isText, isTypeName } from "./cedar-value.ts";

/** What the types of an engine are for: a kind of caller, the groups, the action, or the resource where a rule names none. */
export type EntityRole = PrincipalKind | "group" | "action" | "route";

/** What an entity of a caller may carry of him, where it is known. */
export type PrincipalAttribute =
  | "issuer"
  | "verifiedBy"
  | "userId"
  | "identityId"
  | "clientId"
  | "scopes"
  | "role"
  | "tags";

/** What a context may carry of the request. */
export type RequestFact = "method" | "path" | "route" | "params" | "ip" | "now";

/** Entities for one question, such as the resource with its attributes. */
export type EntitySource = (
  inquiry: Inquiry,
  options: InquiryOptions,
) => readonly CedarEntity[] | Promise<readonly CedarEntity[]>;

/** How callers and requests become entities; the engines for Cedar and for Verified Permissions share it. */
export interface MappingOptions {
  /** What stands before the names of types that {@link MappingOptions.types} does not give, such as `Api`. */
  readonly namespace?: string;
  /**
   * The full names of types; by default `User`, `Client`, `Role`, `Guest` and `Anonymous` by the kind of the caller, `Group`,
   * `Action` and `Route`.
   */
  readonly types?: Readonly<Partial<Record<EntityRole, string>>>;
  /**
   * Whether policies read groups; true by default. With false a caller has none there, and callers whose groups are not all
   * known can be asked about.
   */
  readonly groups?: boolean;
  /** What a caller's entity carries where it is known; all by default. A schema must have what is named here. */
  readonly attributes?: readonly PrincipalAttribute[];
  /** The claims of a token that a caller's entity carries as `principal.claims`, by name; none by default. */
  readonly claims?: readonly string[];
  /** What the context carries of the request as `context.request`; nothing by default. */
  readonly request?: readonly RequestFact[];
  /** Entities beside that of the caller: a list, or a function that gives those for one question. */
  readonly entities?: readonly CedarEntity[] | EntitySource;
}

/** The same, read. */
export interface Mapping {
  readonly types: Readonly<Record<EntityRole, string>>;
  readonly groups: boolean;
  readonly attributes: ReadonlySet<PrincipalAttribute>;
  readonly claims: readonly string[] | undefined;
  readonly request: ReadonlySet<RequestFact>;
  readonly entities: EntitySource;
}

export const mappingOptionNames: readonly string[] = [
  "namespace",
  "types",
  "groups",
  "attributes",
  "claims",
  "request",
  "entities",
];

const defaultTypes: Readonly<Record<EntityRole, string>> = {
  user: "User",
  client: "Client",
  role: "Role",
  guest: "Guest",
  anonymous: "Anonymous",
  group: "Group",
  action: "Action",
  route: "Route",
};
const attributeNames: readonly PrincipalAttribute[] = [
  "issuer",
  "verifiedBy",
  "userId",
  "identityId",
  "clientId",
  "scopes",
  "role",
  "tags",
];
const factNames: readonly RequestFact[] = ["method", "path", "route", "params", "ip", "now"];

/**
 * Reads how callers and requests become entities.
 *
 * @param owner the function whose options these are, for faults.
 * @throws ConfigurationError where an option is faulty.
 */
export function readMapping(owner: string, options: MappingOptions): Mapping {
  const {
    namespace,
    types = {},
    groups = true,
    attributes = attributeNames,
    claims,
    request = [],
    entities = [],
  } = options;
  if (namespace !== undefined && !isTypeName(namespace)) throw invalid(owner, "namespace", 'write such as "Api"');
  if (typeof groups !== "boolean") throw invalid(owner, "groups", "must be true or false");
  return {
    types: readTypes(owner, namespace, types),
    groups,
    attributes: readNames(owner, "attributes", attributes, attributeNames),
    claims: claims === undefined ? undefined : readClaims(owner, claims),
    request: readNames(owner, "request", request, factNames),
    entities: readEntities(owner, entities),
  };
}

function readTypes(owner: string, namespace: string | undefined, types: object): Mapping["types"] {
  if (typeof types !== "object" || types === null || Array.isArray(types)) {
    throw invalid(owner, "types", 'write such as { user: "Api::User" }');
  }
  for (const [role, name] of Object.entries(types)) {
    if (!Object.hasOwn(defaultTypes, role)) {
      throw invalid(owner, `types.${role}`, `there is no such type; there are ${Object.keys(defaultTypes).join(", ")}`);
    }
    if (!isTypeName(name)) throw invalid(owner, `types.${role}`, 'must be the name of a type, such as "Api::User"');
  }
  const prefix = namespace === undefined ? "" : `${namespace}::`;
  const defaults = Object.entries(defaultTypes).map(([role, name]) => [role, prefix + name] as const);
  const read = { ...Object.fromEntries(defaults), ...types } as Mapping["types"];
  // A guest whose type were that of users could be taken for the user of the same id.
  if (new Set(Object.values(read)).size < Object.keys(read).length) {
    throw invalid(owner, "types", "two of them have one name; each must have its own");
  }
  return read;
}

function readNames<Name extends string>(
  owner: string,
  option: string,
  value: readonly Name[],
  known: readonly Name[],
): ReadonlySet<Name> {
  if (Array.isArray(value) && value.every((name) => known.includes(name))) return new Set(value);
  throw invalid(owner, option, `must be a list of ${known.join(", ")}`);
}

function readClaims(owner: string, claims: readonly unknown[]): readonly string[] {
  const readable = (name: unknown) => isText(name) && name !== "" && !isSpecialName(name);
  if (Array.isArray(claims) && claims.every(readable)) return [...claims];
  throw invalid(owner, "claims", 'must be a list of the names of claims, such as ["custom:plan"]');
}

function readEntities(owner: string, entities: readonly unknown[] | EntitySource): EntitySource {
  if (typeof entities === "function") return entities;
  const fault = entitiesFault(entities);
  if (fault !== undefined) throw invalid(owner, "entities", `${fault}; or write a function that gives them`);
  const kept = structuredClone(entities) as readonly CedarEntity[];
  return () => kept;
}

function invalid(owner: string, option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `${owner}.${option}`, message);
}

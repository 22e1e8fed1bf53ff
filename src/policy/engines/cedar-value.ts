/** The name of an entity: its type, such as `Api::Article`, and its id, which may be any text. */
export interface EntityReference {
  readonly type: string;
  readonly id: string;
}

/**
 * A value of Cedar as JSON (https://docs.cedarpolicy.com/auth/entities-syntax.html). A number is a whole one that JavaScript can
 * hold exactly; there is no null.
 */
export type CedarValue =
  | string
  | boolean
  | number
  | readonly CedarValue[]
  | { readonly __entity: EntityReference }
  | { readonly __extn: { readonly fn: string; readonly arg: string } }
  | { readonly [name: string]: CedarValue };

/** Attributes by name. */
export type CedarRecord = Readonly<Record<string, CedarValue>>;

/** An entity that policies may read. */
export interface CedarEntity {
  readonly uid: EntityReference;
  readonly attrs?: CedarRecord;
  readonly parents?: readonly EntityReference[];
  readonly tags?: CedarRecord;
}

const identifier = /^[A-Za-z_]\w*$/;
const reserved = new Set(["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"]);
const special = new Set(["__entity", "__extn", "__expr"]);
const loneSurrogate = /\p{Surrogate}/u;
const maximumDepth = 32;

/** Whether a text is the full name of a type (https://docs.cedarpolicy.com/policies/syntax-grammar.html). */
export function isTypeName(value: unknown): value is string {
  if (typeof value !== "string" || value === "") return false;
  return value.split("::").every((part) => identifier.test(part) && !reserved.has(part));
}

/** Whether Cedar would read a member of this name as something else than an attribute. */
export function isSpecialName(name: string): boolean {
  return special.has(name);
}

/**
 * Whether a text can be handed over as it is: half a surrogate pair has no UTF-8, and what would be written in its place makes
 * two texts one.
 */
export function isText(value: unknown): value is string {
  return typeof value === "string" && !loneSurrogate.test(value);
}

/** Whether a value is the name of an entity and nothing more. */
export function isReference(value: unknown): value is EntityReference {
  return isRecord(value) && Object.keys(value).length === 2 && isTypeName(value.type) && isText(value.id);
}

/** Whether Cedar has such a value, exactly. */
function isCedarValue(value: unknown, depth = 0): value is CedarValue {
  if (typeof value === "boolean" || isText(value)) return true;
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (depth === maximumDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isCedarValue(item, depth + 1));
  if (!isRecord(value)) return false;
  const names = Object.keys(value);
  if (!names.some(isSpecialName)) return isCedarRecord(value, depth);
  if (names.length > 1) return false;
  const { __entity: entity, __extn: extension } = value;
  return isReference(entity) || isExtension(extension);
}

/** Whether a value is a record of such values; the names of its members are texts. */
export function isCedarRecord(value: unknown, depth = 0): value is CedarRecord {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([name, member]) => isText(name) && !isSpecialName(name) && isCedarValue(member, depth + 1),
  );
}

/** What is wrong with an entity, or undefined. */
export function entityFault(entity: unknown): string | undefined {
  if (!isRecord(entity)) return 'write { uid: { type: "Article", id: "7" }, attrs: { ... }, parents: [...] }';
  const { uid, attrs = {}, parents = [], tags = {}, ...others } = entity;
  const [other] = Object.keys(others);
  if (other !== undefined) return `there is no ${JSON.stringify(other)}; an entity has uid, attrs, parents and tags`;
  if (!isReference(uid)) return 'uid must be such as { type: "Article", id: "7" }';
  if (!isCedarRecord(attrs)) return "attrs must be an object of values that Cedar has";
  if (!isCedarRecord(tags)) return "tags must be an object of values that Cedar has";
  if (!Array.isArray(parents) || !parents.every(isReference)) return "parents must be a list of { type, id }";
  return undefined;
}

/** What is wrong with a list of entities, or undefined. */
export function entitiesFault(entities: unknown): string | undefined {
  if (!Array.isArray(entities)) return "must be a list of entities";
  const seen = new Set<string>();
  for (const [index, entity] of entities.entries()) {
    const fault = entityFault(entity);
    if (fault !== undefined) return `[${index}]: ${fault}`;
    const { type, id } = (entity as CedarEntity).uid;
    const name = JSON.stringify([type, id]);
    if (seen.has(name)) return `[${index}]: there is another entity of this uid`;
    seen.add(name);
  }
  return undefined;
}

function isExtension(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 2 && isText(value.fn) && isText(value.arg);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

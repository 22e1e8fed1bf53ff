import type { AttributeValue, CedarTagValue } from "@aws-sdk/client-verifiedpermissions";
import { Undecided } from "../../reasoned-answer.ts";
import type { CedarRecord, CedarValue, EntityReference } from "../cedar-value.ts";

/** The types that are extensions in Cedar and members of their own here. */
const extensions = new Map<string, (arg: string) => AttributeValue>([
  ["ip", (ipaddr) => ({ ipaddr })],
  ["decimal", (decimal) => ({ decimal })],
  ["datetime", (datetime) => ({ datetime })],
  ["duration", (duration) => ({ duration })],
]);

/**
 * Spells a value of Cedar as Verified Permissions takes it, each with its type
 * (https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_AttributeValue.html).
 *
 * @throws Undecided where it has no such type.
 */
function attributeValue(value: CedarValue): AttributeValue & CedarTagValue {
  if (typeof value === "string") return { string: value };
  if (typeof value === "boolean") return { boolean: value };
  if (typeof value === "number") return { long: value };
  if (isList(value)) return { set: value.map(attributeValue) };
  const { __entity: entity, __extn: extension } = value as {
    readonly __entity?: EntityReference;
    readonly __extn?: { readonly fn: string; readonly arg: string };
  };
  if (entity !== undefined) return { entityIdentifier: entityIdentifier(entity) };
  if (extension === undefined) return { record: attributeValues(value as CedarRecord) };
  const spell = extensions.get(extension.fn);
  if (spell === undefined) throw new Undecided("an entity holds a type that Verified Permissions does not have");
  return spell(extension.arg) as AttributeValue & CedarTagValue;
}

/** Spells the members of a record; they have no prototype, so that no name is special. */
export function attributeValues(record: CedarRecord): Record<string, AttributeValue & CedarTagValue> {
  const made: Record<string, AttributeValue & CedarTagValue> = Object.create(null);
  for (const [name, value] of Object.entries(record)) made[name] = attributeValue(value);
  return made;
}

/** The name of an entity as Verified Permissions takes it. */
export function entityIdentifier({ type, id }: EntityReference): { entityType: string; entityId: string } {
  return { entityType: type, entityId: id };
}

function isList(value: CedarValue): value is readonly CedarValue[] {
  return Array.isArray(value);
}

import { ConfigurationError } from "../../configuration.ts";
import type { Policy } from "../../policy/define-policy.ts";
import { type SchemaTypes, usualRoots } from "./schema-types.ts";

/**
 * Refuses a policy with a rule for a field that no operation can ask: it would guard nothing, and nobody would notice.
 *
 * @param schema without it, what is not sure is let pass.
 * @throws ConfigurationError
 */
export function requireAskable(owner: string, policy: Policy | undefined, schema: SchemaTypes | undefined): void {
  const fields = policy?.document.fields;
  if (fields === undefined) {
    const advice = "the authorizer needs a policy with rules for fields; write definePolicy({ fields: { ... } })";
    throw new ConfigurationError("missing_option", owner, advice);
  }
  const keys = Object.keys(fields).filter((key) => key !== "*");
  if (schema === undefined) {
    const wide = keys.filter((key) => key.endsWith(".*") && !Object.values(usualRoots).includes(key.slice(0, -2)));
    if (wide.length === 0) return;
    const advice = `pass the text of the schema: it tells what ${wide.join(", ")} of the policy stands for`;
    throw new ConfigurationError("missing_option", `${owner}.schema`, advice);
  }
  const lost = keys.filter((key) => !isAskable(key, schema));
  if (lost.length === 0) return;
  const advice = `the policy has rules for ${lost.join(", ")}, which no object type of the schema has, so they would guard nothing`;
  throw new ConfigurationError("invalid_option", `${owner}.schema`, advice);
}

function isAskable(key: string, { objects, roots }: SchemaTypes): boolean {
  const [type = "", field = ""] = key.split(".");
  if (field.startsWith("__")) return type === roots.query;
  return field === "*" ? objects.has(type) : objects.get(type)?.has(field) === true;
}

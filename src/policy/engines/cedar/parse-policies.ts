import { type PolicyJson, policySetTextToParts, policyToJson } from "@cedar-policy/cedar-wasm/nodejs";
import { ConfigurationError } from "../../../configuration.ts";
import { entriesOf } from "../../read-json.ts";
import type { CedarPolicies } from "./cedar-engine-options.ts";
import { taken } from "./cedar-fault.ts";

/** One policy that has been parsed. */
export interface ParsedPolicy {
  readonly text: string;
  readonly json: PolicyJson;
}

/**
 * Parses policies. In one text each is called by its annotation `@id("...")`, and by `policy0`, `policy1`, ... in their order
 * where it has none.
 *
 * @throws ConfigurationError with Cedar's message and the place.
 */
export function parsePolicies(option: string, policies: CedarPolicies): ReadonlyMap<string, ParsedPolicy> {
  const parsed = typeof policies === "string" ? parseText(option, policies) : parseEntries(option, policies);
  if (parsed.size === 0)
    throw new ConfigurationError("invalid_policy", option, "there is no policy, so nobody is let in");
  return parsed;
}

function parseText(option: string, text: string): ReadonlyMap<string, ParsedPolicy> {
  const parts = taken(() => policySetTextToParts(text), option, text);
  if (parts.policy_templates.length > 0) throw template(option);
  const parsed = new Map<string, ParsedPolicy>();
  inOrder(parts.policies).forEach((part, index) => {
    const json = jsonOf(option, part);
    const id = json.annotations?.id ?? `policy${index}`;
    if (parsed.has(id)) {
      throw new ConfigurationError("invalid_policy", option, `two policies are called ${JSON.stringify(id)}`);
    }
    parsed.set(id, { text: part, json });
  });
  return parsed;
}

/** They come sorted by the ids `policy0`, `policy1`, `policy10`, ... that Cedar gave them. */
function inOrder(parts: readonly string[]): readonly string[] {
  const ids = parts.map((_, index) => `policy${index}`).sort();
  const byId = new Map(ids.map((id, index) => [id, parts[index] as string]));
  return parts.map((_, index) => byId.get(`policy${index}`) as string);
}

function parseEntries(option: string, policies: object): ReadonlyMap<string, ParsedPolicy> {
  const entries = entriesOf(policies);
  if (entries === undefined)
    throw new ConfigurationError("invalid_option", option, "write policies as text, or texts by id");
  return new Map(
    entries.map(([id, text]) => {
      const at = `${option}[${JSON.stringify(id)}]`;
      if (typeof text !== "string")
        throw new ConfigurationError("invalid_option", at, "must be the text of one policy");
      return [id, { text, json: jsonOf(at, text) }];
    }),
  );
}

function jsonOf(option: string, text: string): PolicyJson {
  return taken(() => policyToJson(text), option, text).json;
}

function template(option: string): ConfigurationError {
  return new ConfigurationError(
    "invalid_policy",
    option,
    "templates cannot be linked here; write a policy for each principal and resource",
  );
}

import { ConfigurationError, requireText } from "../configuration.ts";
import type { Rename } from "./naming.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

/** The tags of a principal, each with the name under which its issuer knows it. */
export type TagMapping = readonly (readonly [tag: string, source: string])[];

/**
 * Checks a mapping from tags to the names under which an issuer knows them; none where nothing is said.
 *
 * @param rename how the tags are named beside those of other issuers.
 * @throws ConfigurationError
 */
export function readTagMapping(option: string, value: unknown, rename: Rename, example: string): TagMapping {
  if (value === undefined) return [];
  if (!isJsonObject(value) || value instanceof Map) {
    throw new ConfigurationError("invalid_option", option, `write tags and where to read them: { tenant: ${example} }`);
  }
  const mapping: (readonly [string, string])[] = [];
  for (const [name, source] of Object.entries(value)) {
    const tag = rename(name);
    const text = requireText(`${option}.${name}`, source, example);
    if (tag !== undefined) mapping.push([tag, text]);
  }
  if (new Set(mapping.map(([tag]) => tag)).size < mapping.length) {
    throw new ConfigurationError("invalid_option", option, "two tags get the same name");
  }
  return mapping;
}

/** Reads tags; one that is absent or no string is left out. */
export function mapTags(source: JsonObject, mapping: TagMapping): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const [tag, name] of mapping) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (typeof value === "string") tags.set(tag, value);
  }
  return tags;
}

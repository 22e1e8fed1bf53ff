import { decodeQueryText, rawQueryPairs } from "../target.ts";
import { type Found, foundText, missing, repeated, unreadable } from "./operand-node.ts";

// `node:querystring` and `qs` read no further, empty pieces counted; what they miss, an application behind would not see.
const maximumPieces = 1000;
const nameGoesOn = /(?:\]|%5D)=/i;

/**
 * The value of a query parameter, where every parser finds the same one.
 *
 * It is `repeated` where the decoded name occurs twice, and `unreadable` where another name could be merged into it:
 * parsers that build objects take `name[]`, `name[x]` and `[name]` for it too, and some drop a second `?`. It is also
 * `unreadable` where its value, or the name of any parameter, is not UTF-8 when decoded, where its value holds `]=`, at
 * which `qs` ends the name, and in a query of more than 1,000 pieces.
 *
 * @param query the query as on the wire, without its question mark.
 */
export function queryValue(name: string, query: string | undefined): Found {
  if (query !== undefined && query.split("&", maximumPieces + 1).length > maximumPieces) return unreadable;
  let found: Found = missing;
  for (const [rawName, rawValue] of rawQueryPairs(query)) {
    const decoded = decodeQueryText(rawName);
    if (decoded === undefined) return unreadable;
    if (decoded === name) {
      if (found !== missing) return repeated;
      const value = nameGoesOn.test(rawValue) ? undefined : decodeQueryText(rawValue);
      found = value === undefined ? unreadable : foundText(value);
    } else if (couldMergeInto(name, decoded)) {
      return unreadable;
    }
  }
  return found;
}

/** Whether some parser takes a parameter of another name for a part of this one, as `a[b]` of `a`. */
export function couldMergeInto(name: string, other: string): boolean {
  const root = other.replace(/^[?[]+/, "");
  if (!root.startsWith(name)) return false;
  const next = root[name.length];
  return next === undefined || next === "[" || next === "]";
}

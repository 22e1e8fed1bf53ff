import { AuthError } from "../../errors.ts";
import type { Pair } from "./event-pairs.ts";

// The replacement character, and half of a surrogate pair.
const notUtf8 = /[\uFFFD\p{Surrogate}]/u;

/**
 * Rebuilds a request target from a path that the gateway may have decoded.
 *
 * What a URL never holds as it is - spaces, `?`, `#`, other than ASCII - was decoded for certain and is escaped again. All
 * else reads the same decoded and not, but for `%`: gateways differ on whether `%20` is an escape that they kept or the text
 * that they decoded from `%2520`, so a path with `%` is refused. So is U+FFFD, which stands for bytes that were not UTF-8.
 *
 * @param query as on the wire, without its question mark; empty where there is none.
 * @throws AuthError `target_not_canonical`
 */
export function rebuildTarget(path: string, query: string): string {
  if (path.includes("%")) throw refusal("the gateway may have decoded the path, and an escape is left in it");
  const escaped = encodeText(path, encodeURI).replaceAll("?", "%3F").replaceAll("#", "%23");
  return query === "" ? escaped : `${escaped}?${query}`;
}

/**
 * Writes pairs that the gateway decoded as a query, everything but unreserved characters escaped (RFC 3986 Section 2.3).
 *
 * @throws AuthError `target_not_canonical`
 */
export function encodeQuery(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`).join("&");
}

/**
 * Refuses a path that would mean more in an ARN than itself: `*` and `?` are wildcards there, and `$` begins a variable.
 *
 * @throws AuthError `target_not_canonical`
 */
export function refuseWildcards(path: string): void {
  if (/[*?$]/.test(path)) throw refusal("the path has a character that is a wildcard in a policy");
}

function encodeStrictly(text: string): string {
  return encodeText(text, encodeURIComponent).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodeText(text: string, encode: (text: string) => string): string {
  if (notUtf8.test(text)) throw refusal("the gateway decoded bytes that were not UTF-8");
  return encode(text);
}

function refusal(reason: string): AuthError {
  return new AuthError("target_not_canonical", { reason });
}

import { AuthError } from "../errors.ts";
import { decodeQueryText, rawQueryPairs } from "../target.ts";
import { uriEncode } from "./uri-encode.ts";

type Pair = readonly [name: string, value: string];

/**
 * The canonical query string: names and values decoded (`+` is a space), encoded strictly, sorted by name and then value.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 *
 * @throws AuthError `target_not_canonical` where a name or value is not UTF-8.
 */
export function canonicalQuery(query: string | undefined): string {
  if (query === undefined || query === "") return "";
  return sorted(rawQueryPairs(query).map(([name, value]) => [reencode(name), reencode(value)]));
}

/**
 * What other signers take for the canonical query, in the order to try: the raw pairs sorted (botocore), and the query as on
 * the wire (curl). Forms that equal an earlier one are left out.
 *
 * Each form, read as a query, has the pairs of the query that it was made from, so no two queries with different pairs share
 * a form. That is also why `+` never becomes `%2B`, and why no pair is ever dropped.
 *
 * @param canonical the {@link canonicalQuery} of the same query.
 */
export function* otherQueries(query: string | undefined, canonical: string): Generator<string, void, undefined> {
  if (query === undefined) return;
  const rawSorted = sorted(rawQueryPairs(query));
  if (rawSorted !== canonical) yield rawSorted;
  if (query !== rawSorted) yield query;
}

/**
 * Refuses a query in which a name that begins with `X-Amz-` occurs more than once, in one spelling or in several: of two parts
 * of a credential one would go unread.
 *
 * @param canonical the {@link canonicalQuery} of the query.
 * @throws AuthError `target_not_canonical`
 */
export function refuseRepeatedAmzNames(canonical: string): void {
  if (!/x-amz-/i.test(canonical)) return;
  const seen = new Set<string>();
  for (const [name] of rawQueryPairs(canonical.toLowerCase())) {
    if (!name.startsWith("x-amz-")) continue;
    if (seen.has(name)) {
      throw new AuthError("target_not_canonical", { reason: "the query repeats a name that begins with X-Amz-" });
    }
    seen.add(name);
  }
}

function reencode(text: string): string {
  const decoded = decodeQueryText(text);
  if (decoded === undefined) throw new AuthError("target_not_canonical", { reason: "the query is not UTF-8" });
  return uriEncode(decoded);
}

// Sorting whole `name=value` texts would put `a-b=1` before `a=1`: the hyphen comes before the equals sign.
function sorted(pairs: readonly Pair[]): string {
  return [...pairs]
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

// By code unit, which for ASCII is by byte; `localeCompare` would not be.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

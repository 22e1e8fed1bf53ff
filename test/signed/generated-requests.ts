import fc from "fast-check";
import type { Wanted } from "./signers.ts";

const percent = (text: string) => `%${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
const word = fc.constantFrom("a", "b", "Z", "articles", "7", "10", "-", "_", "~", "a.b");
// RFC 3986 Section 2.2.
const subDelimiter = fc.constantFrom(..."!$&'()*+,;=");
const escapedReserved = fc.constantFrom(...":?#[]@!$&'()*+,;=% <>^`{|}\"").map(percent);
const escapedUnicode = fc
  .constantFrom("\u00e9", "\u00df", "\u20ac", "\u3042", "\u{1f600}", "\u0130", "\u00a0", "\u2028", "e\u0301")
  .map(encodeURIComponent);
/** What RFC 3986 wants escaped, and clients send as it is. */
const unwise = fc.constantFrom(...'"<>[]^`{|}');
const eitherCase = (escapes: fc.Arbitrary<string>) =>
  fc.tuple(escapes, fc.boolean()).map(([text, lower]) => (lower ? text.toLowerCase() : text));
const escapes = eitherCase(fc.oneof(escapedReserved, escapedUnicode, fc.constantFrom("%2520", "%252B", "%25C3")));

/** Texts of pieces that look alike in one encoding or another. */
const texts = (pieces: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(pieces, { maxLength }).map((chosen) => chosen.join(""));

const segments = texts(
  fc.oneof({ weight: 5, arbitrary: word }, { weight: 3, arbitrary: escapes }, fc.constantFrom(..."!$&'()*+,;=:@"), {
    weight: 1,
    arbitrary: fc.oneof({ weight: 4, arbitrary: subDelimiter }, unwise),
  }),
  4,
).map((text) => (/^\.*$/.test(text) ? `${text}a` : text));

/** Paths that a gate lets through: origin-form, normalized, in UTF-8. */
const paths: fc.Arbitrary<string> = fc
  .tuple(fc.array(segments, { maxLength: 4 }), fc.boolean())
  .map(([chosen, slash]) => `/${chosen.join("/")}${slash && chosen.length > 0 ? "/" : ""}`);

const queryTexts = texts(
  fc.oneof(
    { weight: 5, arbitrary: word },
    { weight: 3, arbitrary: escapes },
    fc.constantFrom("+", "+", "=", "/", "?", ":", "@", "!", "'", "(", ")", "*", ",", ";", "$", "%2D", "%7E", "%41"),
    unwise,
  ),
  4,
);
const queryNames = fc.oneof(
  { weight: 8, arbitrary: queryTexts },
  fc.constantFrom("a", "a", "b", "A", "a-b", "a[]", "a[b]", "__proto__", "constructor", "toString", "2", "10", ""),
);
const pair = fc
  .tuple(queryNames, fc.oneof({ weight: 4, arbitrary: queryTexts.map((text) => `=${text}`) }, fc.constant("")))
  .map(([name, value]) => name + value);

/** Queries with empty names, empty values and empty pieces, repeated names and every spelling of a character. */
export const queries: fc.Arbitrary<string | undefined> = fc.option(
  fc
    .tuple(fc.array(fc.oneof({ weight: 15, arbitrary: pair }, fc.constant("")), { maxLength: 5 }), fc.boolean())
    .map(([pairs, repeat]) => [...pairs, ...(repeat ? pairs.slice(0, 1) : [])].join("&")),
  { nil: undefined, freq: 4 },
);

const headerNames = [
  ...["content-type", "accept", "Accept-Language", "cache-control", "User-Agent", "referer", "cookie", "if-match"],
  ...["x-tenant", "X-Request-Id", "x-amz-meta-color", "X-Amz-Target", "x_under.score", "x-forwarded-for", "range"],
];
const headerValues = texts(
  fc.oneof(
    fc.constantFrom("a", "b", "1", "text/plain", "application/json", "charset=utf-8", "acme", "%20"),
    fc.constantFrom(" ", "  ", "\t", " \t ", ",", ", ", ";", '"', "=", ":", "*/*"),
  ),
  6,
);

/** Header fields, each name once, with white space at the ends, within and inside quotes. */
const headerFields: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...headerNames), headerValues), { maxLength: 5, selector: ([name]) => name })
  .map((fields) => Object.fromEntries(fields));

const bodies = fc.option(
  fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    fc.constant(new Uint8Array()),
    fc.json({ maxDepth: 1 }).map((json) => new TextEncoder().encode(json)),
    fc.constantFrom(63, 64, 65, 1000, 20_000).map((length) => new Uint8Array(length).fill(97)),
  ),
  { nil: undefined, freq: 3 },
);
const bodiless = ["GET", "GET", "HEAD", "OPTIONS", "DELETE"];
const methods = fc.constantFrom(...bodiless, "POST", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "M-SEARCH");

/** Requests of every shape that a gate may let through. */
export const wantedRequests: fc.Arbitrary<Wanted> = fc
  .record({ method: methods, path: paths, query: queries, headers: headerFields, body: bodies, odd: fc.nat(9) })
  .map(({ method, path, query, headers, body, odd }) => ({
    method,
    path,
    headers,
    ...(query !== undefined && { query }),
    // A body on a GET is rare, and allowed.
    ...(body !== undefined && (!bodiless.includes(method) || odd === 0) && { body }),
  }));

import { AuthError } from "./errors.ts";
import { createNotes } from "./notes.ts";
import type { AuthRequest } from "./request.ts";

/** A request target that every parser reads alike, split into its parts. */
export interface Target {
  /** The path as on the wire, such as `/articles/a%20b`. */
  readonly path: string;
  /** The segments of the path as on the wire, without the empty one behind a trailing slash. */
  readonly segments: readonly string[];
  /** Whether the path ends with a slash; the root does not count. */
  readonly trailingSlash: boolean;
  /** What follows the first `?`, as on the wire; undefined where there is none. */
  readonly query: string | undefined;
}

const slash = 0x2f;
const dot = 0x2e;
/** Every other character that stands in a path unescaped. */
const plain = 1;
/** What stands in a path unescaped (RFC 3986 Section 3.3), by the code of the character. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) =>
  code === slash || code === dot ? code : /[\w\-~!$&'()*+,;=:@]/.test(String.fromCharCode(code)) ? plain : 0,
);
/** Ends of segments of longer paths would not fit into sixteen bits. */
const maximumPlainLength = 0xffff;
const visibleAscii = /^[\x21-\x7e]+$/;
const badEscape = /%(?![0-9A-Fa-f]{2})/;
// RFC 3986 Section 2.3: escaping an unreserved character changes nothing, so some parsers undo it and others do not.
// Beside those: control characters, slash and backslash.
const ambiguousEscape = /%(?:[01][0-9A-F]|7F|2[DEF]|3[0-9]|4[1-9A-F]|5[0-9ACF]|6[1-9A-F]|7[0-9AE])/i;

/**
 * Splits a request target, and refuses each that two parsers could read differently.
 *
 * Refused are other forms than origin-form (RFC 9112 Section 3.2.1), characters outside visible ASCII, `#`, `\`, `//`, dot
 * segments, malformed escapes, an escaped NUL anywhere, and in the path escapes of unreserved characters, slash, backslash
 * and control characters, and bytes that are not UTF-8.
 *
 * @throws AuthError `target_not_canonical`
 */
export function parseTarget(target: string): Target {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? undefined : target.slice(mark + 1);
  if (query !== undefined && query !== "") refuseAmbiguousQuery(query);
  const segments = plainSegments(path) ?? escapedSegments(path);
  return { path, segments, trailingSlash: path.length > 1 && path.charCodeAt(path.length - 1) === slash, query };
}

/** Where the segments of the path end that is being split; splitting is not interrupted, so one list serves all. */
const ends = new Uint16Array(64);

/**
 * The segments of a path in which nothing is escaped, no segment but the last is empty or begins with a dot, and which are not
 * very many; undefined for every other. It is the common case, told in one pass, since every request has a path.
 */
function plainSegments(path: string): string[] | undefined {
  const { length } = path;
  if (path.charCodeAt(0) !== slash || length > maximumPlainLength) return undefined;
  let count = 0;
  let start = 1;
  for (let index = 1; index < length; index += 1) {
    const kind = kinds[path.charCodeAt(index)];
    if (kind === plain) continue;
    if (kind === slash) {
      if (index === start || count === ends.length - 1) return undefined;
      ends[count++] = index;
      start = index + 1;
    } else if (kind !== dot || index === start) return undefined;
  }
  if (start < length) ends[count++] = length;
  // As long as it becomes: a list that grows is made several times.
  const segments = new Array<string>(count);
  for (let index = 0, from = 1; index < count; index += 1) {
    const end = ends[index] as number;
    segments[index] = path.slice(from, end);
    from = end + 1;
  }
  return segments;
}

/** The segments of any other path. */
function escapedSegments(path: string): string[] {
  refuseAmbiguousPath(path);
  const segments = path.slice(1).split("/");
  if (path.endsWith("/")) segments.pop();
  if (segments.some((segment) => segment === "." || segment === "..")) throw refusal("the path has a dot segment");
  return segments;
}

const targets = createNotes<AuthRequest, { readonly text: string; readonly target: Target }>();

/**
 * The target of a request, split once for each request object.
 *
 * @throws AuthError `target_not_canonical`
 */
export function targetOf(request: AuthRequest): Target {
  const { target: text } = request;
  const known = targets.get(request);
  if (known?.text === text) return known.target;
  const target = parseTarget(text);
  targets.set(request, { text, target });
  return target;
}

/** The pairs of a query as on the wire, split at `&` and the first `=`; empty pieces are dropped as every parser does. */
export function rawQueryPairs(query: string | undefined): readonly (readonly [name: string, value: string])[] {
  if (query === undefined || query === "") return [];
  const pairs: (readonly [string, string])[] = [];
  for (const piece of query.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    pairs.push(equals === -1 ? [piece, ""] : [piece.slice(0, equals), piece.slice(equals + 1)]);
  }
  return pairs;
}

/** Decodes one name or value of a query, `+` as space; undefined where its bytes are not UTF-8. */
export function decodeQueryText(text: string): string | undefined {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? decodeEscapes(spaced) : spaced;
}

/** Decodes the escapes of one path segment; undefined where its bytes are not UTF-8. */
export function decodeEscapes(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refuseAmbiguousQuery(query: string): void {
  if (!visibleAscii.test(query) || query.includes("#") || query.includes("\\")) {
    throw refusal("the query has a character that must be escaped");
  }
  if (query.includes("%")) refuseBadEscapes(query);
}

function refuseAmbiguousPath(path: string): void {
  if (!path.startsWith("/")) throw refusal("it is not in origin-form");
  if (!visibleAscii.test(path) || path.includes("#") || path.includes("\\")) {
    throw refusal("the path has a character that must be escaped");
  }
  if (path.includes("//")) throw refusal("the path has an empty segment");
  refuseBadEscapes(path);
  if (ambiguousEscape.test(path)) throw refusal("the path escapes a character that must not be escaped");
  if (decodeEscapes(path) === undefined) throw refusal("the path is not UTF-8");
}

function refuseBadEscapes(text: string): void {
  if (badEscape.test(text)) throw refusal("it has a malformed escape");
  if (text.includes("%00")) throw refusal("it has an escaped NUL");
}

function refusal(reason: string): AuthError {
  return new AuthError("target_not_canonical", { reason });
}

import { hasSignatureQuery } from "../credentials.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest, RequestHeaders } from "../request.ts";
import { type Authorization, parseAuthorization } from "../sigv4/authorization.ts";
import { canonicalHeaders } from "../sigv4/canonical-headers.ts";
import { type CanonicalPaths, isUnreservedPath } from "../sigv4/canonical-path.ts";
import { canonicalQuery, refuseRepeatedAmzNames } from "../sigv4/canonical-query.ts";
import { parseHttpDate, parseSigningTime } from "../sigv4/signing-time.ts";
import { targetOf } from "../target.ts";
import { type PresigningRules, readPresigned } from "./presigned-message.ts";
import { readStatedPayload, type UnsignedPayloadTest } from "./stated-payload.ts";

/** What a signature must look like here, whoever made it. */
export interface SigningRules extends PresigningRules {
  readonly region: string;
  readonly service: string;
  /** Lower-case values of the signed `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** Tells the host that the caller signed, where it is not the `Host` that arrives; undefined where it is. */
  readonly hostOf: ((request: AuthRequest) => string | undefined) | undefined;
  /** What is signed ahead of the path. */
  readonly basePath: string;
  readonly canonicalPaths: CanonicalPaths;
  readonly requireContentType: boolean;
  /** Lower-case `x-amz-*` names that may be there unsigned. */
  readonly unsignedHeaders: ReadonlySet<string>;
  /** Which requests may leave their body unsigned; undefined where none may. */
  readonly unsignedPayload: UnsignedPayloadTest | undefined;
}

/** A signed request whose form has been checked, not yet its signature. */
export interface SignedMessage {
  readonly authorization: Authorization;
  /** The headers whose values, as they arrived, are covered by the signature. */
  readonly signedHeaders: ReadonlySet<string>;
  /** The time of signing as it is signed, `YYYYMMDDTHHMMSSZ`. */
  readonly time: string;
  /** The same in milliseconds since 1970. */
  readonly signedAt: number;
  /** When a presigned URL expires, in milliseconds since 1970; undefined for other requests. */
  readonly expiresAt: number | undefined;
  readonly method: string;
  /** The forms in which the path may have been signed, the base path ahead of it. */
  readonly paths: readonly string[];
  /** The query as on the wire, the signature of a presigned URL left out. */
  readonly query: string | undefined;
  readonly canonicalQuery: string;
  readonly canonicalHeaders: string;
  readonly securityToken: string | undefined;
  /** The SHA-256 of the body that is stated under the signature, or `UNSIGNED-PAYLOAD` where that is allowed. */
  readonly payloadHash: string | undefined;
}

// Node keeps the first of two and says nothing (https://nodejs.org/api/http.html#messageheaders), where a proxy ahead of it
// may have taken the second.
const once = new Set([
  "host",
  "x-amz-date",
  "date",
  "x-amz-security-token",
  "x-amz-content-sha256",
  "content-type",
  "content-length",
  "transfer-encoding",
]);
// Their values are signed joined by commas, and not handed to the application so: Node joins cookies by semicolons, keeps the
// values of set-cookie apart, and of each other here keeps the first.
const onceWhereSigned = new Set([
  "age",
  "cookie",
  "etag",
  "expires",
  "from",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "referer",
  "retry-after",
  "server",
  "set-cookie",
  "user-agent",
]);
// RFC 9110 Section 9.1. An event may hold any text; a line feed in it would shift the lines of the canonical request.
const methodToken = /^[!#$%&'*+\-.^`|~\w]+$/;

/**
 * Reads a signed request, and refuses whatever can be refused without its key and its body.
 *
 * @throws AuthError `presigned_not_accepted`, `ambiguous_credentials`, `duplicate_header`, `ambiguous_framing`,
 * `unsupported_scheme`, `malformed_credentials`, `header_not_signed`, `host_not_accepted`, `invalid_credential_scope`,
 * `path_not_verifiable`, `target_not_canonical`, `payload_not_signed` or `configuration_error`.
 */
export function readSignedMessage(request: AuthRequest, rules: SigningRules): SignedMessage {
  const { method, headers } = request;
  const target = targetOf(request);
  // Where the query holds a signature, there is a query.
  const presigned = hasSignatureQuery(target) ? readPresigned(request, target.query as string, rules) : undefined;
  const authorization = presigned?.authorization ?? readAuthorization(headers.get("authorization"), rules);
  const { date, region, service, signedNames } = authorization;
  requireSigned(headers, signedNames, rules);
  const announcesBody = readFraming(headers);
  if (!methodToken.test(method)) throw malformed("the method is no token");
  if (!request.wire && !isUnreservedPath(target.path)) throw new AuthError("path_not_verifiable");
  const { canonical, signedHeaders } = readHeaders(request, signedNames, rules);
  const { time, signedAt } = presigned ?? readTime(headers, signedNames);
  if (date !== time.slice(0, 8) || region !== rules.region || service !== rules.service) {
    throw new AuthError("invalid_credential_scope");
  }
  const query = presigned?.canonicalQuery ?? canonicalQuery(target.query);
  // That of a presigned URL has been looked at with its signature.
  if (presigned === undefined && query !== "") refuseRepeatedAmzNames(query);
  const stated = headers.get("x-amz-content-sha256") ?? presigned?.contentSha256;
  return {
    authorization,
    signedHeaders,
    time,
    signedAt,
    expiresAt: presigned?.expiresAt,
    method,
    paths: rules.canonicalPaths(rules.basePath + target.path),
    query: request.wire ? (presigned ?? target).query : query,
    canonicalQuery: query,
    canonicalHeaders: canonical,
    securityToken: presigned === undefined ? headers.get("x-amz-security-token") : presigned.securityToken,
    payloadHash: readStatedPayload(request, stated, announcesBody, rules.unsignedPayload),
  };
}

function readAuthorization(header: string | undefined, rules: SigningRules): Authorization {
  if (header === undefined) throw new AuthError("no_credentials");
  return parseAuthorization(header, rules.readSignedHeaders);
}

/** Writes the canonical headers, with the host that the caller signed, which must be one of ours. */
function readHeaders(
  request: AuthRequest,
  signed: ReadonlySet<string>,
  { hosts, hostOf }: SigningRules,
): { canonical: string; signedHeaders: ReadonlySet<string> } {
  const { headers } = request;
  if (hostOf === undefined) {
    const canonical = canonicalHeaders(headers, signed);
    // It is signed, and what is signed is there.
    if (!hosts.has((headers.get("host") as string).toLowerCase())) throw new AuthError("host_not_accepted");
    return { canonical, signedHeaders: signed };
  }
  const host = hostOf(request);
  if (host === undefined) throw new AuthError("host_not_accepted", { reason: "no trusted proxy forwards the host" });
  if (!hosts.has(host.toLowerCase())) throw new AuthError("host_not_accepted");
  const canonical = canonicalHeaders({ all: (name) => (name === "host" ? [host] : headers.all(name)) }, signed);
  // What arrives as Host is the proxy's word, and a rule that reads it must not take it for the caller's.
  const covered = new Set(signed);
  if (headers.get("host") !== host) covered.delete("host");
  return { canonical, signedHeaders: covered };
}

/** Looks at every header once: those that may not repeat, and those that may not go unsigned. */
function requireSigned(headers: RequestHeaders, signed: ReadonlySet<string>, rules: SigningRules): void {
  if (!signed.has("host")) throw unsigned("host is not signed");
  for (const [name, values] of headers.entries()) {
    const isSigned = signed.has(name);
    if (values.length > 1 && (once.has(name) || (isSigned && onceWhereSigned.has(name)))) {
      throw new AuthError("duplicate_header");
    }
    if (isSigned) continue;
    if (name.startsWith("x-amz-")) {
      if (!rules.unsignedHeaders.has(name)) throw unsigned("an x-amz-* header is not signed");
    } else if (name === "content-type" && rules.requireContentType) throw unsigned("content-type is not signed");
  }
}

/** Whether the headers announce a body. */
function readFraming(headers: RequestHeaders): boolean {
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  if (length !== undefined && encoding !== undefined) throw new AuthError("ambiguous_framing");
  return encoding !== undefined || (length ?? "0") !== "0";
}

/** Reads the time of signing: `x-amz-date`, or `date` where the first is absent. */
function readTime(headers: RequestHeaders, signed: ReadonlySet<string>): { time: string; signedAt: number } {
  const time = headers.get("x-amz-date") ?? readDate(headers, signed);
  const signedAt = time && parseSigningTime(time);
  if (time === undefined || typeof signedAt !== "number")
    throw malformed("x-amz-date is not a time as YYYYMMDDTHHMMSSZ");
  return { time, signedAt };
}

function readDate(headers: RequestHeaders, signed: ReadonlySet<string>): string | undefined {
  const date = headers.get("date");
  if (date !== undefined && !signed.has("date")) throw unsigned("date is not signed");
  return date && (parseHttpDate(date) ?? date);
}

function unsigned(reason: string): AuthError {
  return new AuthError("header_not_signed", { reason });
}

function malformed(reason: string): AuthError {
  return new AuthError("malformed_credentials", { reason });
}

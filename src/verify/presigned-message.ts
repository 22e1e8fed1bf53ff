import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { requestedMethods } from "../requested-methods.ts";
import { type PresignedQuery, parsePresignedQuery } from "../sigv4/presigned-query.ts";
import type { SignedHeadersReader } from "../sigv4/signed-headers.ts";

/** What a presigned URL must look like. */
export interface PresigningRules {
  /** The longest life of a presigned URL in seconds; 0 where none is accepted. */
  readonly presignedSeconds: number;
  readonly readSignedHeaders: SignedHeadersReader;
}

// What the query says of a presigned URL, these say of any other request: of the two, one would go unread.
const saidTwice = ["x-amz-date", "x-amz-security-token"];

/**
 * Reads the credential in the query of a presigned URL.
 *
 * Whoever gets hold of the URL can use it until it expires, so it is for reading only: GET and HEAD, without a header
 * that asks for another method.
 *
 * @param query as on the wire, with a signature in it.
 * @throws AuthError `ambiguous_credentials`, `presigned_not_accepted`, `target_not_canonical`, `unsupported_scheme` or
 * `malformed_credentials`.
 */
export function readPresigned(
  request: AuthRequest,
  query: string,
  { presignedSeconds, readSignedHeaders }: PresigningRules,
): PresignedQuery {
  const { headers } = request;
  if (headers.all("authorization").length > 0) throw new AuthError("ambiguous_credentials");
  if (presignedSeconds === 0) throw new AuthError("presigned_not_accepted");
  if (!requestedMethods(request).every((method) => method === "GET" || method === "HEAD")) {
    throw new AuthError("presigned_not_accepted", { reason: "presigned URLs are for GET and HEAD" });
  }
  if (saidTwice.some((name) => headers.all(name).length > 0)) {
    throw new AuthError("ambiguous_credentials", { reason: "header and query both state a part of the signature" });
  }
  const presigned = parsePresignedQuery(query, presignedSeconds, readSignedHeaders);
  if (presigned.contentSha256 !== undefined && headers.all("x-amz-content-sha256").length > 0) {
    throw new AuthError("ambiguous_credentials", { reason: "header and query both state the hash of the body" });
  }
  return presigned;
}

import { AuthError } from "../errors.ts";
import { decodeQueryText, rawQueryPairs } from "../target.ts";
import { type Authorization, parseAuthorization } from "./authorization.ts";
import { canonicalQuery, refuseRepeatedAmzNames } from "./canonical-query.ts";
import type { SignedHeadersReader } from "./signed-headers.ts";
import { parseSigningTime } from "./signing-time.ts";
import { algorithm } from "./string-to-sign.ts";

/** The credential of a presigned URL, taken apart, and what is left of the query without its signature. */
export interface PresignedQuery {
  readonly authorization: Authorization;
  /** `X-Amz-Date`, as `YYYYMMDDTHHMMSSZ`. */
  readonly time: string;
  /** The same in milliseconds since 1970. */
  readonly signedAt: number;
  /** The end of `X-Amz-Expires`, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly securityToken: string | undefined;
  /** What `X-Amz-Content-Sha256` states in the query. */
  readonly contentSha256: string | undefined;
  /** The query as on the wire without `X-Amz-Signature`. */
  readonly query: string;
  /** The same in the canonical form. */
  readonly canonicalQuery: string;
}

const signatureName = "X-Amz-Signature";

/**
 * Takes the credential of a presigned URL apart.
 *
 * Its parts are held to the grammar of the `Authorization` header, and their names to the spelling of AWS. Only the signature
 * is left out of what must have been signed: not the security token either, which signers for some services append unsigned.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 *
 * @param query as on the wire.
 * @param maximumSeconds the most that `X-Amz-Expires` may be.
 * @param readNames reads the list of signed headers.
 * @throws AuthError `target_not_canonical` where a name that begins with X-Amz- repeats, `unsupported_scheme` for another
 * algorithm, `malformed_credentials` for all else that is not the grammar.
 */
export function parsePresignedQuery(
  query: string,
  maximumSeconds: number,
  readNames: SignedHeadersReader,
): PresignedQuery {
  const canonical = canonicalQuery(query);
  refuseRepeatedAmzNames(canonical);
  const fields = fieldsOf(canonical);
  const time = fields.get("X-Amz-Date") ?? "";
  const signedAt = parseSigningTime(time);
  if (signedAt === undefined) throw malformed("X-Amz-Date is not a time as YYYYMMDDTHHMMSSZ");
  return {
    authorization: readAuthorization(fields, readNames),
    time,
    signedAt,
    expiresAt: signedAt + readSeconds(fields, maximumSeconds) * 1000,
    securityToken: fields.get("X-Amz-Security-Token"),
    contentSha256: fields.get("X-Amz-Content-Sha256"),
    query: withoutSignature(query),
    canonicalQuery: withoutSignature(canonical),
  };
}

/** Signers move headers into the query as they were spelled, so the one that states a hash has no spelling of its own. */
function fieldsOf(canonical: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of rawQueryPairs(canonical)) {
    const known = name.toLowerCase() === "x-amz-content-sha256" ? "X-Amz-Content-Sha256" : name;
    fields.set(known, decodeURIComponent(value));
  }
  return fields;
}

function readAuthorization(fields: ReadonlyMap<string, string>, readNames: SignedHeadersReader): Authorization {
  const stated = fields.get("X-Amz-Algorithm");
  if (stated !== undefined && stated !== algorithm) {
    throw new AuthError("unsupported_scheme", { reason: `the algorithm is not ${algorithm}` });
  }
  const parts = ["X-Amz-Credential", "X-Amz-SignedHeaders", signatureName].map((name) => fields.get(name) ?? "");
  // A comma or white space could make other fields of these when they stand in one header.
  if (stated === undefined || parts.some((part) => /[\s,]/.test(part))) {
    throw malformed("a presigned URL needs X-Amz-Algorithm, -Credential, -SignedHeaders and -Signature in their form");
  }
  const [credential, signedHeaders, signature] = parts;
  const header = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return parseAuthorization(header, readNames);
}

function readSeconds(fields: ReadonlyMap<string, string>, maximum: number): number {
  const text = fields.get("X-Amz-Expires") ?? "";
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > maximum) {
    throw malformed("X-Amz-Expires is no whole number of seconds from 1 to what this gate allows");
  }
  return Number(text);
}

/** Takes away the one pair with the name of the signature, and leaves every other as it stands. */
function withoutSignature(query: string): string {
  return query
    .split("&")
    .filter((piece) => decodeQueryText(piece.replace(/=.*$/s, "")) !== signatureName)
    .join("&");
}

function malformed(reason: string): AuthError {
  return new AuthError("malformed_credentials", { reason });
}

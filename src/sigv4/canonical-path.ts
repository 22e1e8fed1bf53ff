import { escapeSubDelimiters, uriEncode } from "./uri-encode.ts";

/** What signers take for the canonical URI of a path, in the order to try; never a form of another path. */
export type CanonicalPaths = (path: string) => readonly [string, ...string[]];

// RFC 3986 Section 2.3, and the slash.
const unreservedPath = /^[\w\-.~/]*$/;

/** Whether a path looks the same decoded, encoded once and encoded twice. */
export function isUnreservedPath(path: string): boolean {
  return unreservedPath.test(path);
}

/**
 * The canonical URI: the path as on the wire, encoded once more (`%` becomes `%25`), as every service but S3 has it.
 *
 * The second form, where there is one, leaves `! ' ( ) *` as they are, which is what Amplify 6 and @aws-sdk/signature-v4
 * 3.374 sign. No path shares a form with another path: the first form never holds one of the five characters, and the
 * second never holds the escape of one, since it turns each `%` of the path into `%25`.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 *
 * @param path a path that `parseTarget` let through; it is not normalized, for one that needs it never gets here.
 */
export function canonicalPaths(path: string): readonly [string, ...string[]] {
  if (isUnreservedPath(path)) return [path];
  const loose = encodeURIComponent(path).replaceAll("%2F", "/");
  const strict = escapeSubDelimiters(loose);
  return strict === loose ? [strict] : [strict, loose];
}

/**
 * The canonical URI where a service has the path encoded once, as S3 does: the path as on the wire, which is what curl and
 * the S3 signers of @smithy/signature-v4 and botocore sign.
 *
 * The second form, where there is one, is the specification's: the path decoded and encoded strictly, which is what aws4
 * signs for S3. Either form, decoded, is the decoded path, so no two paths that differ when decoded share one. `+` is no
 * space in a path, and never becomes one here.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#canonical-request
 *
 * @param path a path that `parseTarget` let through, which holds no escaped slash.
 */
export function singleEncodedPaths(path: string): readonly [string, ...string[]] {
  if (isUnreservedPath(path)) return [path];
  const strict = uriEncode(decodeURIComponent(path)).replaceAll("%2F", "/");
  return strict === path ? [path] : [path, strict];
}

import { hasSignatureQuery } from "../../credentials.ts";
import { requestProofScheme } from "../../enrollment-message.ts";
import type { AuthRequest } from "../../request.ts";
import { decodeQueryText, parseTarget, rawQueryPairs } from "../../target.ts";

const proofScheme = new RegExp(`^${requestProofScheme} `, "i");
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * The hash of the body that an allowed request was signed with, for the function behind to check: an authorizer has no body
 * at hand.
 *
 * A verifier of signatures has let the request through, so a stated `x-amz-content-sha256` is signed, and where none is
 * stated the signature is over no body. A proof in a request covers no header that could state one, and so no body either.
 *
 * @returns 64 lower-case hex digits; undefined for a request that is not signed, or whose body the operator lets go unsigned.
 */
export function signedContentSha256({ headers, target }: AuthRequest): string | undefined {
  const parsed = parseTarget(target);
  if (headers.all("authorization").some((value) => proofScheme.test(value))) return emptySha256;
  const presigned = hasSignatureQuery(parsed);
  if (!presigned && !headers.all("authorization").some((value) => /^aws4-/i.test(value))) return undefined;
  const stated = headers.get("x-amz-content-sha256") ?? (presigned ? statedIn(parsed.query) : undefined) ?? emptySha256;
  return stated === "UNSIGNED-PAYLOAD" ? undefined : stated;
}

/** The hash that a presigned URL states in its query, where signers move headers to. */
function statedIn(query: string | undefined): string | undefined {
  const named = ([name]: readonly [string, string]) => decodeQueryText(name)?.toLowerCase() === "x-amz-content-sha256";
  const value = rawQueryPairs(query).find(named)?.[1];
  return value && decodeQueryText(value);
}

import { AuthError } from "./errors.ts";
import type { AuthRequest } from "./request.ts";
import { decodeQueryText, rawQueryPairs, type Target } from "./target.ts";
import type { Verifier } from "./verifier.ts";

/** What a presigned URL is called where schemes are named. */
export const presignedQuery = "presigned";

/** What a token is called that stands in `Authorization` without a scheme, as REST APIs take it; no scheme has that name. */
export const bareToken = "(token)";

/**
 * The scheme of the credential that a request shows in one of the two places that every gate knows: the `Authorization`
 * header, and the query of a presigned URL.
 *
 * @returns the scheme in lower case; undefined where there is none in either place.
 * @throws AuthError `ambiguous_credentials` where there is more than one.
 */
export function presentedCredential(request: AuthRequest, target: Target): string | undefined {
  const authorizations = request.headers.all("authorization");
  const presigned = hasSignatureQuery(target);
  if (authorizations.length + (presigned ? 1 : 0) > 1) throw new AuthError("ambiguous_credentials");
  if (presigned) return presignedQuery;
  const authorization = authorizations[0];
  return authorization === undefined ? undefined : schemeOf(authorization);
}

/**
 * The one verifier that is to judge a request; undefined for an anonymous one.
 *
 * A credential that nobody claims is refused and never passed on as anonymous.
 *
 * @throws AuthError `unsupported_scheme` or `ambiguous_credentials`.
 */
export function selectVerifier(
  verifiers: readonly Verifier[],
  request: AuthRequest,
  presented: string | undefined,
): Verifier | undefined {
  const claiming: Verifier[] = [];
  for (const verifier of verifiers) if (verifier.detects(request)) claiming.push(verifier);
  const [first] = claiming;
  if (first === undefined) {
    if (presented !== undefined) throw new AuthError("unsupported_scheme");
    return undefined;
  }
  const chosen = claiming.length === 1 ? first : theOneOf(claiming, request);
  if (chosen === undefined) throw new AuthError("ambiguous_credentials");
  if (presented !== undefined && !owns(chosen, presented, request)) throw new AuthError("ambiguous_credentials");
  return chosen;
}

/** Of several verifiers that claim a request, the one that replaces all others. */
function theOneOf(claiming: readonly Verifier[], request: AuthRequest): Verifier | undefined {
  return claiming.find((verifier) =>
    claiming.every((other) => other === verifier || replaces(verifier, other.scheme, request)),
  );
}

/** Whether the query holds a signature, as a presigned URL does; names are decoded and match without regard to case. */
export function hasSignatureQuery({ query }: Target): boolean {
  if (query === undefined || !/%|x-amz-/i.test(query)) return false;
  return rawQueryPairs(query).some(([name]) => {
    const decoded = decodeQueryText(name)?.toLowerCase();
    return decoded === "x-amz-signature" || decoded === "x-amz-algorithm";
  });
}

function schemeOf(authorization: string): string {
  // No expression: it would copy a long value to search it.
  let end = 0;
  while (end < authorization.length && authorization[end] !== " " && authorization[end] !== "\t") end += 1;
  // How the header of every JWT begins in base64url.
  if (end === authorization.length && authorization.startsWith("eyJ")) return bareToken;
  return authorization.slice(0, end).toLowerCase();
}

function replaces(verifier: Verifier, scheme: string, request: AuthRequest): boolean {
  const names = typeof verifier.replaces === "function" ? verifier.replaces(request) : verifier.replaces;
  return names?.some((name) => name.toLowerCase() === scheme.toLowerCase()) === true;
}

function owns(verifier: Verifier, presented: string, request: AuthRequest): boolean {
  const scheme = verifier.scheme.toLowerCase();
  const own = presented === presignedQuery ? scheme.startsWith("aws4-") : scheme === presented;
  return own || replaces(verifier, presented, request);
}

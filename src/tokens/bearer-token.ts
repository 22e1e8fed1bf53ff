import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";

const bearerScheme = /^bearer(?:[ \t]|$)/i;
// RFC 9110 Section 11.2, where RFC 6750 Section 2.1 calls it b64token.
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Whether any `Authorization` header of a request is of the scheme Bearer, in any case, good or bad. */
export function carriesBearerToken(request: AuthRequest): boolean {
  return request.headers.all("authorization").some((value) => bearerScheme.test(value));
}

/**
 * Reads what stands behind the scheme in the one `Authorization` header, without a look at its characters.
 *
 * The scheme's case does not matter (RFC 9110 Section 11.1).
 *
 * @returns undefined where there is no `Authorization` header of the scheme Bearer.
 * @throws AuthError `ambiguous_credentials` where there are several headers or a list in one, `malformed_credentials` where
 * the scheme is not followed by a space.
 */
export function readBearerCredentials(request: AuthRequest): string | undefined {
  if (!carriesBearerToken(request)) return undefined;
  const values = request.headers.all("authorization");
  const credentials = values[0] as string;
  if (values.length > 1 || credentials.includes(",")) throw new AuthError("ambiguous_credentials");
  if (credentials["bearer".length] !== " ") throw malformed();
  return credentials.slice("bearer ".length);
}

/**
 * Looks at the characters of a bearer token, which takes as long as to hash it: a token that was good before need not be.
 *
 * @throws AuthError `malformed_credentials` where it is no token68.
 */
export function requireToken68(token: string): void {
  if (!token68.test(token)) throw malformed();
}

/**
 * Reads the bearer token from the one `Authorization` header.
 *
 * @returns the token as received; undefined where there is no `Authorization` header of the scheme Bearer.
 * @throws AuthError what {@link readBearerCredentials} and {@link requireToken68} throw.
 */
export function readBearerToken(request: AuthRequest): string | undefined {
  const token = readBearerCredentials(request);
  if (token !== undefined) requireToken68(token);
  return token;
}

function malformed(): AuthError {
  return new AuthError("malformed_credentials", { reason: "write Bearer, one space, the token" });
}

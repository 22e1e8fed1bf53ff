import { identityIdForm } from "./identity-id.ts";
import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";
import type { UserPoolNames } from "./user-pool-id.ts";

/** Whom an OpenID token of an identity pool describes: an identity, and the user behind it unless it is a guest's. */
export interface IdentityPoolClaims {
  readonly identityId: string;
  readonly user?: { readonly pool: UserPoolNames; readonly sub: string };
}

/**
 * Checks the claims of a token that an identity pool gave for GetOpenIdToken.
 *
 * Its `amr` lists `authenticated` or `unauthenticated`, the login providers, and for a user pool
 * `cognito-idp.<region>.amazonaws.com/<pool>:CognitoSignIn:<sub>`. Each is compared as a whole, from its first character to its
 * last, since part of it may be another's to choose.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html and
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 *
 * @param userPools the pools whose users are accepted.
 * @throws AuthError `invalid_token`, also where an identity is linked to several of these users.
 */
export function readIdentityPoolClaims(
  { sub: identityId, aud, amr }: JsonObject,
  identityPoolId: string,
  userPools: readonly UserPoolNames[],
): IdentityPoolClaims {
  // All customers of AWS share one issuer, and only this tells their pools apart.
  if (aud !== identityPoolId) throw invalidToken("aud is not the configured identity pool");
  if (typeof identityId !== "string" || !identityIdForm.test(identityId)) throw invalidToken("sub is no identity id");
  if (!Array.isArray(amr) || !amr.every((entry) => typeof entry === "string")) {
    throw invalidToken("amr is not a list of strings");
  }
  const authenticated = amr.includes("authenticated");
  if (authenticated === amr.includes("unauthenticated")) {
    throw invalidToken("amr is neither authenticated nor unauthenticated");
  }
  const users = userPools.flatMap((pool) => subjectsOf(pool, amr).map((sub) => ({ pool, sub })));
  const [user, ...others] = users;
  if (!authenticated) {
    if (user !== undefined) throw invalidToken("amr names a user who is not authenticated");
    return { identityId };
  }
  if (user === undefined) throw invalidToken("amr names no user of a configured user pool");
  if (others.length > 0) throw invalidToken("amr names several users");
  return { identityId, user };
}

function subjectsOf({ loginProvider }: UserPoolNames, amr: readonly string[]): readonly string[] {
  const prefix = `${loginProvider}:CognitoSignIn:`;
  return amr.filter((entry) => entry.startsWith(prefix) && entry !== prefix).map((entry) => entry.slice(prefix.length));
}

import { AuthError } from "../errors.ts";
import type { UserPoolNames } from "../tokens/user-pool-id.ts";

/** A user of a user pool. */
export interface SignedInUser {
  readonly pool: UserPoolNames;
  readonly sub: string;
}

// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html: sub is a UUID.
export const subForm: RegExp = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Finds the user behind an identity that has signed in.
 *
 * The list of its providers must be that of one user pool and nothing else: the name of the pool, and the same name followed by
 * `:CognitoSignIn:` and the `sub`. Each is compared as a whole. An identity with further sign-ins is refused: where the list was
 * joined with commas, the subject of a foreign provider could spell out another user.
 *
 * @param pools the pools whose users are accepted.
 * @throws AuthError `identity_not_accepted`
 */
export function signedInUser(providers: readonly string[], pools: readonly UserPoolNames[]): SignedInUser {
  const [provider, signIn = "", ...others] = providers;
  const pool = pools.find(({ loginProvider }) => loginProvider === provider);
  if (pool === undefined) throw refusal("the identity has not signed in with a listed user pool");
  const prefix = `${pool.loginProvider}:CognitoSignIn:`;
  const sub = signIn.slice(prefix.length);
  if (others.length > 0) throw refusal("the identity has signed in with more than a user pool");
  if (!signIn.startsWith(prefix) || !subForm.test(sub)) throw refusal("the sign-in names no user of the user pool");
  return { pool, sub };
}

function refusal(reason: string): AuthError {
  return new AuthError("identity_not_accepted", { reason });
}

import { AuthError } from "../errors.ts";
import { createPrincipal, type Principal } from "../principal.ts";
import type { JudgeRole } from "../role-map.ts";
import type { UserPoolNames } from "../tokens/user-pool-id.ts";
import type { CognitoIdentity, IamIdentity } from "./iam-identity.ts";
import { signedInUser } from "./signed-in-user.ts";

/** The listed identity pools by their ids, each with the user pools whose users it may name. */
export type IdentityPools = ReadonlyMap<string, readonly UserPoolNames[]>;

const verifiedBy = "gateway-event";

/**
 * Makes the principal of a caller who signed: a user or a guest of a listed identity pool, or a role alone.
 *
 * @param judgeRole the list of accepted roles, which gives each its groups. It holds for users too: a gateway says nothing of
 * theirs.
 * @throws AuthError `identity_not_accepted`, `role_not_allowed`
 */
export function iamPrincipal({ role, cognito }: IamIdentity, pools: IdentityPools, judgeRole: JudgeRole): Principal {
  if (cognito === undefined) {
    const id = `role:${role.account}/${role.name}`;
    return judgeRole(createPrincipal({ kind: "role", id, issuer: role.account, verifiedBy, role }));
  }
  const principal = createPrincipal({ ...callerOf(cognito, pools), verifiedBy, role, identityId: cognito.identityId });
  const judged = judgeRole(principal);
  if (judged.kind !== principal.kind)
    throw new AuthError("role_not_allowed", { reason: "no user comes with that role" });
  return judged;
}

function callerOf(
  { identityPoolId, identityId, providers }: CognitoIdentity,
  pools: IdentityPools,
): Pick<Principal, "kind" | "id" | "issuer" | "userId"> {
  const userPools = pools.get(identityPoolId);
  if (userPools === undefined) {
    throw new AuthError("identity_not_accepted", { reason: "the identity pool is not listed" });
  }
  // The same ids and issuers as with tokens of the two pools.
  if (providers === undefined) return { kind: "guest", id: `guest:${identityId}`, issuer: identityPoolId };
  const { pool, sub } = signedInUser(providers, userPools);
  return { kind: "user", id: `user:${pool.userPoolId}:${sub}`, issuer: pool.issuer, userId: sub };
}

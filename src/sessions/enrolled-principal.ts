import { AuthError } from "../errors.ts";
import { createPrincipal, type Principal } from "../principal.ts";
import { isSameRole, parseRoleArn } from "../role-arn.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import type { ProvenCaller } from "./caller-proof.ts";
import type { TokenHolder } from "./token-holder.ts";

/**
 * The principal of an enrolled session: the role alone, the guest that it stands for, or the user of the ID token that was
 * enrolled along, acting in the role.
 *
 * @throws AuthError `role_not_allowed` where the role stands for guests, or where the token says which roles its user may have
 * and this is none of them.
 */
export function enrolledPrincipal(caller: ProvenCaller, holder: TokenHolder | undefined, notAfter: Date): Principal {
  const { role, principal, judged } = caller;
  const common = { verifiedBy: "signed-request", role, expiresAt: notAfter };
  // Of the groups of a role nothing is said: `signedRequest` asks its own map of roles at each request. A guest is kept as one,
  // under the id by which his requests name him, or nobody could revoke him by it.
  if (holder === undefined) return createPrincipal({ ...(judged.kind === "guest" ? judged : principal), ...common });
  if (judged.kind === "guest") throw new AuthError("role_not_allowed", { reason: "no user comes with that role" });
  requireRoleOfToken(caller, holder);
  const { kind, id, issuer, userId, groups, tags, authenticatedAt } = holder.principal;
  return createPrincipal({
    ...{ kind, id, issuer, tags },
    ...common,
    ...(userId !== undefined && { userId }),
    ...(groups !== undefined && { groups }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  });
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html */
function requireRoleOfToken({ role }: ProvenCaller, { principal }: TokenHolder): void {
  const { "cognito:roles": roles } = principal.claims;
  if (roles === undefined) return;
  if (!Array.isArray(roles)) throw invalidToken("cognito:roles is not an array");
  const named = roles.some((arn: unknown) => {
    const offered = typeof arn === "string" ? parseRoleArn(arn) : undefined;
    return offered !== undefined && isSameRole(offered, role);
  });
  if (!named) throw new AuthError("role_not_allowed", { reason: "the ID token does not name the role" });
}

import type { Role } from "../arn.ts";
import { AuthError } from "../errors.ts";
import type { Sessions } from "./session.ts";
import type { TokenHolder } from "./token-holder.ts";

/** What is known so far of a caller who wants credentials. */
export interface Revocable {
  /** Undefined for a guest. */
  readonly holder?: TokenHolder | undefined;
  readonly identityId?: string;
  readonly role?: Role;
}

/**
 * Lets nobody have credentials whose session would be refused at every request.
 *
 * @throws AuthError `invalid_token` where the user, his sign-in or this very token has been revoked, `access_denied` where the
 * identity has, `role_not_allowed` where the role has, `store_unavailable` where that cannot be known.
 */
export async function refuseRevoked(
  { revocations, clock }: Sessions,
  { holder, identityId, role }: Revocable,
): Promise<void> {
  const issuedAt = clock();
  if (holder !== undefined) {
    const { sub: _, iat, ...token } = holder.facts;
    const facts = { user: holder.principal.id, issuedAt: iat * 1_000, ...token };
    if (await revocations.covers(facts)) throw new AuthError("invalid_token");
  }
  if (identityId !== undefined && (await revocations.covers({ identityId, issuedAt }))) {
    throw new AuthError("access_denied");
  }
  if (role !== undefined && (await revocations.covers({ role, issuedAt }))) throw new AuthError("role_not_allowed");
}

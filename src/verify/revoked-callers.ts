import { given } from "../awaitable.ts";
import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import type { Revocations } from "../tokens/revocations.ts";
import { tokenFacts } from "../tokens/token-facts.ts";

/**
 * Lets a caller through unless he has been revoked.
 *
 * @throws AuthError `code`; `store_unavailable` where that cannot be known.
 */
export type RefuseRevoked = (principal: Principal, code: "invalid_signature" | "invalid_token") => Promise<Principal>;

/**
 * Makes what looks a caller up whom a gateway has let in: by his id, role and identity, and by the claims of his token.
 *
 * Credentials of AWS do not say when they were given, which counts as the oldest of all: whoever revokes a user revokes all of them
 * for as long as the revocation is remembered, also those of a later sign-in.
 *
 * @throws ConfigurationError where the option is there and is no list.
 */
export function revokedCallers(options: { readonly revocations?: Revocations }): RefuseRevoked {
  if (!("revocations" in options)) return async (principal) => principal;
  const { revocations } = options;
  if (typeof revocations?.covers !== "function") {
    const advice = "must be sessions.revocations or createRevocations({ ... }); leave it out for none";
    throw new ConfigurationError("invalid_option", "gatewayEvent.revocations", advice);
  }
  return async function refuseRevoked(principal, code) {
    const { id, role, identityId, claims } = principal;
    const issuedAt = typeof claims.iat === "number" ? claims.iat * 1000 : undefined;
    const revoked = await given(
      revocations.covers({
        ...tokenFacts(claims, id, issuedAt),
        ...(role !== undefined && { role }),
        ...(identityId !== undefined && { identityId }),
      }),
    );
    if (revoked === true) throw new AuthError(code, { reason: "it has been revoked" });
    // Others may write lists, in JavaScript: nothing but what is asked of them is a yes.
    if (revoked === false) return principal;
    throw new AuthError("configuration_error", { reason: "revocations.covers gave neither true nor false" });
  };
}

import type { Principal, PrincipalKind } from "../principal.ts";

/**
 * Who calls with a signed request: whom the session was opened for.
 *
 * He has no claims, unless the operator opened the session with some.
 */
export interface SignedRequestPrincipal extends Principal {
  readonly kind: Exclude<PrincipalKind, "anonymous">;
  readonly verifiedBy: "signed-request";
  readonly expiresAt: Date;
}

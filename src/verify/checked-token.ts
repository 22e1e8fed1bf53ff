import { AuthError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { type AuthRequest, RequestHeaders } from "../request.ts";
import type { Revocations } from "../tokens/revocations.ts";
import type { UserPool } from "../tokens/user-pool.ts";
import type { Verifier } from "../verifier.ts";
import { bearer } from "./bearer.ts";
import { requireSameSubject } from "./claims-principal.ts";
import type { GatewayFacts } from "./gateway-facts.ts";

const withScheme = /^bearer(?:[ \t]|$)/i;

/** What {@link bearer} makes: it has issuers, and can be made ready. */
export type TokenVerifier = Verifier & Required<Pick<Verifier, "issuers" | "ready" | "readiness">>;

/** Verifies once more the token that a gateway has checked. */
export interface CheckedTokens {
  readonly tokens: TokenVerifier;
  /**
   * @param claims what the gateway says of the token; it must be of the same user.
   * @throws AuthError what `bearer` throws, and `no_credentials` where the token is not in `Authorization`.
   */
  verify(claims: GatewayFacts, request: AuthRequest): Promise<Principal>;
}

/**
 * Makes what verifies the tokens of user pools, as `bearer` does, with a scheme ahead of them or without.
 *
 * @throws ConfigurationError
 */
export function checkedTokens(
  issuers: readonly [UserPool, ...UserPool[]],
  { revocations }: { readonly revocations?: Revocations },
): CheckedTokens {
  const tokens = bearer({ issuers, ...(revocations !== undefined && { revocations }) }) as TokenVerifier;
  return {
    tokens,
    async verify(claims, request) {
      const authorization = request.headers.get("authorization");
      if (authorization === undefined) {
        throw new AuthError("no_credentials", { reason: "the event does not have the token in Authorization" });
      }
      // REST APIs take both.
      const credentials = withScheme.test(authorization) ? authorization : `Bearer ${authorization}`;
      const { principal } = await tokens.verify({
        ...request,
        headers: new RequestHeaders(["authorization", credentials]),
      });
      requireSameSubject(claims, principal);
      return principal;
    },
  };
}

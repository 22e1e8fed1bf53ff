import { AuthError } from "./errors.ts";
import { type Remedy, remedyOfAll } from "./policy/remedy.ts";
import type { Principal } from "./principal.ts";

/**
 * The refusal of a caller who is known, or who is nobody: an anonymous one is asked for a credential, since with one he might
 * be allowed.
 *
 * @param scheme what to challenge with.
 */
export function refusal(code: "no_route" | "access_denied", principal: Principal, scheme: string): AuthError {
  return new AuthError(principal.kind === "anonymous" ? "no_credentials" : code, { scheme });
}

/**
 * The refusal by rules that did not come out true. Where scopes alone are missing, it names them; where another authentication
 * of the user would do, perhaps with more scopes, it asks for that (RFC 9470 Section 3).
 *
 * @param remedies what each of the rules lacks; undefined where nothing that a caller can bring would do.
 * @param bearer how tokens are asked for; a signature says nothing of an authentication, so whoever signed is to bring one.
 */
export function refusalByRules(
  remedies: readonly (Remedy | undefined)[],
  principal: Principal,
  scheme: string,
  bearer: string | undefined,
): AuthError {
  const remedy = remedyOfAll(remedies);
  if (remedy === undefined) return refusal("access_denied", principal, scheme);
  const { scopes, stepUp } = remedy;
  if (stepUp === undefined) return new AuthError("insufficient_scope", { scheme, scope: scopes });
  const { acrValues, maxAge } = stepUp;
  return new AuthError("insufficient_user_authentication", {
    scheme: bearer ?? scheme,
    ...(scopes.length > 0 && { scope: scopes }),
    ...(acrValues.length > 0 && { acrValues }),
    ...(maxAge !== undefined && { maxAge }),
  });
}

import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";

/**
 * Checks for which client a token was issued (`azp`, OpenID Connect Core Section 2).
 *
 * @param audiences all audiences of the token.
 * @param parties the accepted clients; null accepts any; undefined where nothing was decided, which is enough for tokens with
 * one audience: what several services take, one of them could show to the other.
 * @throws AuthError `invalid_token`
 */
export function requireAuthorizedParty(
  { azp }: JsonObject,
  audiences: readonly string[],
  parties: ReadonlySet<string> | null | undefined,
): void {
  if (azp !== undefined && typeof azp !== "string") throw invalidToken("azp is not a string");
  if (parties === null) return;
  if (parties === undefined) {
    if (audiences.length > 1) throw invalidToken("it has several audiences, and authorizedParty is not configured");
  } else if (azp === undefined || !parties.has(azp)) {
    throw invalidToken("azp is none of the configured parties");
  }
}

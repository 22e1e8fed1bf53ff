import { ConfigurationError, requireText } from "../configuration.ts";
import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";

/**
 * Checks the option that names the accepted audiences: one, or a list of at least one.
 *
 * @throws ConfigurationError
 */
export function readAudiences(option: string, value: unknown, example: string): ReadonlySet<string> {
  const audiences: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (audiences.length === 0) {
    throw new ConfigurationError("invalid_option", option, "the list is empty, so that no token could be accepted");
  }
  return new Set(audiences.map((audience) => requireText(option, audience, example)));
}

/**
 * Checks that a token is meant for us: one of its audiences (RFC 7519 Section 4.1.3) is one of ours, character for character.
 *
 * @param audiences ours; null accepts any, and a token without `aud` too.
 * @returns all audiences of the token, ours or not.
 * @throws AuthError `invalid_token`
 */
export function requireAudience({ aud }: JsonObject, audiences: ReadonlySet<string> | null): readonly string[] {
  if (aud === undefined && audiences === null) return [];
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!areTexts(named)) throw invalidToken("aud is neither a string nor a list of strings");
  if (audiences !== null && !named.some((audience) => audiences.has(audience))) {
    throw invalidToken("aud is none of the configured audiences");
  }
  return named;
}

function areTexts(values: readonly unknown[]): values is readonly string[] {
  return values.length > 0 && values.every((value) => typeof value === "string" && value !== "");
}

import { ConfigurationError } from "../configuration.ts";
import { invalidToken } from "./invalid-token.ts";

/** The form of a media type without parameters; `application/` may be left out (RFC 7515 Section 4.1.9). */
const mediaType = /^[\w!#$&^.+-]+(?:\/[\w!#$&^.+-]+)?$/;

/**
 * Checks the option that says which type tokens must state; undefined where any will do.
 *
 * @throws ConfigurationError
 */
export function readTokenType(option: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !mediaType.test(value)) {
    throw new ConfigurationError("invalid_option", option, 'must be a media type, such as "at+jwt"');
  }
  return shorten(value);
}

/**
 * Checks `typ` in the header of a token, such as `at+jwt` of access tokens (RFC 9068 Section 4).
 *
 * @throws AuthError `invalid_token`
 */
export function requireTokenType(typ: unknown, type: string | undefined): void {
  if (type !== undefined && (typeof typ !== "string" || shorten(typ) !== type)) {
    throw invalidToken("typ is not the configured type");
  }
}

function shorten(type: string): string {
  return type.toLowerCase().replace(/^application\/(?=[^/]+$)/, "");
}

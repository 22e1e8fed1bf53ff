import { AuthError } from "../errors.ts";
import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";

/** The times of a token that was good when it was looked at. */
export interface TokenTimes {
  readonly expiresAt: Date;
  /** When the user proved who he is; undefined where the token does not say. */
  readonly authenticatedAt?: Date;
  /** When it was issued, in milliseconds since 1970; undefined where the token does not say. */
  readonly issuedAt?: number;
  /**
   * Looks at the times again.
   *
   * @param now milliseconds since 1970.
   * @throws AuthError `token_expired`, or `invalid_token` where `iat` or `nbf` is in the future.
   */
  recheck(now: number): void;
}

/** A server whose clock is a little slow must not refuse what Cognito has just issued. */
const leastAheadSeconds = 5;
/** The last second of the year 9999, past which dates have no common spelling. */
const maxSeconds = 253_402_300_799;

/**
 * Checks `exp`, `nbf` and `iat` against the clock (RFC 7519 Section 4.1), and that they and `auth_time` are whole seconds.
 *
 * @param now milliseconds since 1970.
 * @param toleranceSeconds how long past its `exp` a token is good, and how far ahead of our clock its `iat` and `nbf` may be;
 * they may always be 5 seconds ahead.
 * @throws AuthError `token_expired`, or `invalid_token` where `exp` is missing, a time is no whole number of seconds, or
 * `iat` or `nbf` is in the future.
 */
export function readTokenTimes(payload: JsonObject, now: number, toleranceSeconds: number): TokenTimes {
  const exp = readSeconds(payload, "exp");
  const iat = readSeconds(payload, "iat");
  const nbf = readSeconds(payload, "nbf");
  const authTime = readSeconds(payload, "auth_time");
  if (exp === undefined) throw invalidToken("exp is missing");
  const end = exp + toleranceSeconds;
  const ahead = Math.max(leastAheadSeconds, toleranceSeconds);
  function recheck(at: number): void {
    const seconds = at / 1000;
    // Written so that a clock which is not a number lets no token pass.
    if (!(seconds < end)) throw new AuthError("token_expired");
    if (nbf !== undefined && !(nbf <= seconds + ahead)) throw invalidToken("nbf is in the future");
    if (iat !== undefined && !(iat <= seconds + ahead)) throw invalidToken("iat is in the future");
  }
  recheck(now);
  return {
    expiresAt: new Date(exp * 1000),
    ...(authTime !== undefined && { authenticatedAt: new Date(authTime * 1000) }),
    ...(iat !== undefined && { issuedAt: iat * 1000 }),
    recheck,
  };
}

function readSeconds(payload: JsonObject, name: "exp" | "iat" | "nbf" | "auth_time"): number | undefined {
  const value = payload[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > maxSeconds) {
    throw invalidToken(`${name} is not a whole number of seconds`);
  }
  return value;
}

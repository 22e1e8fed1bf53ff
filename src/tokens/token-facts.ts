import { invalidToken } from "./invalid-token.ts";
import type { RevocableFacts } from "./revocation.ts";
import type { JsonObject } from "./strict-json.ts";

/**
 * Gives the facts by which a token can be revoked.
 *
 * @param user `Principal.id`.
 * @param issuedAt milliseconds since 1970; undefined where the token does not say, which counts as the oldest of all.
 * @throws AuthError `invalid_token` where `jti` or `origin_jti` is no string: whoever revoked it would not find it.
 */
export function tokenFacts(payload: JsonObject, user: string, issuedAt: number | undefined): RevocableFacts {
  const originJti = readOptionalText(payload, "origin_jti");
  const jti = readOptionalText(payload, "jti");
  return Object.freeze({
    user,
    issuedAt: issuedAt ?? 0,
    ...(originJti !== undefined && { originJti }),
    ...(jti !== undefined && { jti }),
  });
}

function readOptionalText(payload: JsonObject, name: "jti" | "origin_jti"): string | undefined {
  const value = payload[name];
  if (value === undefined || typeof value === "string") return value;
  throw invalidToken(`${name} is not a string`);
}

import { presentedCredential } from "../credentials.ts";
import { AuthError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import type { AuthRequest } from "../request.ts";
import { targetOf } from "../target.ts";
import { readBearerToken } from "../tokens/bearer-token.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import { type Jws, parseJws } from "../tokens/jws.ts";
import type { UserPool } from "../tokens/user-pool.ts";
import type { SessionToken } from "./session.ts";

/** A user who proved who he is with a token. */
export interface TokenHolder {
  /** The token as received; it goes to the identity pool and nowhere else. */
  readonly raw: string;
  readonly principal: Principal;
  readonly facts: SessionToken;
}

/**
 * Reads and verifies the ID token of a request, which is taken from `Authorization: Bearer` and from nowhere else.
 *
 * @returns undefined where the request shows no credential at all.
 * @throws AuthError where it shows one that is not a good ID token of a user.
 */
export async function readTokenHolder(request: AuthRequest, userPool: UserPool): Promise<TokenHolder | undefined> {
  const scheme = presentedCredential(request, targetOf(request));
  if (scheme === undefined) return undefined;
  const raw = readBearerToken(request);
  if (raw === undefined) throw new AuthError("unsupported_scheme");
  return verifyTokenHolder(raw, userPool);
}

/**
 * Verifies an ID token, wherever it came from.
 *
 * @throws AuthError where it is not a good ID token of a user.
 */
export async function verifyTokenHolder(raw: string, userPool: UserPool): Promise<TokenHolder> {
  const token = parseJws(raw);
  if (!userPool.issuers.includes(token.payload.iss)) throw invalidToken("iss is not the configured user pool");
  if (!userPool.algorithms.includes(token.header.alg)) throw invalidToken("alg is not one of the user pool");
  const verified = await userPool.verify(token);
  const { principal } = verified;
  if (principal.kind !== "user") throw invalidToken("it is not the token of a user");
  await verified.confirm?.(raw);
  return { raw, principal, facts: factsOf(token.payload) };
}

/** The facts by which the session can be revoked later: with iat missing it could not be. */
function factsOf({ sub, iat, origin_jti: originJti, jti }: Jws["payload"]): SessionToken {
  if (typeof sub !== "string" || typeof iat !== "number") throw invalidToken("sub or iat is missing");
  return {
    sub,
    iat,
    ...(typeof originJti === "string" && originJti !== "" && { originJti }),
    ...(typeof jti === "string" && jti !== "" && { jti }),
  };
}

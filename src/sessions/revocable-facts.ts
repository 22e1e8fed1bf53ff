import type { RevocableFacts } from "../tokens/revocation.ts";
import type { SessionRecord } from "./session-record.ts";

/** The facts of a session by which it can be revoked: its own, those of its caller, and those of the token that opened it. */
export function revocableFacts({ accessKeyId, enrolledBy, principal, token, openedAt }: SessionRecord): RevocableFacts {
  const { id, role, identityId } = principal;
  return Object.freeze({
    accessKeyId,
    user: id,
    ...(enrolledBy !== undefined && { enrolledBy }),
    ...(role !== undefined && { role }),
    ...(identityId !== undefined && { identityId }),
    ...(token?.originJti !== undefined && { originJti: token.originJti }),
    ...(token?.jti !== undefined && { jti: token.jti }),
    // A session lets nobody live longer than the token that opened it, however late it did.
    issuedAt: token === undefined ? openedAt : Math.min(openedAt, token.iat * 1_000),
  });
}

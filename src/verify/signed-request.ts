import { createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { hasSignatureQuery } from "../credentials.ts";
import { AuthError } from "../errors.ts";
import { createPrincipal, type Principal } from "../principal.ts";
import { requestedMethods } from "../requested-methods.ts";
import type { Session } from "../sessions/session.ts";
import { otherQueries } from "../sigv4/canonical-query.ts";
import { canonicalRequest } from "../sigv4/canonical-request.ts";
import { emptyPayloadHash, payloadHash, unsignedPayload, unsignedReason } from "../sigv4/payload.ts";
import { algorithm, signatureOf, stringToSign } from "../sigv4/string-to-sign.ts";
import { targetOf } from "../target.ts";
import type { Verifier } from "../verifier.ts";
import { replayGuard } from "./replay-guard.ts";
import { readSignedMessage, type SignedMessage } from "./signed-message.ts";
import { readSignedRequestOptions, type SignedRequestOptions } from "./signed-request-options.ts";
import type { SignedRequestPrincipal } from "./signed-request-principal.ts";

/** What the verifier keeps of a session, and of no request. */
interface Standing {
  readonly session: Session;
  /** Who the caller is; absent until a request of his has verified. */
  principal?: Principal;
  /** How many bodies of his are being read. */
  reading: number;
  /** The security token that had the hash of the session's when it was last looked at. */
  token?: string;
}

/** How long a body may take to arrive before the session is looked up again, in milliseconds. */
const slowBody = 1_000;

/** Takes the place of the key of a session that is not there, so that an unknown id costs the checks of a signature too. */
const nobodysKey = createSecretKey(Buffer.alloc(32));

/**
 * Verifies requests signed with AWS Signature Version 4, against sessions that a broker or the operator opened.
 *
 * A request is checked in order of cost: its form, its time, its session, its signature, its body. Presigned URLs and unsigned
 * payloads are refused unless an option accepts them, and signatures in chunks always. Unknown, ended and wrong are all
 * `invalid_signature`, without a reason.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { createSessions, signedRequest } from "poolgate";
 *
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * const verifier = signedRequest({ sessions, roles: { "123456789012/Editor": { groups: ["editors"] } } });
 * ```
 */
export function signedRequest(options: SignedRequestOptions): Verifier<SignedRequestPrincipal>;
export function signedRequest(options: SignedRequestOptions): Verifier {
  const { sessions, rules, judgeRole, bodyLimitBytes, bodyReaders, replayProtection } =
    readSignedRequestOptions(options);
  const skew = sessions.skewSeconds * 1000;
  const refuseReplay = replayGuard(sessions, replayProtection);
  const readersPerSession = Math.ceil(bodyReaders / 4);
  const standings = new WeakMap<Session, Standing>();
  let reading = 0;

  function standingOf(session: Session): Standing {
    let standing = standings.get(session);
    if (standing === undefined) {
      standing = { session, reading: 0 };
      standings.set(session, standing);
    }
    return standing;
  }

  function principalOf(session: Session): Principal {
    const proven = { ...session.principal, verifiedBy: "signed-request", expiresAt: new Date(session.notAfter) };
    const keepsGroups = proven.kind === "user" || proven.kind === "client";
    return keepsGroups ? createPrincipal(proven) : judgeRole(proven);
  }

  /** A body that is held back must not carry a request past the end of its session, or past its revocation. */
  async function requireStillLive({ accessKeyId }: Session): Promise<void> {
    if ((await sessions.find(accessKeyId)) === undefined) throw new AuthError("invalid_signature");
  }

  return {
    scheme: algorithm,
    perRequest: true,
    // Brokers add theirs when they are made, which may be later.
    get issuers() {
      return sessions.issuers;
    },
    detects(request) {
      const { headers, target } = request;
      return (
        headers.all("authorization").some((value) => /^aws4-/i.test(value)) ||
        (target.includes("?") && hasSignatureQuery(targetOf(request)))
      );
    },
    async verify(request) {
      const message = readSignedMessage(request, rules);
      const now = sessions.clock();
      requireInTime(message, now, skew);
      const found = sessions.find(message.authorization.accessKeyId);
      const session = found instanceof Promise ? await found : found;
      const standing = session && standingOf(session);
      const key = keyFor(message, standing, now);
      if (standing === undefined || key === undefined) {
        signedTextOf(nobodysKey, message, emptyPayloadHash);
        if (message.payloadHash === undefined) signedTextOf(nobodysKey, message, unsignedPayload);
        throw new AuthError("invalid_signature");
      }
      const stated = message.payloadHash;
      let signedText = stated === undefined ? undefined : requireSignature(key, message, stated);
      let received: string | undefined;
      if (stated !== unsignedPayload) {
        if (reading >= bodyReaders || standing.reading >= readersPerSession) throw new AuthError("overloaded");
        reading += 1;
        standing.reading += 1;
        try {
          const body = await request.body?.(bodyLimitBytes);
          received = body && payloadHash(body);
          if (!(sessions.clock() - now < slowBody)) await requireStillLive(standing.session);
        } finally {
          reading -= 1;
          standing.reading -= 1;
        }
      }
      signedText ??= requireSignature(key, message, received ?? emptyPayloadHash);
      if (stated !== undefined && received !== undefined && received !== stated)
        throw new AuthError("payload_mismatch");
      standing.principal ??= principalOf(standing.session);
      if (refuseReplay !== undefined) {
        const { authorization, expiresAt = message.signedAt + skew } = message;
        const { accessKeyId } = authorization;
        const methods = requestedMethods(request);
        // The body may have taken its time, and of what is too old by now the mark of an earlier use may be forgotten.
        requireInTime(message, sessions.clock(), skew);
        // After all that can refuse the request: what nobody could replay needs no mark.
        await refuseReplay({ methods, accessKeyId, signedText, acceptedUntil: expiresAt });
      }
      return { principal: standing.principal, signedHeaders: message.signedHeaders };
    },
    ready: () => sessions.ready(),
    readiness: () => sessions.readiness(),
  };
}

/** The key of a live session for the day of signing, provided that the request carries the session's token, or none. */
function keyFor(message: SignedMessage, standing: Standing | undefined, now: number): KeyObject | undefined {
  const carried = carriesToken(message.securityToken, standing);
  if (standing === undefined || !carried || !(now < standing.session.notAfter)) return undefined;
  return standing.session.signingKey(message.authorization.date);
}

/**
 * Whether a token is the one that a session was opened with, or none where it has none.
 *
 * A token that had the hash of the session's is remembered in place of hashing it again with each request, which would be a
 * tenth of the whole check. It is remembered for as long as this node believes the session without asking the store, where
 * there is the hash alone; and whoever reads it in this memory finds the signing key there too, without which it is no use.
 */
function carriesToken(token: string | undefined, standing: Standing | undefined): boolean {
  // The comparison ends early, but only where whole words of the machine differ, which nobody can guess at one by one.
  if (token !== undefined && token === standing?.token) return true;
  // Hashed for unknown sessions too, as for all others. How long the comparison takes can at most tell digits of the hash, and
  // from those no token follows.
  const tokenHash = token === undefined ? undefined : hash("sha256", token, "hex");
  if (standing === undefined || tokenHash !== standing.session.tokenHash) return false;
  if (token !== undefined) standing.token = token;
  return true;
}

/** Compares two hashes in lower-case hex, which their grammar makes 64 bytes each, in a time that tells nothing of them. */
function sameDigits(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, "latin1"), Buffer.from(other, "latin1"));
}

/** Refuses a time of signing too far off, and a presigned URL that is past its time. */
function requireInTime({ signedAt, expiresAt }: SignedMessage, now: number, skew: number): void {
  const tooOld = expiresAt === undefined && now - signedAt > skew;
  if (tooOld || signedAt - now > skew) throw new AuthError("clock_skew", { serverTime: new Date(now) });
  if (expiresAt !== undefined && now >= expiresAt) throw new AuthError("presigned_expired");
}

/** The string to sign that has the signature. */
function requireSignature(key: KeyObject, message: SignedMessage, payload: string): string {
  const text = signedTextOf(key, message, payload);
  if (text !== undefined) return text;
  // Amplify signs so without a header that says so; the caller holds the key, and deserves to know what is wrong.
  if (message.payloadHash === undefined && signedTextOf(key, message, unsignedPayload) !== undefined) {
    throw new AuthError("payload_not_signed", { reason: unsignedReason });
  }
  throw new AuthError("invalid_signature");
}

/** Tries the canonical forms of the request, mostly the only one, for the string to sign that has the signature. */
function signedTextOf(key: KeyObject, message: SignedMessage, payload: string): string | undefined {
  const text = textWithQuery(key, message, message.canonicalQuery, payload);
  if (text !== undefined) return text;
  for (const query of otherQueries(message.query, message.canonicalQuery)) {
    const other = textWithQuery(key, message, query, payload);
    if (other !== undefined) return other;
  }
  return undefined;
}

function textWithQuery(
  key: KeyObject,
  { authorization, method, time, paths, canonicalHeaders }: SignedMessage,
  query: string,
  payload: string,
): string | undefined {
  const { scope, signedHeaders, signature } = authorization;
  for (const path of paths) {
    const parts = { method, path, query, headers: canonicalHeaders, signedHeaders, payloadHash: payload };
    const text = stringToSign(time, scope, canonicalRequest(parts));
    if (sameDigits(signatureOf(key, text), signature)) return text;
  }
  return undefined;
}

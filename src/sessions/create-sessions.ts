import { accessKeyIdForm } from "../access-key-id.ts";
import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import { requireIssuersApart } from "../pools-apart.ts";
import { memoryStore } from "../stores/memory.ts";
import type { RevocableFacts } from "../tokens/revocation.ts";
import { createRevocationList } from "../tokens/revocations.ts";
import type { TrustedIssuer } from "../verifier.ts";
import { createEnrolledSessions } from "./enrolled-sessions.ts";
import { openedSession } from "./opened-session.ts";
import { revocableFacts } from "./revocable-facts.ts";
import type { Session, Sessions } from "./session.ts";
import { createSessionCache } from "./session-cache.ts";
import { recordOf } from "./session-init.ts";
import { readSessionsOptions, type SessionsOptions } from "./session-options.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "./session-record.ts";
import { createStoreWatch } from "./store-watch.ts";

/** A session as this node keeps it. */
interface Found {
  readonly session: Session;
  readonly facts: RevocableFacts;
  /** The record as it stands in the store. */
  readonly sealed: Uint8Array;
}

/** What stands in the store for something that was used. */
const usedMark = Uint8Array.of(1);
/** Tokens of Cognito live at most a day, which clocks apart and tolerance draw out, and one may open a session until its end. */
const longestToken = 25;

/**
 * Makes the sessions of one gate, shared by `signedRequest`, `broker` and the operator's own code.
 *
 * A session ends at its `notAfter`. One that is closed here is refused here at once, and at other nodes of the same store
 * after at most `cacheSeconds`; one that is revoked, after at most `revocationSeconds`.
 *
 * @throws ConfigurationError where an option is unknown or faulty.
 *
 * @example
 * ```ts
 * import { createSessions } from "poolgate";
 *
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * ```
 */
export function createSessions(options: SessionsOptions): Sessions {
  const settings = readSessionsOptions(options, (clock) => memoryStore({ clock }));
  const { service, region, audience, skewSeconds, maxSessionHours, clock, store, seal } = settings;
  const scope = `${audience}/${region}/${service}/`;
  const placeOf = (accessKeyId: string) => `poolgate/1/session/${scope}${accessKeyId}`;
  const watch = createStoreWatch(clock);
  const { ask } = watch;
  const enrolled = createEnrolledSessions({ store, seal, scope });
  const revocations = createRevocationList({
    ...{ store, audience, clock },
    maxAge: settings.revocationSeconds * 1_000,
    lifetime: Math.max(maxSessionHours, longestToken) * 3_600_000,
  });
  const cache = createSessionCache({
    load,
    entries: settings.cacheEntries,
    maxAge: settings.cacheSeconds * 1_000,
    clock,
  });
  let issuers: readonly TrustedIssuer[] = Object.freeze([]);

  async function load(accessKeyId: string, before: Found | undefined): Promise<Found | undefined> {
    const sealed = await ask(() => store.get(placeOf(accessKeyId)));
    if (sealed === undefined) return undefined;
    try {
      // The same bytes hold the same record: it is not opened again.
      const found =
        before !== undefined && Buffer.compare(sealed, before.sealed) === 0 ? before : opened(accessKeyId, sealed);
      const { enrolledBy } = found.facts;
      if (enrolledBy !== undefined && (await enrolled.latest(enrolledBy)) !== accessKeyId) return undefined;
      return found;
    } catch (cause) {
      if (cause instanceof AuthError) throw cause;
      // There is something that cannot be understood, perhaps written by another version or under a key that this node lacks:
      // neither a session nor none.
      throw new AuthError("store_unavailable", { reason: "the record of the session cannot be read", cause });
    }
  }

  function opened(accessKeyId: string, sealed: Uint8Array): Found {
    const record = decodeRecord(seal.unseal(placeOf(accessKeyId), sealed), accessKeyId);
    // Stores' clients may lend a view of a buffer that is larger, or in use again.
    return { session: openedSession(record), facts: revocableFacts(record), sealed: new Uint8Array(sealed) };
  }

  function live(found: Found | undefined): Promise<Session | undefined> | Session | undefined {
    if (found === undefined || !(clock() < found.session.notAfter)) return undefined;
    const revoked = revocations.covers(found.facts);
    if (revoked instanceof Promise) return revoked.then((covered) => (covered ? undefined : found.session));
    return revoked ? undefined : found.session;
  }

  /**
   * The session of a broker or an operator knows its user, and the token by which he can be revoked. Keys that are enrolled
   * for the same access key id know the role alone, so they must not take its place; least of all where it was revoked.
   */
  async function requireNoOtherSession(accessKeyId: string, now: number): Promise<void> {
    const session = (await load(accessKeyId, undefined))?.session;
    if (session === undefined || session.mode === "derived" || now >= session.notAfter) return;
    throw new AuthError("access_denied", { reason: "these credentials have a session that was not enrolled" });
  }

  async function remove(accessKeyId: string): Promise<void> {
    try {
      await ask(() => store.delete(placeOf(accessKeyId)));
    } finally {
      cache.forget(accessKeyId);
    }
  }

  /** Puts a session in the store, and tells which one of the same enrolled credentials it follows. */
  async function put(record: SessionRecord): Promise<string | undefined> {
    const { accessKeyId, enrolledBy, notAfter } = record;
    const place = placeOf(accessKeyId);
    const sealed = seal.seal(place, encodeRecord(record));
    try {
      await ask(() => store.set(place, sealed, notAfter));
      return enrolledBy === undefined ? undefined : await enrolled.replace(enrolledBy, accessKeyId, notAfter);
    } finally {
      // After both: whoever looked in between found a session that was not the latest.
      cache.forget(accessKeyId);
    }
  }

  return Object.freeze<Sessions>({
    audience,
    service,
    region,
    skewSeconds,
    clock,
    revocations,
    get issuers() {
      return issuers;
    },
    async open(init) {
      const now = clock();
      const limits = {
        ...{ service, region, now },
        skew: skewSeconds * 1_000,
        maxLength: maxSessionHours * 3_600_000,
      };
      const record = recordOf(init, limits);
      if (record.enrolledBy === record.accessKeyId) await requireNoOtherSession(record.accessKeyId, now);
      const before = await put(record);
      if (before !== undefined && before !== record.accessKeyId) await remove(before);
    },
    async close(accessKeyId) {
      // What can be no session was not meant; to say nothing would leave the one that was meant open.
      if (!accessKeyIdForm.test(accessKeyId)) {
        throw new ConfigurationError("invalid_option", "sessions.close", "pass the access key id of a session");
      }
      await remove(accessKeyId);
    },
    find(accessKeyId) {
      if (!accessKeyIdForm.test(accessKeyId)) return undefined;
      const found = cache.find(accessKeyId);
      return found instanceof Promise ? found.then(live) : live(found);
    },
    async once(use, digest, expiresAt) {
      const place = `poolgate/1/${use}/${audience}/${digest}`;
      // Stores of the operator's own may be untyped, and what Redis or a database says of a write is mostly true.
      return (await ask(() => store.add(place, usedMark, expiresAt))) === true;
    },
    trust(issuer, option) {
      const { issuer: name, declared } = issuer;
      if (issuers.some((known) => known.issuer === name && known.declared === declared)) return;
      const more = Object.freeze([...issuers, Object.freeze({ issuer: name, declared })]);
      requireIssuersApart(option, more);
      issuers = more;
    },
    async ready() {
      try {
        await ask(() => store.get(`poolgate/1/ready/${audience}`));
      } finally {
        // Asked in any case, so that it is known how both stand.
        await revocations.covers({ issuedAt: clock() });
      }
    },
    readiness: () => [
      { source: "sessions", ...watch.condition() },
      { source: "revocations", ...revocations.readiness() },
    ],
  });
}

import { withDeadline } from "../deadline.ts";
import { AuthError } from "../errors.ts";
import type { Condition } from "../readiness.ts";
import type { Store } from "../stores/store.ts";
import { askStore, storeTimeout } from "./ask-store.ts";
import type { RevocableFacts, Revocation } from "./revocation.ts";
import { namesOf, parseEntry, type RevocationEntry, readRevocation, spellEntry } from "./revocation-entry.ts";

/** What has been revoked, as this node knows it. */
export interface Revocations {
  /**
   * Revokes; this node heeds it from the call on, other nodes of the store when their list is next renewed. It cannot be taken
   * back, and of two revocations of one thing each lasts until its own end.
   *
   * @throws ConfigurationError where it names nothing, more than one thing, or what could never be found.
   * @throws AuthError `store_unavailable`: this node heeds it all the same, others may not; revoke again.
   */
  revoke(revocation: Revocation): Promise<void>;
  /**
   * Whether something has been revoked. It answers without a promise while the list is fresh enough. What it finds out is
   * remembered with the object, so callers keep one object of facts for one session or token.
   *
   * @throws AuthError `store_unavailable` where the list is too old and cannot be renewed.
   */
  covers(facts: RevocableFacts): Promise<boolean> | boolean;
  /** How the list stands, by what is known now; the store is not asked. */
  readiness(): Condition;
}

/** What {@link createRevocationList} takes. */
export interface RevocationsSetup {
  readonly store: Store;
  /** Sets the list apart from those of others in one store; it holds no slash. */
  readonly audience: string;
  /** How old the list may be, in milliseconds. */
  readonly maxAge: number;
  /** How long a revocation without `until` is remembered, in milliseconds. */
  readonly lifetime: number;
  readonly clock: () => number;
}

/** How long the store may take for the whole list, in milliseconds; no request waits that long. */
const listTimeout = 5_000;
/** How long the store is left alone after a failure while the list is still fresh enough, in milliseconds. */
const pause = 1_000;
const mark = Uint8Array.of(1);

/** Makes the list of what has been revoked, kept in a store and held at hand. It is renewed as requests ask for it. */
export function createRevocationList({ store, audience, maxAge, lifetime, clock }: RevocationsSetup): Revocations {
  const prefix = `poolgate/1/revoked/${audience}/`;
  /** By name, the time before which something must have been issued to be revoked. */
  let list = new Map<string, number>();
  /** When the question was asked that the list answers. */
  let askedAt = Number.NaN;
  let failedAt = Number.NaN;
  let renewal: Promise<void> | undefined;
  let verdicts = new WeakMap<RevocableFacts, boolean>();
  // What was revoked here is heeded here until its end, whatever a list says that was asked for before.
  let own: RevocationEntry[] = [];

  function enter({ name, before = Number.POSITIVE_INFINITY }: RevocationEntry): void {
    list.set(name, Math.max(before, list.get(name) ?? before));
  }

  function readKey(key: string): RevocationEntry | undefined {
    return key.startsWith(prefix) ? parseEntry(key.slice(prefix.length)) : undefined;
  }

  async function renew(): Promise<void> {
    const asked = clock();
    try {
      // Read as part of the question: a list that is none is a fault of the store like any other.
      const listed = await askStore(async () => (await store.list(prefix)).map(readKey), listTimeout);
      if (!listed.every((entry) => entry !== undefined)) {
        // Perhaps another version revokes in ways that this one cannot heed; to pass over it would let the revoked in.
        throw new AuthError("store_unavailable", { reason: "the list of revocations cannot be read" });
      }
      own = own.filter(({ until }) => until > asked);
      list = new Map();
      for (const entry of listed) enter(entry);
      for (const entry of own) enter(entry);
      verdicts = new WeakMap();
      askedAt = asked;
      failedAt = Number.NaN;
    } catch (thrown) {
      failedAt = asked;
      throw thrown;
    } finally {
      renewal = undefined;
    }
  }

  /** The renewal that is under way, or a new one. */
  function renewed(): Promise<void> {
    if (renewal === undefined) {
      renewal = renew();
      // Nobody may be waiting for it.
      renewal.catch(() => {});
    }
    return renewal;
  }

  async function catchUp(now: number): Promise<void> {
    const running = renewal;
    await renewed();
    // What was asked too long before this request came is no answer to it.
    if (running !== undefined && !(age(askedAt, now) < Math.max(maxAge, 1))) await renewed();
  }

  function judge(facts: RevocableFacts): boolean {
    if (list.size === 0) return false;
    const known = verdicts.get(facts);
    if (known !== undefined) return known;
    const revoked = namesOf(facts).some((name) => {
      const before = list.get(name);
      return before !== undefined && !(facts.issuedAt >= before);
    });
    verdicts.set(facts, revoked);
    return revoked;
  }

  return Object.freeze<Revocations>({
    async revoke(revocation) {
      const entry = readRevocation(revocation, clock(), lifetime);
      own.push(entry);
      enter(entry);
      verdicts = new WeakMap();
      await askStore(() => store.set(prefix + spellEntry(entry), mark, entry.until));
    },
    covers(facts) {
      const now = clock();
      const listAge = age(askedAt, now);
      if (!(listAge < maxAge)) {
        const late = () => new AuthError("store_unavailable", { reason: "the list of revocations is too old" });
        return withDeadline(catchUp(now), storeTimeout, late).then(() => judge(facts));
      }
      if (listAge >= maxAge / 2 && !(age(failedAt, now) < pause)) void renewed();
      return judge(facts);
    },
    readiness() {
      const asked = !Number.isNaN(askedAt);
      const failing = !Number.isNaN(failedAt);
      const facts = {
        ...(asked && { answeredAt: new Date(askedAt), trustedUntil: new Date(askedAt + maxAge) }),
        ...(failing && { failedAt: new Date(failedAt) }),
      };
      if (!failing) return { state: asked ? "ready" : "not-asked", ...facts };
      if (age(askedAt, clock()) < maxAge) return { state: "stale", ...facts };
      return { state: "unavailable", ...facts, code: "store_unavailable" };
    },
  });
}

/** How long ago a time was; not a number where it never was, or the clock was set back past it. */
function age(time: number, now: number): number {
  return now >= time ? now - time : Number.NaN;
}

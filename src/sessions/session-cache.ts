import { createLRU } from "lru.min";

/** What {@link createSessionCache} takes. */
export interface SessionCacheOptions<T> {
  /** Asks the store, knowing what it said before, if that is still at hand; rejects where it cannot tell. */
  readonly load: (accessKeyId: string, before: T | undefined) => Promise<T | undefined>;
  /** The most sessions, and the most unknown ids, that are kept. */
  readonly entries: number;
  /** How long a session is believed without asking the store again, in milliseconds. */
  readonly maxAge: number;
  readonly clock: () => number;
}

/** The sessions that this node looked up lately. */
export interface SessionCache<T> {
  /**
   * The session of an access key id, whatever its end; concurrent look-ups of one id share one question to the store, unless
   * it was asked longer than `maxAge` before they came.
   */
  find(accessKeyId: string): Promise<T | undefined> | T | undefined;
  /** Drops all that is known, and all that is being learned, of an access key id. */
  forget(accessKeyId: string): void;
}

interface Known<T> {
  readonly session: T | undefined;
  /** When the store was asked. */
  readonly askedAt: number;
}

interface Asking<T> {
  readonly answer: Promise<T | undefined>;
  readonly askedAt: number;
}

/** How long an unknown id is believed to be unknown: it may be opened at another node at any time. */
const maxUnknownAge = 1_000;

/** Makes the cache in front of a store. Failures are not kept: the next look-up asks again. */
export function createSessionCache<T>({ load, entries, maxAge, clock }: SessionCacheOptions<T>): SessionCache<T> {
  const opened = createLRU<string, Known<T>>({ max: entries });
  // Apart, so that a flood of invented ids pushes no session out.
  const unknown = createLRU<string, Known<T>>({ max: entries });
  const loading = new Map<string, Asking<T>>();

  function fresh(known: Known<T> | undefined, limit: number, now: number): boolean {
    if (known === undefined) return false;
    const age = now - known.askedAt;
    // An age below zero means that the clock was set back; nothing is known of such an entry.
    return age >= 0 && age < limit;
  }

  function forget(accessKeyId: string): void {
    opened.delete(accessKeyId);
    unknown.delete(accessKeyId);
    loading.delete(accessKeyId);
  }

  function ask(accessKeyId: string): Promise<T | undefined> {
    const before = opened.get(accessKeyId)?.session;
    // What is too old now would count as new again if the clock were set back.
    forget(accessKeyId);
    const askedAt = clock();
    const answer = load(accessKeyId, before).then(
      (session) => {
        // Whoever opened or closed the session in the meantime has forgotten the question: its answer may be outdated.
        if (loading.get(accessKeyId) === asking) {
          loading.delete(accessKeyId);
          (session === undefined ? unknown : opened).set(accessKeyId, { session, askedAt });
        }
        return session;
      },
      (thrown: unknown) => {
        if (loading.get(accessKeyId) === asking) loading.delete(accessKeyId);
        throw thrown;
      },
    );
    const asking = { answer, askedAt };
    loading.set(accessKeyId, asking);
    return answer;
  }

  function look(accessKeyId: string, came: number, now: number): Promise<T | undefined> | T | undefined {
    const known = opened.get(accessKeyId);
    if (fresh(known, maxAge, now)) return known?.session;
    if (fresh(unknown.get(accessKeyId), maxUnknownAge, now)) return undefined;
    const asking = loading.get(accessKeyId);
    if (asking === undefined) return ask(accessKeyId);
    if (came - asking.askedAt < Math.max(maxAge, 1)) return asking.answer;
    // What was asked too long before this look-up came is no answer to it; the next question is, for all who wait.
    return asking.answer.then(() => look(accessKeyId, came, clock()));
  }

  return {
    // No promise for what is known: every signed request comes this way.
    find(accessKeyId) {
      const now = clock();
      return look(accessKeyId, now, now);
    },
    forget,
  };
}

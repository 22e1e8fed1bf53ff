import type { AwsCredentials } from "./credentials.ts";
import type { ServerClock } from "./server-clock.ts";

/** Credentials that sign for a gate, and until when. */
export interface ClientSession {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970 by the server's clock; infinite where nobody has told. */
  readonly notAfter: number;
  /** Where the signer keeps the keys that it derives. */
  readonly keys: Map<string, ArrayBuffer>;
}

/** Keeps a session in good time. */
export interface SessionKeeper {
  /** The session to sign with, opened or renewed where it is time. Callers at the same time share one renewal. */
  session(): Promise<ClientSession>;
  /**
   * Forgets a session that the gate refused. One that has only just been opened stays, since another would fare no better
   * and be one more question to AWS; so does another that has taken its place.
   *
   * @returns whether the next session is worth another try.
   */
  drop(session: ClientSession): boolean;
}

/** Milliseconds before the end at which a session is renewed, where that is less than a fifth of its life. */
const margin = 5 * 60_000;
/** Milliseconds until a renewal that failed is tried again while the session still lives. */
const pause = 10_000;
/** Milliseconds for which a session counts as just opened. */
const fresh = 1_000;

/** Keeps the sessions that `open` opens. A renewal that fails is no fault while the session before it lives. */
export function createSessionKeeper(open: () => Promise<ClientSession>, clock: ServerClock): SessionKeeper {
  let current: { readonly session: ClientSession; readonly openedAt: number; readonly renewAt: number } | undefined;
  let opening: Promise<ClientSession> | undefined;

  async function renew(): Promise<ClientSession> {
    const session = await open();
    const now = clock.now();
    const life = session.notAfter - now;
    // A life that is over already is the sign of a clock that is off, and that the next refusal sets right.
    const ahead = life > 0 ? Math.min(margin, life / 5) : margin;
    current = { session, openedAt: now, renewAt: session.notAfter - ahead };
    return session;
  }

  return {
    async session() {
      if (current !== undefined && clock.now() < current.renewAt) return current.session;
      opening ??= renew().finally(() => {
        opening = undefined;
      });
      try {
        return await opening;
      } catch (error) {
        if (current === undefined || clock.now() >= current.session.notAfter) throw error;
        current = { ...current, renewAt: clock.now() + pause };
        return current.session;
      }
    },
    drop(session) {
      if (current?.session !== session) return true;
      if (clock.now() - current.openedAt < fresh) return false;
      current = undefined;
      return true;
    },
  };
}

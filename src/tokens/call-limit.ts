/** How many calls an endpoint gets, and how it is spared while it fails. */
export interface CallLimit {
  /**
   * Asks for leave to call.
   *
   * @param user about whom.
   * @returns undefined where the call may be made, and must be ended; else the seconds after which to ask again.
   */
  begin(user: string): number | undefined;
  /** Says how a call ended: whether the endpoint did its work. */
  end(worked: boolean): void;
}

/** What {@link createCallLimit} takes. */
export interface CallLimitOptions {
  readonly perSecond: number;
  /** How many of them may be about one user, who could get himself many tokens and lock out all others; all by default. */
  readonly perUser?: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** So many calls in a row must fail: one caller whose own call always fails must not lock out the others. */
const failuresUntilPause = 3;
/** For so long an endpoint that fails is left alone, in milliseconds; then one call at a time tries it. */
const pause = 5_000;

/** Makes the limit of the calls to one endpoint. */
export function createCallLimit({ perSecond, perUser = perSecond, clock }: CallLimitOptions): CallLimit {
  let second = Number.NEGATIVE_INFINITY;
  let calls = 0;
  const callsAbout = new Map<string, number>();
  let failures = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let trying = false;

  /** The milliseconds until it may be tried; a clock that was set back must not stretch them. */
  function paused(now: number): number {
    const elapsed = now - failedAt;
    return elapsed >= 0 && elapsed < pause ? pause - elapsed : 0;
  }

  return {
    begin(user) {
      const now = clock();
      const failing = failures >= failuresUntilPause;
      const wait = failing ? paused(now) : 0;
      if (wait > 0) return Math.ceil(wait / 1_000);
      if (failing && trying) return 1;
      if (!(now >= second && now < second + 1_000)) {
        second = now;
        calls = 0;
        callsAbout.clear();
      }
      const about = callsAbout.get(user) ?? 0;
      if (calls >= perSecond || about >= perUser) return 1;
      calls += 1;
      callsAbout.set(user, about + 1);
      trying = failing;
      return undefined;
    },
    end(worked) {
      trying = false;
      failures = worked ? 0 : failures + 1;
      if (!worked) failedAt = clock();
    },
  };
}

/** The server's time as far as a client knows it. */
export interface ServerClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Takes note of the server's time, which a refusal for a skewed clock tells. */
  correct(serverTime: Date): void;
}

/** A clock that runs with the client's, and is set by the server's. */
export function createServerClock(clock: () => number): ServerClock {
  let offset = 0;
  return {
    now: () => clock() + offset,
    correct(serverTime) {
      offset = serverTime.getTime() - clock();
    },
  };
}

/** A time as signatures write it: `YYYYMMDDTHHMMSSZ`. */
export function signingTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** A load that goes on until it is stopped. */
export interface Load {
  /** Stops it, and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Begins a piece of work every few milliseconds, whether or not those before it are done: callers do not wait for each other.
 * What is late is made up for.
 */
export function openLoop(milliseconds: number, work: (index: number) => Promise<void>): Load {
  const begun = Date.now();
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let index = 0;
  const timer = setInterval(() => {
    for (; begun + index * milliseconds <= Date.now(); index += 1) {
      const piece: Promise<void> = work(index)
        .catch((fault: unknown) => void faults.push(fault))
        .finally(() => underWay.delete(piece));
      underWay.add(piece);
    }
  }, milliseconds);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      if (faults.length > 0) throw faults[0];
    },
  };
}

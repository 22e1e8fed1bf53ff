/** A load that goes on until it is stopped. */
export interface Load {
  /** The most pieces of work that are under way at a time. */
  most: number;
  /** Stops it, and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Begins a piece of work every few milliseconds, whether or not those before it are done: callers do not wait for each other. Only
 * where as many are under way as may be, it leaves one out, so that a machine that is slow is asked for less and not for all at once.
 */
export function openLoop(milliseconds: number, most: number, work: (index: number) => Promise<void>): Load {
  const begun = Date.now();
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let due = 0;
  let index = 0;
  const timer = setInterval(() => {
    for (; begun + due * milliseconds <= Date.now(); due += 1) {
      if (underWay.size >= load.most) continue;
      const piece: Promise<void> = work(index)
        .catch((fault: unknown) => void faults.push(fault))
        .finally(() => underWay.delete(piece));
      underWay.add(piece);
      index += 1;
    }
  }, milliseconds);
  const load: Load = {
    most,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      if (faults.length > 0) throw faults[0];
    },
  };
  return load;
}

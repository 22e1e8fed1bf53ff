import type { Send } from "./send.ts";

/** Lines on their way out. Adding one takes no time and never fails. */
export interface LineQueue {
  /** Whether there is room for another line. */
  readonly hasRoom: boolean;
  /** How many lines were lost, all told. */
  readonly lost: number;
  /** Puts a line at the end; it is lost where there is no room. */
  add(line: string): void;
  /** Counts a line that could not be made. */
  lose(): void;
  /** Waits until all lines so far are out or lost: true. Or until the time is over: false. */
  flush(milliseconds: number): Promise<boolean>;
}

/** What {@link createLineQueue} takes. */
export interface LineQueueOptions {
  readonly send: Send;
  /** How many lines may be on their way at one time. */
  readonly capacity: number;
  /** The line that tells of others that are lost. */
  readonly lossLine: (count: number) => string;
  /** Called when a chunk could not be handed over, the first time only. */
  readonly onFailure: () => void;
}

/** So that one chunk is soon through, and little is lost with it. */
const chunkLines = 256;

/** Makes a queue that is bounded, sends one chunk at a time, and tells in its own lines what was lost. */
export function createLineQueue({ send, capacity, lossLine, onFailure }: LineQueueOptions): LineQueue {
  let waiting: string[] = [];
  let underWay = 0;
  let running: Promise<void> | undefined;
  let failedBefore = false;
  let lost = 0;
  /** Of those, what no line tells yet. */
  let untold = 0;

  function lose(count: number): void {
    lost += count;
    untold += count;
  }

  function start(): void {
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function run(): Promise<void> {
    // So that the decisions of one turn of the event loop go out as one chunk, after their answers.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0 || untold > 0) {
      const taken = waiting;
      waiting = [];
      underWay = taken.length;
      do {
        const lines = taken.slice(taken.length - underWay, taken.length - underWay + chunkLines);
        await sendOrLose(lines);
        underWay -= lines.length;
      } while (underWay > 0);
      // What is lost is told once there is something else to tell.
      if (waiting.length === 0) return;
    }
  }

  async function sendOrLose(lines: readonly string[]): Promise<void> {
    const told = untold;
    untold = 0;
    try {
      await send(`${told > 0 ? lossLine(told) : ""}${lines.join("")}`);
    } catch {
      untold += told;
      lose(lines.length);
      if (!failedBefore) onFailure();
      failedBefore = true;
    }
  }

  return {
    get hasRoom() {
      return waiting.length + underWay < capacity;
    },
    get lost() {
      return lost;
    },
    add(line) {
      if (waiting.length + underWay >= capacity) return lose(1);
      waiting.push(line);
      start();
    },
    lose: () => lose(1),
    async flush(milliseconds) {
      if (waiting.length > 0 || untold > 0) start();
      if (running === undefined) return true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, milliseconds, false).unref();
      });
      const done = await Promise.race([running.then(() => true), late]);
      clearTimeout(timer);
      return done;
    },
  };
}

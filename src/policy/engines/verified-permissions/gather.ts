import { type Batch, packBatches } from "./pack-batches.ts";
import type { PermissionsOutcome } from "./permissions-answer.ts";
import type { PermissionsQuestion } from "./permissions-question.ts";

/** Puts one question; it is waited for until the signal is aborted. */
export type PutQuestion = (question: PermissionsQuestion, signal: AbortSignal) => Promise<PermissionsOutcome>;

/** Makes one call, and gives what came of each question, in their order. */
export type Call = (batch: Batch, signal: AbortSignal) => Promise<readonly PermissionsOutcome[]>;

interface Waiting {
  readonly signal: AbortSignal;
  resolve(outcome: PermissionsOutcome): void;
  reject(thrown: unknown): void;
}

interface Gathered {
  readonly question: PermissionsQuestion;
  readonly waiting: Waiting[];
}

/** Gathers the questions of one moment, puts none of them twice, and shares what can be put together. */
export function gatherQuestions(call: Call): PutQuestion {
  let gathered = new Map<string, Gathered>();

  function putAll(): void {
    const all = gathered;
    gathered = new Map();
    for (const batch of packBatches([...all.values()].map(({ question }) => question))) {
      void put(
        batch,
        batch.questions.map(({ key }) => (all.get(key) as Gathered).waiting),
      );
    }
  }

  async function put(batch: Batch, waiting: readonly (readonly Waiting[])[]): Promise<void> {
    try {
      const outcomes = await call(batch, abortedWithAll(waiting.flat()));
      waiting.forEach((those, index) => {
        for (const { resolve } of those) resolve(outcomes[index] as PermissionsOutcome);
      });
    } catch (thrown) {
      for (const { reject } of waiting.flat()) reject(thrown);
    }
  }

  return function putQuestion(question, signal) {
    return new Promise((resolve, reject) => {
      if (gathered.size === 0) setImmediate(putAll);
      const same = gathered.get(question.key) ?? { question, waiting: [] };
      gathered.set(question.key, same);
      same.waiting.push({ signal, resolve, reject });
    });
  };
}

/** A signal that is aborted when nobody waits any more. */
function abortedWithAll(waiting: readonly Waiting[]): AbortSignal {
  const controller = new AbortController();
  let left = waiting.length;
  const leave = () => {
    left -= 1;
    if (left === 0) controller.abort();
  };
  for (const { signal } of waiting) {
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  }
  return controller.signal;
}

import type { Condition } from "../readiness.ts";
import { askStore } from "../tokens/ask-store.ts";

/** Asks a store, and remembers whether it answered. */
export interface StoreWatch {
  /**
   * Asks the store, as `askStore` does.
   *
   * @throws AuthError `store_unavailable`
   */
  ask<T>(question: () => Promise<T>): Promise<T>;
  /** How the store stands by its last answer. */
  condition(): Condition;
}

/** Makes the watch over one store. */
export function createStoreWatch(clock: () => number): StoreWatch {
  let answeredAt: number | undefined;
  let failedAt: number | undefined;

  return {
    async ask(question) {
      const askedAt = clock();
      try {
        const answer = await askStore(question);
        answeredAt = askedAt;
        failedAt = undefined;
        return answer;
      } catch (thrown) {
        failedAt = askedAt;
        throw thrown;
      }
    },
    condition() {
      const answered = answeredAt !== undefined && { answeredAt: new Date(answeredAt) };
      if (failedAt !== undefined) {
        return { state: "unavailable", ...answered, failedAt: new Date(failedAt), code: "store_unavailable" };
      }
      return answered ? { state: "ready", ...answered } : { state: "not-asked" };
    },
  };
}

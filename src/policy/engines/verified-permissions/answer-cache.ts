import { createLRU } from "lru.min";
import type { ReasonedAnswer } from "../../reasoned-answer.ts";

/** Answers by the key of their question. */
export interface AnswerCache {
  /** @param now milliseconds since 1970. */
  get(key: string, now: number): ReasonedAnswer | undefined;
  /** @param askedAt when the question was asked, in milliseconds since 1970. */
  set(key: string, answer: ReasonedAnswer, askedAt: number): void;
}

/** Keeps nothing. */
export const noAnswerCache: AnswerCache = { get: () => undefined, set: () => {} };

/** @param maxAge in milliseconds. */
export function createAnswerCache(maxAge: number, entries: number): AnswerCache {
  const cache = createLRU<string, { readonly answer: ReasonedAnswer; readonly askedAt: number }>({ max: entries });
  return {
    get(key, now) {
      const kept = cache.get(key);
      if (kept === undefined) return undefined;
      const age = now - kept.askedAt;
      // An age below zero means that the clock was set back.
      if (age >= 0 && age < maxAge) return kept.answer;
      cache.delete(key);
      return undefined;
    },
    set: (key, answer, askedAt) => void cache.set(key, { answer, askedAt }),
  };
}

import { createNotes } from "./notes.ts";

/** A value that is at hand, or a promise of it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Whether a value has to be waited for. */
export function isPending<Value>(value: Awaitable<Value>): value is Promise<Value> {
  return value instanceof Promise;
}

/**
 * Goes on with a value, at once where it is at hand. A request that waits for nothing is then judged before Node has parsed
 * its body, whose bytes go past every buffer to the handler.
 */
export function proceed<Value, Next>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Next>,
): Awaitable<Next> {
  return isPending(value) ? value.then(next) : next(value);
}

/**
 * What somebody else gave, who may write JavaScript: a value, or a promise of it. A promise that is not one of our own class is
 * none to {@link isPending}, and so would pass for the value.
 */
export function given<Value>(value: Awaitable<Value>): Awaitable<Value> {
  const { then } = Object(value) as { readonly then?: unknown };
  return typeof then === "function" ? Promise.resolve(value) : value;
}

/** Does a task now; what it throws becomes a promise that rejects. */
export function attempt<Value>(task: () => Awaitable<Value>): Awaitable<Value> {
  try {
    return task();
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

const kept = createNotes<Promise<unknown>, unknown>();

/** Does a task now, and promises its value; {@link valueAtHand} takes from the promise what is there already, if it is anything. */
export function promised<Value>(task: () => Awaitable<Value>): Promise<Value> {
  const value = attempt(task);
  if (isPending(value)) return value;
  const promise = Promise.resolve(value);
  kept.set(promise, value);
  return promise;
}

/**
 * The value of {@link promised} that is there already. Of every other promise, such as one that was made of that, it gives a
 * promise, and so of whatever can be awaited: those whom it comes from may be written by others, in JavaScript.
 */
export function valueAtHand<Value>(promise: Promise<Value>): Awaitable<Value> {
  const known = promise instanceof Promise ? kept.get(promise) : undefined;
  return known === undefined ? Promise.resolve(promise) : (known as Value);
}

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withDeadline } from "../src/deadline.ts";

const late = () => new Error("late");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("withDeadline", () => {
  it("gives what the work gives, or its fault, and leaves no timer behind", async () => {
    expect(await withDeadline(Promise.resolve(5), 1_000, late)).toBe(5);
    await expect(withDeadline(Promise.reject(new Error("bad")), 1_000, late)).rejects.toThrow("bad");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects when the time is over, and lets the work go on", async () => {
    let finish: (value: number) => void = () => {};
    const work = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const outcome = expect(withDeadline(work, 1_000, late)).rejects.toThrow("late");
    await vi.advanceTimersByTimeAsync(1_000);
    await outcome;
    finish(5);
    expect(await work).toBe(5);
  });

  it("makes no fault where none is needed", async () => {
    const fault = vi.fn(late);
    await withDeadline(Promise.resolve(5), 1_000, fault);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fault).not.toHaveBeenCalled();
  });
});

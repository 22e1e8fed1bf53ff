import { describe, expect, it } from "vitest";
import { attempt, given, isPending, proceed, promised, valueAtHand } from "../src/awaitable.ts";

describe("proceed", () => {
  it("goes on at once where the value is at hand", () => {
    expect(proceed(1, (value) => value + 1)).toBe(2);
  });

  it("goes on later where it is not", async () => {
    const later = proceed(Promise.resolve(1), (value) => value + 1);
    expect(isPending(later)).toBe(true);
    expect(await later).toBe(2);
  });
});

describe("given", () => {
  it("is what was given, where that is a value or a promise of our class", () => {
    const promise = Promise.resolve(1);
    for (const value of [1, "", null, undefined, promise]) expect(given(value)).toBe(value);
  });

  it("is a promise of our class where it was one of another", async () => {
    // biome-ignore lint/suspicious/noThenProperty: such objects are what it is about.
    const value = given({ then: (resolve: (value: number) => void) => resolve(1) } as unknown as Promise<number>);
    expect(isPending(value)).toBe(true);
    expect(await value).toBe(1);
  });
});

describe("attempt", () => {
  it("gives what the task gives", () => {
    expect(attempt(() => 1)).toBe(1);
  });

  it("gives a promise that rejects where the task throws", async () => {
    const fault = new Error("a fault");
    const failed = attempt(() => {
      throw fault;
    });
    await expect(failed).rejects.toBe(fault);
  });
});

describe("promised", () => {
  it("promises a value that can be taken without waiting", async () => {
    const promise = promised(() => "value");
    expect(valueAtHand(promise)).toBe("value");
    expect(await promise).toBe("value");
  });

  it("promises nothing as nothing", async () => {
    expect(await valueAtHand(promised(() => undefined))).toBeUndefined();
  });

  it("promises what has to be waited for", async () => {
    const promise = promised(() => Promise.resolve("value"));
    expect(isPending(valueAtHand(promise))).toBe(true);
    expect(await promise).toBe("value");
  });

  it("rejects with what the task throws", async () => {
    const fault = new Error("a fault");
    await expect(
      promised(() => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });
});

describe("valueAtHand", () => {
  it("passes over nobody who made another promise of it", async () => {
    const stricter = promised(() => "allowed").then(() => "denied");
    const value = valueAtHand(stricter);
    expect(isPending(value)).toBe(true);
    expect(await value).toBe("denied");
  });

  it.each([
    ["a value", "value"],
    // biome-ignore lint/suspicious/noThenProperty: such objects are what it is about.
    ["a foreign promise", { then: (resolve: (value: string) => void) => resolve("value") }],
    ["nothing", undefined],
  ])("gives a promise of %s from a function in JavaScript", async (_name, given) => {
    const value = valueAtHand(given as unknown as Promise<unknown>);
    expect(isPending(value)).toBe(true);
    expect(await value).toBe(given === undefined ? undefined : "value");
  });
});

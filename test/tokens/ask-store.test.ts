import { afterEach, describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { askStore } from "../../src/tokens/ask-store.ts";

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("it should have been refused"),
    (thrown: unknown) => thrown,
  );

afterEach(() => {
  vi.useRealTimers();
});

describe("askStore", () => {
  it("gives the answer of the store", async () => {
    expect(await askStore(async () => 7)).toBe(7);
  });

  it.each([
    [
      "rejects",
      () => Promise.reject(Object.assign(new Error("SET key secret"), { code: "ECONNRESET" })),
      "ECONNRESET: Error",
    ],
    [
      "throws",
      () => {
        throw new TypeError("SET key secret");
      },
      "TypeError",
    ],
    ["rejects with what is no error", () => Promise.reject("secret"), "something that is no Error was thrown"],
  ])("is store_unavailable where the store %s, with nothing of its message", async (_, question, cause) => {
    const thrown = await outcome(askStore(question));
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({ code: "store_unavailable", retryAfter: 5 });
    expect(String((thrown as AuthError).cause)).not.toContain("secret");
    expect((thrown as AuthError).cause).toBeInstanceOf(Error);
    expect(((thrown as AuthError).cause as Error).message).toContain(cause.split(":")[0]);
  });

  it.each([
    [1_000, undefined],
    [5_000, 5_000],
  ])("waits %i ms", async (wait, milliseconds) => {
    vi.useFakeTimers();
    const seen: unknown[] = [];
    const asked = outcome(askStore(() => new Promise(() => {}), milliseconds)).then((thrown) => seen.push(thrown));
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(seen).toMatchObject([{ code: "store_unavailable", cause: new Error("StoreTimeout") }]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { isPending } from "../../src/awaitable.ts";
import { AuthError } from "../../src/errors.ts";
import { createAsker, type Question, type Reply, type Subject } from "../../src/policy/replies.ts";

const subject = (phrase: string): Subject => ({ phrase, ask: () => ({ value: undefined }) });
const [one, other] = [subject("one"), subject("other")];

function question(of: Subject, key: string, ask: Question["ask"]): Question {
  return { subject: of, key, outage: new AuthError("decision_unavailable"), ask };
}

describe("an asker", () => {
  it("waits for nothing where all answer at once", () => {
    const replies = createAsker().ask([question(one, "a", () => ({ value: true }))]);
    if (isPending(replies)) throw new Error("it waits");
    expect(replies.get(one, "a")).toEqual({ value: true });
    expect(replies.get(one, "b")).toBeUndefined();
    expect(replies.get(other, "a")).toBeUndefined();
  });

  it("asks all before it waits for any", async () => {
    const asked: string[] = [];
    const later = (name: string, value: boolean) => async (): Promise<Reply> => {
      asked.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      return { value };
    };
    const pending = createAsker().ask([
      question(one, "a", later("one a", true)),
      question(one, "b", () => ({ value: undefined })),
      question(other, "a", later("other a", false)),
    ]);
    expect(asked).toEqual(["one a", "other a"]);
    const replies = await pending;
    expect([replies.get(one, "a"), replies.get(one, "b"), replies.get(other, "a")]).toEqual([
      { value: true },
      { value: undefined },
      { value: false },
    ]);
  });

  it("asks nothing twice, whether or not it has been answered", async () => {
    let count = 0;
    const ask = async (): Promise<Reply> => {
      count++;
      return { value: true };
    };
    const asker = createAsker();
    const together = asker.ask([question(one, "a", ask), question(one, "a", ask)]);
    const meanwhile = asker.ask([question(one, "a", ask)]);
    await Promise.all([together, meanwhile]);
    const afterwards = await asker.ask([question(one, "a", ask)]);
    expect(count).toBe(1);
    expect(afterwards.get(one, "a")).toEqual({ value: true });
  });

  it("gives only what was asked for", async () => {
    const asker = createAsker();
    await asker.ask([question(one, "a", () => ({ value: true }))]);
    const replies = await asker.ask([question(one, "b", () => ({ value: false }))]);
    expect(replies.get(one, "a")).toBeUndefined();
  });
});

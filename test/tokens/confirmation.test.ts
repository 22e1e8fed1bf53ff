import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { createCallLimit } from "../../src/tokens/call-limit.ts";
import { type ConfirmationSetup, createConfirmation } from "../../src/tokens/confirmation.ts";

const ada = { sub: "ada", username: "ada" };
const minute = 60_000;
const down = new AuthError("upstream_unavailable", { reason: "AWS could not be reached" });
const gone = new AuthError("configuration_error", { reason: "the user pool does not exist" });

/** A check whose questions the test answers itself, in any order. */
function setUp(options: Partial<ConfirmationSetup> & { perSecond?: number } = {}) {
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const questions: { token: string; answer(good: boolean): void; fail(fault: unknown): void }[] = [];
  const check = createConfirmation({
    ask: (token) =>
      new Promise((answer, fail) => {
        questions.push({ token, answer, fail });
      }),
    limit: createCallLimit({ perSecond: options.perSecond ?? 1_000, clock }),
    maxAge: minute,
    maxStale: minute,
    entries: 100,
    clock,
    ...options,
  });
  const outcome = async (token = "t") => {
    try {
      await check(token, ada);
      return "good";
    } catch (fault) {
      return codeOf(fault);
    }
  };
  /** Asks, and has the question, if any, answered. */
  async function settle(reply: boolean | AuthError, token = "t"): Promise<string> {
    const before = questions.length;
    const result = outcome(token);
    for (const { answer, fail } of questions.slice(before)) {
      if (typeof reply === "boolean") answer(reply);
      else fail(reply);
    }
    return result;
  }
  return { time, questions, outcome, settle };
}

function codeOf(fault: unknown): string {
  return fault instanceof AuthError ? fault.code : "no AuthError";
}

describe("createConfirmation", () => {
  it("keeps a good verdict for its age", async () => {
    const { time, questions, settle } = setUp();
    expect(await settle(true)).toBe("good");
    time.now += minute - 1;
    expect(await settle(false)).toBe("good");
    time.now += 1;
    expect(await settle(false)).toBe("invalid_token");
    expect(questions).toHaveLength(2);
  });

  it("keeps a bad verdict for its age, after which the token may be good again", async () => {
    const { time, questions, settle } = setUp();
    expect(await settle(false)).toBe("invalid_token");
    time.now += minute - 1;
    expect(await settle(true)).toBe("invalid_token");
    time.now += 1;
    expect(await settle(true)).toBe("good");
    expect(questions).toHaveLength(2);
  });

  it("says at once what it knows", async () => {
    let good = true;
    const check = createConfirmation({
      ask: async () => good,
      limit: createCallLimit({ perSecond: 10, clock: () => 0 }),
      maxAge: minute,
      maxStale: minute,
      entries: 10,
      clock: () => 0,
    });
    await check("t", ada);
    expect(check("t", ada)).toBeUndefined();
    good = false;
    await expect(check("u", ada)).rejects.toMatchObject({ code: "invalid_token" });
    expect(() => check("u", ada)).toThrow(AuthError);
  });

  it("knows nothing of one token by another", async () => {
    const { questions, settle } = setUp();
    expect(await settle(true, "t")).toBe("good");
    expect(await settle(false, "u")).toBe("invalid_token");
    expect(questions.map(({ token }) => token)).toEqual(["t", "u"]);
  });

  it("asks anew once the clock is set back", async () => {
    const { time, questions, settle } = setUp();
    await settle(true);
    time.now -= 1;
    expect(await settle(false)).toBe("invalid_token");
    expect(await settle(true)).toBe("invalid_token");
    expect(questions).toHaveLength(2);
  });

  it("asks once for all who come with one token", async () => {
    const { questions, outcome } = setUp();
    const outcomes = Array.from({ length: 1_000 }, () => outcome());
    expect(questions).toHaveLength(1);
    questions[0]?.answer(true);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(["good"]));
  });

  it("counts the age of a verdict from when it was asked for", async () => {
    const { time, questions, outcome, settle } = setUp();
    const first = outcome();
    time.now += minute - 1;
    questions[0]?.answer(true);
    expect(await first).toBe("good");
    time.now += 1;
    expect(await settle(false)).toBe("invalid_token");
  });

  it("shares no question that is older than a verdict may be", async () => {
    const { time, questions, outcome } = setUp();
    const first = outcome();
    time.now += minute;
    const second = outcome();
    expect(questions).toHaveLength(2);
    questions[0]?.answer(true);
    questions[1]?.answer(false);
    expect([await first, await second]).toEqual(["invalid_token", "invalid_token"]);
    expect(await outcome()).toBe("invalid_token");
  });

  it.each([
    ["the good one first", [true, false]],
    ["the bad one first", [false, true]],
  ])("believes the bad one of two answers: %s", async (_, order) => {
    const { time, questions, outcome } = setUp();
    const old = outcome();
    time.now += minute;
    const young = outcome();
    // The older question is answered last, and may have been judged last.
    questions[1]?.answer(order[0] as boolean);
    await young;
    questions[0]?.answer(order[1] as boolean);
    await old;
    const next = outcome();
    questions[2]?.answer(false);
    expect(await next).toBe("invalid_token");
  });

  it("lets nobody in by the answer to an older question once a later one was answered with no", async () => {
    const { time, questions, outcome } = setUp();
    const old = outcome();
    time.now += minute;
    const young = outcome();
    questions[1]?.answer(false);
    expect(await young).toBe("invalid_token");
    questions[0]?.answer(true);
    expect(await old).toBe("invalid_token");
  });

  it("never takes an outage for a verdict", async () => {
    const { time, settle } = setUp();
    expect(await settle(down)).toBe("upstream_unavailable");
    time.now += 5_000;
    expect(await settle(true)).toBe("good");
    time.now += minute;
    expect(await settle(down)).toBe("upstream_unavailable");
    time.now += 5_000;
    expect(await settle(false)).toBe("invalid_token");
  });

  it("serves a stale verdict as long as it is told while nobody can be asked, and no longer", async () => {
    const { time, questions, settle } = setUp({ maxStale: 3 * minute });
    expect(await settle(true)).toBe("good");
    time.now += 3 * minute - 1;
    expect(await settle(down)).toBe("good");
    expect(await settle(true)).toBe("good");
    expect(questions).toHaveLength(2);
    time.now += 1;
    expect(await settle(down)).toBe("upstream_unavailable");
  });

  it("serves no stale verdict that was bad, or after one that was", async () => {
    const { time, settle } = setUp({ maxStale: 10 * minute });
    await settle(true);
    time.now += minute;
    expect(await settle(false)).toBe("invalid_token");
    time.now += minute;
    expect(await settle(down)).toBe("upstream_unavailable");
  });

  it("serves no stale verdict where the set-up is at fault", async () => {
    const { time, settle } = setUp({ maxStale: 10 * minute });
    await settle(true);
    time.now += minute;
    expect(await settle(gone)).toBe("configuration_error");
  });

  it("leaves a token alone for a while that could not be asked about, and others not", async () => {
    const { time, questions, settle } = setUp();
    for (const fault of [down, gone]) {
      const token = fault.code;
      expect(await settle(fault, token)).toBe(fault.code);
      const asked = questions.length;
      time.now += 4_999;
      expect(await settle(true, token)).toBe(fault.code);
      expect(questions).toHaveLength(asked);
      expect(await settle(true, `${token} of another`)).toBe("good");
      time.now += 1;
      expect(await settle(true, token)).toBe("good");
    }
  });

  it("does not let one token that always fails stop the others", async () => {
    const { time, settle } = setUp();
    for (let round = 0; round < 20; round += 1) {
      expect(await settle(gone, "mine")).toBe("configuration_error");
      expect(await settle(true, `${round}`)).toBe("good");
      time.now += 5_000;
    }
  });

  it("makes few calls in an outage, however many tokens are shown", async () => {
    const { time, questions, settle } = setUp();
    for (let second = 0; second < 60; second += 1) {
      for (let token = 0; token < 100; token += 1) {
        expect(await settle(down, `${second} ${token}`)).toBe("upstream_unavailable");
      }
      time.now += 1_000;
    }
    expect(questions.length).toBeLessThanOrEqual(3 + 60 / 5);
    time.now += 5_000;
    expect(await settle(true)).toBe("good");
  });

  it("makes no more calls in a second than it may, and tells when to come back", async () => {
    const { time, questions, settle } = setUp({ perSecond: 2 });
    expect(await settle(true, "a")).toBe("good");
    expect(await settle(true, "b")).toBe("good");
    expect(await settle(true, "c")).toBe("upstream_unavailable");
    expect(questions).toHaveLength(2);
    time.now += 1_000;
    expect(await settle(true, "c")).toBe("good");
  });

  it("says in the answer how long to wait for leave to call", async () => {
    const limit = { begin: () => 3, end: () => {} };
    const check = createConfirmation({
      ask: async () => true,
      limit,
      maxAge: minute,
      maxStale: minute,
      entries: 1,
      clock: Date.now,
    });
    await expect(check("t", ada)).rejects.toMatchObject({ code: "upstream_unavailable", retryAfter: 3 });
  });

  it("lets a fault that is no AuthError through", async () => {
    const { questions, outcome } = setUp({ maxStale: 10 * minute });
    const first = outcome();
    questions[0]?.fail(new Error("a mistake of ours"));
    expect(await first).toBe("no AuthError");
  });

  it("keeps the verdicts of so many tokens, those used last", async () => {
    const { questions, settle } = setUp({ entries: 2 });
    for (const token of ["a", "b", "a", "c", "a"]) await settle(true, token);
    expect(questions.map(({ token }) => token)).toEqual(["a", "b", "c"]);
    await settle(true, "b");
    expect(questions).toHaveLength(4);
  });

  it("never calls good what no question of its age found good", async () => {
    const maxAge = 10_000;
    const maxStale = 25_000;
    const step = fc.record({ wait: fc.integer({ min: 0, max: 12_000 }), reply: fc.constantFrom(true, false, down) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { time, questions, settle } = setUp({ maxAge, maxStale });
        let last: { at: number; reply: boolean } | undefined;
        for (const { wait, reply } of steps) {
          time.now += wait;
          const before = questions.length;
          const result = await settle(reply);
          const asked = questions.length > before;
          if (asked && typeof reply === "boolean") last = { at: time.now, reply };
          const age = last === undefined ? Number.POSITIVE_INFINITY : time.now - last.at;
          if (result === "good") expect(last?.reply === true && age < maxStale).toBe(true);
          if (result === "good" && age >= maxAge) expect(asked ? reply : down).toBe(down);
          if (result === "invalid_token") expect(last?.reply === false && age < maxAge).toBe(true);
        }
      }),
    );
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { type InquiryFailure, type PolicyExtensions, readExtensions } from "../../src/policy/extensions.ts";
import type { Inquiry } from "../../src/policy/inquiry.ts";
import { inquiryOf } from "../../src/policy/inquiry-of.ts";
import { Undecided } from "../../src/policy/reasoned-answer.ts";
import type { Reply } from "../../src/policy/replies.ts";
import { editor, ruleInput } from "./rule-input.ts";

const inquiry: Inquiry = inquiryOf(ruleInput({ principal: editor, target: "/a" }), []);

afterEach(() => vi.restoreAllMocks());

/** What comes of asking one function, and what is told of it. */
async function ask(
  call: (inquiry: Inquiry, options: { signal: AbortSignal }) => unknown,
  extensions: PolicyExtensions = {},
): Promise<{ reply: Reply; failures: readonly InquiryFailure[] }> {
  const failures: InquiryFailure[] = [];
  const functions = { owns: call as () => boolean };
  const subjects = readExtensions({ onFailure: (failure) => failures.push(failure), ...extensions, functions });
  const reply = await subjects.functions.get("owns")?.ask(inquiry);
  return { reply: reply as Reply, failures };
}

const never = () => new Promise<boolean>(() => {});

describe("readExtensions", () => {
  it.each<[string, unknown]>([
    ["no object", null],
    ["an unknown option", { fuctions: {} }],
    ["functions that are no object", { functions: [] }],
    ["functions that are null", { functions: null }],
    ["a function that cannot be called", { functions: { owns: true } }],
    ["a function without a name", { functions: { "": () => true } }],
    ["engines that are no object", { engines: () => true }],
    ["an engine that cannot decide", { engines: { cedar: {} } }],
    ["an engine that is nothing", { engines: { cedar: undefined } }],
    ["an engine that is null", { engines: { cedar: null } }],
    ["an engine without a name", { engines: { "": { decide: () => true } } }],
    ["no time to answer", { timeoutSeconds: 0 }],
    ["less than no time to answer", { timeoutSeconds: -1 }],
    ["no number of seconds", { timeoutSeconds: Number.NaN }],
    ["more than a minute", { timeoutSeconds: 61 }],
    ["a time as text", { timeoutSeconds: "1" }],
    ["an engine with no time to answer", { engines: { cedar: { decide: () => true, timeoutSeconds: 0 } } }],
    ["an onFailure that cannot be called", { onFailure: "log" }],
  ])("refuses %s", (_, extensions) => {
    expect(() => readExtensions(extensions as PolicyExtensions)).toThrow(TypeError);
  });

  it("makes a failure of an answer that throws when it is read, at once or later", async () => {
    const hostile = {
      get value(): boolean {
        throw new Error("hostile");
      },
      decidedBy: [],
    };
    for (const answer of [() => hostile, async () => hostile]) {
      const { engines } = readExtensions({ engines: { cedar: { decide: answer } } });
      expect(await engines.get("cedar")?.ask(inquiry)).toEqual({ value: undefined, failure: "threw an error" });
    }
  });

  it("takes names that are special elsewhere", () => {
    const functions = JSON.parse('{"__proto__":1,"constructor":1}') as Record<string, unknown>;
    for (const name of Object.keys(functions)) {
      Object.defineProperty(functions, name, { value: () => true, enumerable: true });
    }
    const subjects = readExtensions({ functions: functions as Record<string, () => boolean> });
    expect([...subjects.functions.keys()]).toEqual(["__proto__", "constructor"]);
    expect(readExtensions({}).functions.get("constructor")).toBeUndefined();
  });
});

describe("a function that is asked", () => {
  it.each([true, false, undefined])("may answer %s, at once or later", async (value) => {
    expect(await ask(() => value)).toEqual({ reply: { value }, failures: [] });
    expect(await ask(async () => value)).toEqual({ reply: { value }, failures: [] });
  });

  it("is not waited for where it answers at once", () => {
    const { functions } = readExtensions({ functions: { owns: () => true } });
    expect(functions.get("owns")?.ask(inquiry)).toEqual({ value: true });
  });

  it("may answer by a promise of another library", async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: it is what makes a promise of another library one
      then: (resolve: (value: boolean) => void) => resolve(true),
    };
    expect((await ask(() => thenable)).reply).toEqual({ value: true });
  });

  it.each([
    ["yes", "a string"],
    [1, "a number"],
    [null, "null"],
    [{ allowed: true }, "an object"],
    [[true], "a list"],
    [() => true, "a function"],
  ])("tells nothing by %j, at once or later", async (value, what) => {
    const failure = `answered with ${what}, and neither true, false nor undefined`;
    const expected = {
      reply: { value: undefined, failure },
      failures: [{ rule: "custom", name: "owns", reason: "unreadable" }],
    };
    expect(await ask(() => value)).toEqual(expected);
    expect(await ask(async () => value)).toEqual(expected);
  });

  it("tells nothing where it throws, and what it throws is told to the operator alone", async () => {
    const error = new Error("password=hunter2");
    const expected = {
      reply: { value: undefined, failure: "threw an error" },
      failures: [{ rule: "custom", name: "owns", reason: "threw", error }],
    };
    const throwing = () => {
      throw error;
    };
    expect(await ask(throwing)).toEqual(expected);
    expect(await ask(async () => throwing())).toEqual(expected);
  });

  it("says by an error of status 503 that something is down", async () => {
    const error = new AuthError("store_unavailable", { retryAfter: 7 });
    const { reply, failures } = await ask(() => Promise.reject(error));
    expect(reply).toEqual({ value: undefined, failure: "was not available", outage: error });
    expect(failures).toEqual([{ rule: "custom", name: "owns", reason: "unavailable", error }]);
  });

  it("cannot turn the refusal into another by other errors", async () => {
    const { reply } = await ask(() => Promise.reject(new AuthError("no_credentials")));
    expect(reply).toEqual({ value: undefined, failure: "threw an error" });
  });

  it("is told with one second by default", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const asked = ask(never);
      await vi.advanceTimersByTimeAsync(1000);
      expect((await asked).reply).toMatchObject({ failure: "did not answer within 1 second" });
    } finally {
      vi.useRealTimers();
    }
  });

  it("is given up when the time is over, and told so", async () => {
    let signal: AbortSignal | undefined;
    const { reply, failures } = await ask(
      (_, options) => {
        signal = options.signal;
        return never();
      },
      { timeoutSeconds: 0.01 },
    );
    expect(reply).toMatchObject({ value: undefined, failure: "did not answer within 0.01 seconds" });
    expect(reply.outage).toMatchObject({ code: "decision_unavailable", status: 503 });
    expect(failures).toEqual([{ rule: "custom", name: "owns", reason: "late" }]);
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("is not aborted when it has answered", async () => {
    let signal: AbortSignal | undefined;
    await ask(async (_, options) => {
      signal = options.signal;
      return true;
    });
    expect(signal?.aborted).toBe(false);
  });

  it("is not disturbed by an onFailure that throws", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const throwing = () => {
      throw new Error("log is full");
    };
    expect((await ask(() => 1, { onFailure: throwing })).reply.value).toBeUndefined();
    expect((await ask(() => 1, { onFailure: async () => throwing() })).reply.value).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(warn.mock.calls).toEqual([
      ["onFailure of a policy threw", { code: "POOLGATE_ON_FAILURE" }],
      ["onFailure of a policy threw", { code: "POOLGATE_ON_FAILURE" }],
    ]);
  });
});

describe("an engine that is asked", () => {
  it("is asked as the object that it is, and has a time of its own", async () => {
    const failures: InquiryFailure[] = [];
    class Engine {
      readonly timeoutSeconds = 0.01;
      readonly seen: Inquiry[] = [];
      decide(given: Inquiry): Promise<boolean> {
        this.seen.push(given);
        return never();
      }
    }
    const engine = new Engine();
    const { engines } = readExtensions({
      engines: { cedar: engine },
      timeoutSeconds: 60,
      onFailure: (failure) => failures.push(failure),
    });
    const reply = await engines.get("cedar")?.ask(inquiry);
    expect(reply?.outage?.message).toContain("an engine of the policy did not answer in time");
    expect(engines.get("cedar")?.phrase).toBe('the engine "cedar"');
    expect(engine.seen).toEqual([inquiry]);
    expect(failures).toEqual([{ rule: "delegate", name: "cedar", reason: "late" }]);
  });

  const asking = (answer: unknown): unknown => {
    const { engines } = readExtensions({ engines: { cedar: { decide: () => answer as boolean } } });
    return engines.get("cedar")?.ask(inquiry);
  };

  it.each([true, false])("may say what decided beside %s", async (value) => {
    const answer = { value, decidedBy: ["p1", "p2"] };
    expect(asking(answer)).toEqual(answer);
    expect(await asking(Promise.resolve(answer))).toEqual(answer);
    expect((await ask(() => answer)).reply.failure).toContain("answered with an object");
  });

  it.each([
    { value: true },
    { value: undefined, decidedBy: [] },
    { value: "true", decidedBy: [] },
    { value: true, decidedBy: "p1" },
    { value: true, decidedBy: [1] },
    { value: true, decidedBy: [], error: "x" },
    { decidedBy: [] },
    [[true]],
    null,
  ])("tells nothing by %j", (answer) => {
    expect(asking(answer)).toMatchObject({ value: undefined, failure: expect.stringMatching(/^answered with/) });
  });

  it("may say why it cannot tell, and more to the operator", async () => {
    const failures: InquiryFailure[] = [];
    const error = new Undecided("the groups are not known", "the groups of ada are not known");
    const decide = () => {
      throw error;
    };
    const { engines } = readExtensions({
      engines: { cedar: { decide } },
      onFailure: (failure) => failures.push(failure),
    });
    const reply = await engines.get("cedar")?.ask(inquiry);
    expect(reply).toEqual({ value: undefined, failure: "could not tell: the groups are not known" });
    expect(failures).toEqual([{ rule: "delegate", name: "cedar", reason: "threw", error }]);
    expect(new Undecided("why").message).toBe("why");
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import type { RevocableFacts, Revocation } from "../../src/tokens/revocation.ts";
import { createRevocationList, type RevocationsSetup } from "../../src/tokens/revocations.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const hour = 3_600_000;
const prefix = "poolgate/1/revoked/api.example.com/";

const facts: RevocableFacts = {
  accessKeyId: "ASIAEXAMPLE000000001",
  enrolledBy: "ASIAEXAMPLE000000009",
  role: { partition: "aws", account: "123456789012", name: "Editor" },
  user: "user:p:ada",
  originJti: "o",
  jti: "j",
  identityId: "eu-west-1:1",
  issuedAt: noon - 1_000,
};

/** A list on a clock that the test sets, and how often the store was asked for it. */
function setUp(changes: Partial<RevocationsSetup> = {}) {
  const time = { now: noon };
  const clock = () => time.now;
  const inner = memoryStore({ clock });
  const asked: string[] = [];
  const store: Store = {
    ...inner,
    list: (start) => {
      asked.push(start);
      return inner.list(start);
    },
  };
  const setup = { store, audience: "api.example.com", maxAge: 60_000, lifetime: 24 * hour, clock, ...changes };
  return { time, clock, inner, asked, store, setup, revocations: createRevocationList(setup) };
}

/** The same with a store that answers when the test says so. */
function slowSetUp(changes: Partial<RevocationsSetup> = {}) {
  const waiting: { resolve: (keys: readonly string[]) => void; reject: (fault: unknown) => void }[] = [];
  const list = () => new Promise<readonly string[]>((resolve, reject) => waiting.push({ resolve, reject }));
  const { inner, ...rest } = setUp();
  const store: Store = { ...inner, list };
  return { ...rest, inner, waiting, revocations: createRevocationList({ ...rest.setup, store, ...changes }) };
}

const outcome = (work: unknown) =>
  Promise.resolve(work).then(
    (value) => ({ value }),
    (thrown: unknown) => thrown,
  );
const settled = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

describe("what a revocation covers", () => {
  const cases: readonly [string, Revocation, boolean][] = [
    ["its session", { accessKeyId: "ASIAEXAMPLE000000001" }, true],
    ["what its credentials enrolled", { accessKeyId: "ASIAEXAMPLE000000009" }, true],
    ["another session", { accessKeyId: "ASIAEXAMPLE000000002" }, false],
    ["its role", { role: "123456789012/Editor" }, true],
    ["its role in another spelling, which IAM takes for the same", { role: "123456789012/editor" }, true],
    ["its role by ARN", { role: "arn:aws:iam::123456789012:role/Editor" }, true],
    ["the role of that name in another account", { role: "123456789013/Editor" }, false],
    ["the role of that name in another partition", { role: "arn:aws-cn:iam::123456789012:role/Editor" }, false],
    ["another role", { role: "123456789012/Editors" }, false],
    ["its user", { user: "user:p:ada" }, true],
    ["another user", { user: "user:p:bob" }, false],
    ["its user, of what was issued earlier", { user: "user:p:ada", issuedBefore: new Date(noon - 1_000) }, false],
    ["its user, of what was issued up to then", { user: "user:p:ada", issuedBefore: new Date(noon - 999) }, true],
    ["its sign-in", { originJti: "o" }, true],
    ["another sign-in", { originJti: "j" }, false],
    ["its token", { jti: "j" }, true],
    ["another token", { jti: "o" }, false],
    ["its identity", { identityId: "eu-west-1:1" }, true],
    ["another identity", { identityId: "eu-west-1:2" }, false],
  ];

  it.each(cases)("%s: %j is %s", async (_, revocation, revoked) => {
    const { revocations, setup } = setUp();
    const other = createRevocationList(setup);
    await revocations.revoke(revocation);
    expect(await revocations.covers(facts)).toBe(revoked);
    expect(await other.covers(facts)).toBe(revoked);
  });

  it("is nothing where nothing is known of a session but its age", async () => {
    const { revocations } = setUp();
    for (const [, revocation] of cases) await revocations.revoke(revocation);
    expect(await revocations.covers({ issuedAt: 0 })).toBe(false);
  });

  it("is all that may have been issued before, where the time of issue is no number", async () => {
    const { revocations } = setUp();
    await revocations.revoke({ user: "user:p:ada", issuedBefore: new Date(0) });
    expect(await revocations.covers({ user: "user:p:ada", issuedAt: Number.NaN })).toBe(true);
  });

  it("is what was issued in the same millisecond, and not what a user signs in for after that", async () => {
    const { revocations } = setUp();
    await revocations.revoke({ user: "user:p:ada" });
    expect(await revocations.covers({ user: "user:p:ada", issuedAt: noon })).toBe(true);
    expect(await revocations.covers({ user: "user:p:ada", issuedAt: noon + 1 })).toBe(false);
  });

  it("is the most that any of several says, whatever their order", async () => {
    const times = [noon - 5_000, noon, noon - 9_000];
    for (const order of [times, times.toReversed(), times.toSorted()]) {
      const { revocations, setup } = setUp();
      for (const at of order) await revocations.revoke({ user: "user:p:ada", issuedBefore: new Date(at) });
      for (const list of [revocations, createRevocationList(setup)]) {
        expect(await list.covers({ user: "user:p:ada", issuedAt: noon - 1 })).toBe(true);
        expect(await list.covers({ user: "user:p:ada", issuedAt: noon })).toBe(false);
      }
    }
  });

  it("ends with its own end, and not with that of a shorter one that came later", async () => {
    const { revocations, setup, time } = setUp();
    await revocations.revoke({ role: "123456789012/Editor", until: new Date(noon + 3 * hour) });
    await revocations.revoke({ role: "123456789012/Editor", until: new Date(noon + hour) });
    const other = createRevocationList(setup);
    time.now = noon + 2 * hour;
    expect(await revocations.covers(facts)).toBe(true);
    expect(await other.covers(facts)).toBe(true);
    time.now = noon + 3 * hour;
    expect(await revocations.covers(facts)).toBe(false);
    expect(await other.covers(facts)).toBe(false);
  });

  it("stops at the audience", async () => {
    const { revocations, setup } = setUp();
    const staging = createRevocationList({ ...setup, audience: "api" });
    await revocations.revoke({ jti: "j" });
    expect(await staging.covers(facts)).toBe(false);
  });
});

describe("the age of the list", () => {
  it("is asked for when it is first needed, by all that wait in one question", async () => {
    const { revocations, asked } = setUp();
    expect(asked).toEqual([]);
    const both = [revocations.covers(facts), revocations.covers(facts)];
    expect(both.every((answer) => answer instanceof Promise)).toBe(true);
    expect(await Promise.all(both)).toEqual([false, false]);
    expect(asked).toEqual([prefix]);
  });

  it("lets it answer without a promise until it is old, and renews it in the background from half of that on", async () => {
    const { revocations, asked, time } = setUp();
    await revocations.covers(facts);
    time.now = noon + 29_999;
    expect(revocations.covers(facts)).toBe(false);
    expect(asked).toHaveLength(1);
    time.now = noon + 30_000;
    expect(revocations.covers(facts)).toBe(false);
    expect(revocations.covers(facts)).toBe(false);
    expect(asked).toHaveLength(2);
    await settled();
    time.now = noon + 59_999;
    expect(revocations.covers(facts)).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it("makes requests wait for a new one when it is over, and never answer from the old", async () => {
    const { revocations, setup, time } = setUp();
    const other = createRevocationList(setup);
    await revocations.covers(facts);
    await other.revoke({ jti: "j" });
    time.now = noon + 59_999;
    expect(revocations.covers(facts)).toBe(false);
    await settled();
    time.now = noon + 200_000;
    const late = revocations.covers(facts);
    expect(late).toBeInstanceOf(Promise);
    expect(await late).toBe(true);
  });

  it("may be zero: then each request is answered by a question that is not older than it", async () => {
    const { revocations, setup, asked, time } = setUp({ maxAge: 0 });
    const other = createRevocationList(setup);
    for (const step of [1, 2, 3]) {
      time.now = noon + step;
      expect(await revocations.covers(facts)).toBe(false);
      expect(asked).toHaveLength(step);
    }
    await other.revoke({ jti: "j" });
    time.now = noon + 4;
    expect(await revocations.covers(facts)).toBe(true);
  });

  it("counts from the question: one that is asked too early is asked again", async () => {
    const { revocations, waiting, inner, setup, time } = slowSetUp({ maxAge: 0 });
    const early = revocations.covers(facts);
    time.now = noon + 10;
    await createRevocationList({ ...setup, store: inner }).revoke({ jti: "j" });
    const late = revocations.covers({ ...facts });
    waiting[0]?.resolve([]);
    expect(await early).toBe(false);
    await vi.waitFor(() => expect(waiting).toHaveLength(2), 30_000);
    waiting[1]?.resolve(await inner.list(prefix));
    expect(await late).toBe(true);
    expect(waiting).toHaveLength(2);
  });

  it("is unknown where the clock was set back", async () => {
    const { revocations, asked, time } = setUp();
    await revocations.covers(facts);
    time.now = noon - 1;
    expect(revocations.covers(facts)).toBeInstanceOf(Promise);
    await settled();
    expect(asked).toHaveLength(2);
    expect(revocations.covers(facts)).toBe(false);
  });

  it("costs nothing while nothing is revoked: no fact is read", async () => {
    const { revocations } = setUp();
    await revocations.covers(facts);
    const closed = new Proxy(facts, {
      get: () => {
        throw new Error("read");
      },
    });
    expect(revocations.covers(closed)).toBe(false);
  });

  it("costs a session one look while the list stays as it is, and another after each change", async () => {
    const { revocations, time } = setUp();
    await revocations.revoke({ jti: "another" });
    let reads = 0;
    const counted = new Proxy(facts, {
      get: (target, name) => {
        reads += name === "jti" ? 1 : 0;
        return Reflect.get(target, name);
      },
    });
    await revocations.covers(counted);
    for (let count = 0; count < 5; count += 1) expect(revocations.covers(counted)).toBe(false);
    expect(reads).toBe(1);
    await revocations.revoke({ jti: "j" });
    expect(revocations.covers(counted)).toBe(true);
    expect(revocations.covers(counted)).toBe(true);
    expect(reads).toBe(2);
    time.now = noon + 100_000;
    expect(await revocations.covers(counted)).toBe(true);
    expect(reads).toBe(3);
  });
});

describe("revoke", () => {
  it("is heeded here at once, also by a list that was asked for before and says nothing of it", async () => {
    const { revocations, waiting } = slowSetUp();
    const early = revocations.covers(facts);
    await revocations.revoke({ originJti: "o" });
    waiting[0]?.resolve([]);
    expect(await early).toBe(true);
    expect(revocations.covers(facts)).toBe(true);
  });

  it("is heeded here from the call on, before the store has answered", async () => {
    const { revocations } = setUp();
    await revocations.covers(facts);
    const revoked = revocations.revoke({ originJti: "o" });
    expect(revocations.covers(facts)).toBe(true);
    await revoked;
  });

  it("is heeded here even where the store fails, which it tells", async () => {
    const { inner, setup } = setUp();
    const store: Store = { ...inner, set: () => Promise.reject(new Error("down: SET secret")) };
    const revocations = createRevocationList({ ...setup, store });
    const thrown = await outcome(revocations.revoke({ originJti: "o" }));
    expect(thrown).toMatchObject({ code: "store_unavailable", status: 503 });
    expect((thrown as AuthError).cause).toEqual(new Error("Error"));
    expect(await revocations.covers(facts)).toBe(true);
  });

  it("is heeded here until its end, though the store has lost it", async () => {
    const { revocations, inner, time } = setUp();
    await revocations.revoke({ originJti: "o", until: new Date(noon + hour) });
    for (const key of await inner.list("")) await inner.delete(key);
    time.now = noon + hour - 1;
    expect(await revocations.covers(facts)).toBe(true);
    time.now = noon + hour + 60_000;
    expect(await revocations.covers(facts)).toBe(false);
  });

  it("stands in one key of the store, which ends when it may be forgotten", async () => {
    const { revocations, inner, time } = setUp();
    await revocations.revoke({ originJti: "o", until: new Date(noon + hour) });
    const keys = await inner.list("");
    expect(keys).toEqual([
      expect.stringMatching(/^poolgate\/1\/revoked\/api\.example\.com\/originJti\/[\w-]{43}\/-\/\d+$/),
    ]);
    time.now = noon + hour;
    expect(await inner.list("")).toEqual([]);
  });

  it("rejects what names nothing, and writes nothing", async () => {
    const { revocations, inner } = setUp();
    expect(await outcome(revocations.revoke({} as Revocation))).toBeInstanceOf(ConfigurationError);
    expect(await inner.list("")).toEqual([]);
  });
});

describe("a list that cannot be renewed", () => {
  it("is believed until it is too old, and then is an outage and never an answer", async () => {
    const { revocations, waiting, time } = slowSetUp();
    const first = revocations.covers(facts);
    waiting[0]?.resolve([]);
    await first;
    time.now = noon + 30_000;
    expect(revocations.covers(facts)).toBe(false);
    waiting[1]?.reject(new Error("down"));
    await settled();
    time.now = noon + 59_999;
    expect(revocations.covers(facts)).toBe(false);
    waiting[2]?.reject(new Error("down"));
    await settled();
    time.now = noon + 60_000;
    const late = revocations.covers(facts);
    waiting[3]?.reject(new Error("down"));
    expect(await outcome(late)).toMatchObject({ code: "store_unavailable", status: 503, retryAfter: 5 });
    const again = revocations.covers(facts);
    waiting[4]?.resolve([]);
    expect(await again).toBe(false);
  });

  it("leaves a failing store alone for a second while it is still fresh", async () => {
    const { revocations, waiting, time } = slowSetUp();
    const first = revocations.covers(facts);
    waiting[0]?.resolve([]);
    await first;
    time.now = noon + 40_000;
    revocations.covers(facts);
    waiting[1]?.reject(new Error("down"));
    await settled();
    time.now = noon + 40_999;
    revocations.covers(facts);
    expect(waiting).toHaveLength(2);
    time.now = noon + 41_000;
    revocations.covers(facts);
    expect(waiting).toHaveLength(3);
  });

  it("is waited for a second by a request, while the question goes on and one is asked at a time", async () => {
    vi.useFakeTimers({ now: noon });
    const { revocations, waiting } = slowSetUp();
    const seen: unknown[] = [];
    void outcome(revocations.covers(facts)).then((value) => seen.push(value));
    await vi.advanceTimersByTimeAsync(999);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toMatchObject([{ code: "store_unavailable", message: expect.stringContaining("too old") }]);
    const second = outcome(revocations.covers(facts));
    await vi.advanceTimersByTimeAsync(100);
    expect(waiting).toHaveLength(1);
    waiting[0]?.resolve([]);
    await second;
    expect(revocations.covers(facts)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is asked for anew when a question has hung for five seconds, and the late answer is not taken", async () => {
    vi.useFakeTimers({ now: noon });
    const { revocations, waiting, inner, setup, time } = slowSetUp();
    await Promise.all([outcome(revocations.covers(facts)), vi.advanceTimersByTimeAsync(5_000)]);
    time.now = noon + 5_000;
    await createRevocationList({ ...setup, store: inner }).revoke({ jti: "j" });
    const answer = revocations.covers(facts);
    expect(waiting).toHaveLength(2);
    waiting[0]?.resolve([]);
    waiting[1]?.resolve(await inner.list(prefix));
    expect(await answer).toBe(true);
  });

  it.each([
    ["of a kind that this version does not know", `${prefix}sub/${"a".repeat(43)}/-/1768564800000`],
    ["that is cut short", `${prefix}jti/`],
    ["of another gate", `${prefix.replace("api", "apj")}jti/${"a".repeat(43)}/-/1768564800000`],
    ["of another prefix", `poolgate/1/session/jti/${"a".repeat(43)}/-/1768564800000`],
  ])("is one with an entry %s", async (_, key) => {
    const { revocations, waiting } = slowSetUp();
    const answer = outcome(revocations.covers(facts));
    waiting[0]?.resolve([key]);
    const thrown = await answer;
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({ code: "store_unavailable", message: expect.stringContaining("cannot be read") });
  });

  it.each([[undefined], [null], [""], [{}], [[null]], [[7]], [[[`${prefix}jti/x`]]]])(
    "is one where the store says %j",
    async (answer) => {
      const { setup, inner } = setUp();
      const list = (() => Promise.resolve(answer)) as unknown as Store["list"];
      const revocations = createRevocationList({ ...setup, store: { ...inner, list } });
      const thrown = await outcome(revocations.covers(facts));
      expect(thrown).toBeInstanceOf(AuthError);
      expect(thrown).toMatchObject({ code: "store_unavailable" });
    },
  );

  it("leaves no rejection unhandled where nobody waits", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { revocations, waiting, time } = slowSetUp();
    const first = revocations.covers(facts);
    waiting[0]?.resolve([]);
    await first;
    time.now = noon + 30_000;
    revocations.covers(facts);
    waiting[1]?.reject(new Error("down"));
    await settled();
    await settled();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("the readiness of a list", () => {
  it("follows the store, as requests ask for the list, and does not ask itself", async () => {
    const { inner, setup, time, asked, store } = setUp();
    let down = false;
    const list = (start: string) => (down ? Promise.reject(new Error("down")) : store.list(start));
    const revocations = createRevocationList({ ...setup, store: { ...inner, list } });
    expect(revocations.readiness()).toEqual({ state: "not-asked" });
    await revocations.covers(facts);
    const answered = { answeredAt: new Date(noon), trustedUntil: new Date(noon + 60_000) };
    expect(revocations.readiness()).toEqual({ state: "ready", ...answered });
    down = true;
    time.now += 30_000;
    expect(revocations.covers(facts)).toBe(false);
    await settled();
    const failed = { ...answered, failedAt: new Date(noon + 30_000) };
    expect(revocations.readiness()).toEqual({ state: "stale", ...failed });
    time.now = noon + 60_000;
    expect(revocations.readiness()).toEqual({ state: "unavailable", ...failed, code: "store_unavailable" });
    down = false;
    await revocations.covers(facts);
    expect(revocations.readiness()).toEqual({
      ...{ state: "ready", answeredAt: new Date(noon + 60_000), trustedUntil: new Date(noon + 120_000) },
    });
    expect(asked).toHaveLength(2);
  });

  it("is unavailable where the store never answered", async () => {
    const { setup, inner } = setUp();
    const list = () => Promise.reject(new Error("down"));
    const revocations = createRevocationList({ ...setup, store: { ...inner, list } });
    expect(await outcome(revocations.covers(facts))).toBeInstanceOf(AuthError);
    expect(revocations.readiness()).toEqual({
      ...{ state: "unavailable", failedAt: new Date(noon), code: "store_unavailable" },
    });
  });
});

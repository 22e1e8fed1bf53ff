import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { createProofLimits } from "../../src/sessions/proof-limits.ts";

function setUp(perSourcePerMinute = 20, perAccountPerMinute = 100) {
  let now = 0;
  const limits = createProofLimits({ perSourcePerMinute, perAccountPerMinute, clock: () => now });
  const pass = (seconds: number) => {
    now += seconds * 1_000;
  };
  return { limits, pass };
}

/** How often something may be done before it is refused, and how the refusal is worded. */
function countUntilRefused(act: () => void): { readonly count: number; readonly error: AuthError } {
  for (let count = 0; count < 1_000; count += 1) {
    try {
      act();
    } catch (thrown) {
      return { count, error: thrown as AuthError };
    }
  }
  throw new Error("it is never refused");
}

describe("the limits of proofs", () => {
  it("give each source an allowance of its own, which comes back", () => {
    const { limits, pass } = setUp();
    const one = countUntilRefused(() => limits.takeSource("192.0.2.1"));
    expect(one.count).toBe(20);
    expect(one.error).toEqual(new AuthError("too_many_requests", { reason: "from this address", retryAfter: 3 }));
    expect(countUntilRefused(() => limits.takeSource("192.0.2.2")).count).toBe(20);
    pass(3);
    expect(countUntilRefused(() => limits.takeSource("192.0.2.1")).count).toBe(1);
  });

  it("count a refused proof ten times, with the one that was taken when it came", () => {
    const { limits } = setUp();
    limits.takeSource("192.0.2.1");
    limits.punish("192.0.2.1");
    expect(countUntilRefused(() => limits.takeSource("192.0.2.1")).count).toBe(10);
  });

  it("count refused proofs ten times where the source has nothing left, too", () => {
    const { limits, pass } = setUp();
    // All of them under way at once.
    expect(countUntilRefused(() => limits.takeSource("192.0.2.1")).count).toBe(20);
    for (let count = 0; count < 20; count += 1) limits.punish("192.0.2.1");
    expect(countUntilRefused(() => limits.takeSource("192.0.2.1")).error.retryAfter).toBe(9 * 60 + 3);
    pass(9 * 60 + 3);
    // From then on one by one.
    let brought = 0;
    for (let second = 0; second < 600; second += 1, pass(1)) {
      try {
        limits.takeSource("192.0.2.1");
        limits.punish("192.0.2.1");
        brought += 1;
      } catch {
        // Not yet.
      }
    }
    expect(brought).toBe(20);
  });

  it("give a source a tenth of each account, and all sources together the whole", () => {
    const { limits } = setUp();
    const share = countUntilRefused(() => limits.takeAccount("123456789012", "192.0.2.1"));
    expect(share.count).toBe(10);
    expect(share.error.message).toContain("of this account from this address");
    expect(countUntilRefused(() => limits.takeAccount("210987654321", "192.0.2.1")).count).toBe(10);
    let source = 2;
    const all = countUntilRefused(() => limits.takeAccount("123456789012", `192.0.2.${source++}`));
    expect(all.count).toBe(90);
    expect(all.error.message).toContain("(of this account)");
  });

  it("charge no account for what a source may not take", () => {
    const { limits } = setUp();
    for (let count = 0; count < 500; count += 1) {
      try {
        limits.takeAccount("123456789012", "192.0.2.1");
      } catch {
        // Beyond its share.
      }
    }
    let source = 2;
    expect(countUntilRefused(() => limits.takeAccount("123456789012", `192.0.2.${source++}`)).count).toBe(90);
  });
});

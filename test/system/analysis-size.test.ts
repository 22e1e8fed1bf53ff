import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyzePolicy } from "../../src/policy/analysis/analyze-policy.ts";
import { callerProfiles } from "../../src/policy/analysis/caller-model.ts";
import type { PolicyFinding } from "../../src/policy/analysis/policy-finding.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { firstSeed } from "../first-seed.ts";
import { anyCaller, anyInput } from "../policy/analysis/generated.ts";
import { referenceEvaluate } from "../policy/reference-evaluator.ts";
import { largeRoutes } from "./large-policy.ts";

const functions = { f: () => true, g: () => true };
/** How long policies are made and analyzed; the last one may go on. */
const milliseconds = 5_000;
/** A policy takes some ten seconds of an idle processor, and no more than that by its steps. */
const mostSeconds = 60;

/** The policy of routes but for those that nobody can ever pass, which are refused. */
function policyOf(routes: Readonly<Record<string, Rule>>): Policy {
  try {
    return definePolicy({ routes } as PolicyInit, { functions });
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    const refused = new Set(thrown.faults.map(({ where }) => /^routes\["([^"]+)"\]/.exec(where)?.[1]));
    // A fault that is of no route would be there again.
    if (refused.has(undefined)) throw thrown;
    const kept = Object.fromEntries(Object.entries(routes).filter(([key]) => !refused.has(key)));
    expect(Object.keys(kept).length).toBeGreaterThan(Object.keys(routes).length / 2);
    // Without them there may be time to see that of others, too.
    return policyOf(kept);
  }
}

function seconds<Result>(run: () => Result): readonly [Result, number] {
  const started = process.cpuUsage();
  const result = run();
  return [result, process.cpuUsage(started).user / 1_000_000];
}

const callers = {
  always_true: callerProfiles,
  no_signed_caller: callerProfiles.filter(({ style }) => style === "signature"),
  no_token_caller: callerProfiles.filter(({ style }) => style === "token"),
};

/** Looks for a caller of whom a finding is wrong. */
function contradict(findings: readonly PolicyFinding[], policy: Policy, seed: number): void {
  for (const [code, profiles] of Object.entries(callers)) {
    const inputs = fc.sample(anyInput(anyCaller(profiles)), { seed, numRuns: 10 });
    for (const { route } of findings.filter((finding) => finding.code === code)) {
      const rule = policy.document.routes[route as "GET /a"];
      const found = `${code} of ${route}, seed ${seed}`;
      for (const input of inputs) {
        for (const answer of [true, false, undefined]) {
          const passes = referenceEvaluate(rule, input, { answers: () => [answer] }) === true;
          expect(passes, found).toBe(code === "always_true");
        }
      }
    }
  }
}

describe("the analysis of generated policies of 500 routes", () => {
  it("ends in bounded time and memory, and claims nothing that a caller contradicts", () => {
    const codes: Record<string, number> = {};
    const started = performance.now();
    let seed = firstSeed;
    for (; seed === firstSeed || performance.now() - started < milliseconds; seed += 1) {
      const policy = policyOf(largeRoutes(seed, 500, 60));
      const before = process.memoryUsage().heapUsed;
      const [{ findings }, spent] = seconds(() => analyzePolicy(policy));
      expect(spent, `seconds of seed ${seed}`).toBeLessThan(mostSeconds);
      expect(process.memoryUsage().heapUsed - before, `bytes of seed ${seed}`).toBeLessThan(1_000_000_000);
      for (const { code } of findings) codes[code] = (codes[code] ?? 0) + 1;
      contradict(findings, policy, seed);
    }
    console.log(`${seed - firstSeed} policies from seed ${firstSeed}: ${JSON.stringify(codes)}`);
    for (const code of ["no_signed_caller", "no_token_caller", "redundant_alternative", "cannot_tell"]) {
      expect(codes[code], code).toBeGreaterThan(0);
    }
  });
});

const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

describe("the analysis of one rule that names very much", () => {
  it.each<[string, unknown]>([
    ["groups", { group: many(20_000, (index) => `g${index}`) }],
    ["groups that nobody has", { not: { group: many(20_000, (index) => `g${index}`) } }],
    ["values", { oneOf: [{ tag: "t" }, many(20_000, (index) => `v${index}`)] }],
    ["addresses", { ip: many(5_000, (index) => `10.${index >> 8}.${index & 255}.0/24`) }],
    ["addresses that are refused", { not: { ip: many(4_000, (index) => `10.${index >> 8}.${index & 255}.0/24`) } }],
    ["roles", { role: many(4_000, (index) => `111111111111/r${index}`) }],
    ["issuers", { issuer: many(20_000, (index) => `i${index}`) }],
    ["alternatives", { anyOf: many(5_000, (index) => ({ group: `g${index}` })) }],
    ["queries", { anyOf: many(2_000, (index) => ({ equal: [{ query: `q${index}` }, "x"] })) }],
    ["queries, all of them", { allOf: many(2_000, (index) => ({ equal: [{ query: `q${index}` }, "x"] })) }],
    ["tags", { allOf: many(900, (index) => ({ equal: [{ tag: `t${index}` }, { tag: `t${index + 1}` }] })) }],
  ])("ends in bounded time: %s", (_, rule) => {
    const [policy, loading] = seconds(() => policyOf({ "GET /:a": rule as Rule }));
    const [analysis, spent] = seconds(() => analyzePolicy(policy));
    expect(loading).toBeLessThan(mostSeconds / 2);
    expect(spent).toBeLessThan(mostSeconds / 2);
    expect(analysis.findings.filter(({ code }) => code !== "cannot_tell")).toEqual([]);
  });
});

import { dirname, isAbsolute, join } from "node:path";
import type { Decision } from "../decision.ts";
import type { Policy } from "../policy/define-policy.ts";
import { createJudge } from "./judge.ts";
import { type LeafCoverage, recordCoverage } from "./leaf-coverage.ts";
import { type Expectation, type PolicyTests, type ReadCase, readPolicyTests } from "./policy-tests.ts";
import { readData } from "./read-data.ts";

/** A case that did not come out as expected. */
export interface PolicyTestFailure {
  /** The request and the persona, behind the name of the case. */
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  /** Why the decision came out as it did. */
  readonly why: string;
}

/** What came of the tests of a policy. */
export interface PolicyTestReport {
  /** How many requests of personas came out as expected. */
  readonly passed: number;
  readonly failures: readonly PolicyTestFailure[];
  readonly coverage: LeafCoverage;
}

/**
 * Judges every request of tests by a policy, and follows which leaves of its rules they reach.
 *
 * @param tests the tests, or the path of a file of YAML or JSON with them.
 * @throws ConfigurationError (rejected) where the tests are faulty, or the file cannot be read.
 *
 * @example
 * ```ts
 * import { definePolicy, group } from "poolgate";
 * import { testPolicy } from "poolgate/testing";
 *
 * const policy = definePolicy({ routes: { "POST /articles": group("editors") } });
 * const report = await testPolicy(policy, {
 *   personas: { ada: { groups: ["editors"] }, bob: {} },
 *   table: { "POST /articles": { ada: "allow", bob: "access_denied", anonymous: "no_credentials" } },
 * });
 * console.log(report.failures); // []
 * ```
 */
export async function testPolicy(policy: Policy, tests: PolicyTests | string): Promise<PolicyTestReport> {
  const cases = readPolicyTests(typeof tests === "string" ? await readTestsFile(tests) : tests);
  const judge = createJudge(policy, Date.now());
  const recorder = recordCoverage(policy);
  const failures: PolicyTestFailure[] = [];
  for (const { name, persona, request, expect, route } of cases) {
    const decision = await judge(persona, request);
    recorder.record(decision);
    if (isExpected(decision, { expect, ...(route !== undefined && { route }) })) continue;
    const expected = route === undefined ? expect : `${expect} by ${route}`;
    const { text: why } = decision.explain();
    failures.push({ name, expected, found: foundText(decision, route !== undefined), why });
  }
  return { passed: cases.length - failures.length, failures, coverage: recorder.coverage() };
}

/** Whether a decision came out as a test expects. */
export function isExpected(decision: Decision, { expect, route }: Pick<ReadCase, "expect" | "route">): boolean {
  if (route !== undefined && decision.route !== route) return false;
  if (decision.allowed) return expect === "allow";
  return expect === "deny" || expect === decision.error.code;
}

function foundText(decision: Decision, withRoute: boolean): string {
  const outcome: Expectation = decision.allowed ? "allow" : decision.error.code;
  return withRoute ? `${outcome} by ${decision.route ?? "no route"}` : outcome;
}

/** The tests of a file; the personas of another that it names stand next to it. */
async function readTestsFile(path: string): Promise<unknown> {
  const tests = await readData(path);
  const personas: unknown = Object(tests).personas;
  if (typeof personas !== "string") return tests;
  const data = await readData(isAbsolute(personas) ? personas : join(dirname(path), personas));
  return { ...Object(tests), personas: Object(data).personas ?? data };
}

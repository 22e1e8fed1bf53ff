import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError } from "../../src/errors.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../src/policy/define-policy.ts";
import type { Inquiry } from "../../src/policy/inquiry.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";
import type { AuthRequest } from "../../src/request.ts";
import { generatedAnswer, generatedCase, neighborOf } from "./generated-case.ts";
import { functionNames } from "./generated-rule.ts";
import { type ReferenceCase, referenceDecide } from "./reference-decision.ts";

/** How many cases came out in which way. */
export interface Balance {
  cases: number;
  true: number;
  false: number;
  undefined: number;
  /** Those in which a function or an engine was asked. */
  asked: number;
  outcomes: Record<string, number>;
}

const outcomes: Readonly<Record<string, string>> = {
  no_route: "no route",
  header_not_signed: "not signed",
  decision_unavailable: "unavailable",
  store_unavailable: "unavailable",
  access_denied: "refused",
  insufficient_scope: "refused",
  insufficient_user_authentication: "refused",
};

/** A policy costs more than a request, so each is tried with several. */
const neighbors = 3;

/**
 * Judges generated cases with the real authorizer and with the reference, until so many were judged.
 *
 * @throws Error with the seed of the first case on which they differ.
 */
export async function judgeCases(first: number, count: number): Promise<Balance> {
  const balance: Balance = { cases: 0, true: 0, false: 0, undefined: 0, asked: 0, outcomes: {} };
  for (let seed = first; balance.cases < count; seed++) {
    let given = generatedCase(seed);
    try {
      const asked: string[] = [];
      const policy = policyOf(given, seed, asked);
      if (policy === undefined) continue;
      await judgeCase(given, policy, asked, balance);
      for (let near = 1; near <= neighbors; near++) {
        given = neighborOf(given, seed + near);
        await judgeCase(given, policy, asked, balance);
      }
    } catch (thrown) {
      const fault = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Error(`seed ${seed}: ${fault}\n${shown(given)}`, { cause: thrown });
    }
  }
  return balance;
}

async function judgeCase(given: ReferenceCase, policy: Policy, asked: string[], balance: Balance): Promise<void> {
  asked.length = 0;
  const { principal, signed, guard, now } = given;
  const anonymous = principal.kind === "anonymous";
  const authorizer = createAuthorizer({
    verifiers: [
      {
        scheme: "Test",
        detects: () => true,
        verify: async () => ({ principal, ...(signed !== undefined && { signedHeaders: new Set(signed) }) }),
      },
    ],
    policy,
    methodOverride: "judge-both",
    clock: () => now,
  });
  const request: AuthRequest = {
    method: given.method,
    target: given.target,
    wire: true,
    headers: given.headers,
    ...(given.remoteAddress !== undefined && { remoteAddress: given.remoteAddress }),
  };
  const decision = await authorizer.authorize(
    request,
    guard === undefined ? {} : { rule: guard.rule as Rule, params: guard.params },
  );
  const expected = referenceDecide(given, generatedAnswer);

  const code = decision.allowed ? "allowed" : decision.error.code;
  const refusal = anonymous && (expected.outcome === "refused" || expected.outcome === "no route");
  const outcome = code === "no_credentials" && refusal ? expected.outcome : (outcomes[code] ?? code);
  requireSame("the outcome", outcome, expected.outcome);
  if (expected.settled) requireSame("how many were asked", asked.length, 0);
  requireSame("how many were asked twice", asked.length - new Set(asked).size, 0);
  const calls = asked.length;
  const { rules, allowed } = decision.explain();
  requireSame("whether the explanation allows", allowed, decision.allowed);
  requireSame("how many the explanation asked", asked.length, calls);
  const values = rules.map(({ value }) => value);
  const explained = values.includes(false) ? false : values.includes("indeterminate") ? undefined : values.length > 0;
  // Where one of two methods has no route, the rules of the other may all be true.
  const reached = expected.outcome !== "no route";
  if (reached) requireSame("whether the explanation comes to true", explained === true, decision.allowed);
  if (expected.plain) requireSame("what the explanation comes to", explained, expected.value);

  balance.cases++;
  balance[`${expected.value}`]++;
  balance.outcomes[expected.outcome] = (balance.outcomes[expected.outcome] ?? 0) + 1;
  if (calls > 0) balance.asked++;
}

// Routes that tie or hide one another, and rules that no caller of this world can pass. Generated callers are of no world.
const ineffective = /claims the same requests|no request reaches it|nobody can ever pass/;

/** The policy of a case; undefined where some of it could have no effect, which other tests look at. */
function policyOf({ policy }: ReferenceCase, seed: number, asked: string[]): Policy | undefined {
  const answering = (name: string) => (inquiry: Inquiry) => {
    const { method, route, params, arguments: args } = inquiry;
    asked.push(JSON.stringify([name, method, route, Object.entries(params).sort(), Object.entries(args)]));
    const said = generatedAnswer(name.replace("engine ", ""), Object.entries(args));
    if (said === "outage") throw new AuthError("store_unavailable");
    if (name.endsWith("broken")) throw new Error("broken");
    // Half of them answer at once.
    return seed % 2 === 0 ? said : Promise.resolve(said);
  };
  const functions = Object.fromEntries(functionNames.map((name) => [name, answering(name)]));
  const engines = Object.fromEntries(functionNames.map((name) => [name, { decide: answering(`engine ${name}`) }]));
  try {
    return definePolicy(policy as unknown as PolicyInit, { functions, engines });
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    if (!thrown.faults.every(({ fault }) => ineffective.test(fault))) throw thrown;
    return undefined;
  }
}

function requireSame(what: string, found: unknown, expected: unknown): void {
  if (!Object.is(found, expected)) throw new Error(`${what} is ${String(found)} and should be ${String(expected)}`);
}

function shown({ headers, ...given }: ReferenceCase): string {
  const readable = (_: string, value: unknown) =>
    value instanceof Set || value instanceof Map ? [...value] : value === undefined ? "undefined" : value;
  return JSON.stringify({ ...given, headers: [...headers.entries()] }, readable, 2);
}

import type { Principal } from "../principal.ts";
import { isLevel, readAcrLevel } from "./acr-levels.ts";
import { readDuration } from "./duration.ts";
import type { RuleInput, Ternary } from "./evaluation.ts";
import { callerText, type ExplainedOperand, type OperandState, quote } from "./explain.ts";
import { keyStep, type Place } from "./policy-error.ts";
import { distinct, entriesOf, readName, readOneOrMore, typeText } from "./read-json.ts";
import type { StepUpNeeds } from "./rule.ts";
import { type LeafKind, leafNode } from "./rule-node.ts";
import { suggestion } from "./suggestion.ts";

const keys: ReadonlySet<string> = new Set(["acr", "amr", "maxAge"]);
/** How far the issuer's clock may be ahead of ours; no verifier tolerates more. */
const maxAheadSeconds = 300;

/** One of the things that a step-up demands of an authentication. */
interface Demand {
  readonly name: "acr" | "amr" | "age";
  /** Undefined where the credential does not tell. */
  judge(input: RuleInput): Ternary;
  observe(input: RuleInput): ExplainedOperand;
}

/**
 * `{ stepUp: { acr, amr, maxAge } }`: what the credential does not tell of an authentication is unknown, not weak, so that
 * `not` of it lets nobody in; both are a reason to ask a user for a better one.
 */
export const stepUp: LeafKind = (argument, at, { acrLevels }) => {
  const needs = readNeeds(argument, at, acrLevels);
  if (needs === undefined) return undefined;
  const { acr, amr, maxAge } = needs;
  const acrValues = Object.freeze(acr === undefined ? [] : acrLevels.slice(acrLevels.indexOf(acr)));
  const remedy = Object.freeze({
    scopes: Object.freeze([]),
    stepUp: Object.freeze({ acrValues, maxAge }),
  });
  const demands: readonly Demand[] = [
    ...(acr === undefined ? [] : [levelDemand(acrValues, acrLevels)]),
    ...(amr === undefined ? [] : [methodDemand(typeof amr === "string" ? [amr] : amr)]),
    ...(maxAge === undefined ? [] : [ageDemand(maxAge)]),
  ];
  function evaluate(input: RuleInput): Ternary {
    // The token of a machine may well tell when it was issued, as if somebody had signed in then.
    if (input.principal.kind !== "user") return undefined;
    let value: Ternary = true;
    for (const demand of demands) {
      const own = demand.judge(input);
      if (own === false) return false;
      if (own === undefined) value = undefined;
    }
    return value;
  }
  return leafNode({
    source: Object.freeze({ stepUp: Object.freeze(needs) }),
    text: `stepUp(${needsText(needs)})`,
    remedy: ({ principal }) => (principal.kind === "user" ? remedy : undefined),
    varies: maxAge !== undefined,
    evaluate,
    observe(input, value) {
      const { principal } = input;
      if (principal.kind !== "user") {
        const operand = { operand: "kind", state: "present", value: principal.kind } as const;
        return { operands: [operand], missing: `${callerText(principal)} is no user, and so did not sign in` };
      }
      const operands = demands.map((demand) => demand.observe(input));
      if (value !== undefined) return { operands };
      const lacking = demands.filter((demand) => demand.judge(input) === undefined).map(({ name }) => name);
      return {
        operands,
        missing: `the credential of ${callerText(principal)} does not tell ${lacking.join(" and ")}`,
      };
    },
  });
};

function levelDemand(accepted: readonly string[], levels: readonly string[]): Demand {
  const level = ({ principal }: RuleInput) => {
    const acr = principal.claims.acr;
    return isLevel(acr, levels) ? acr : undefined;
  };
  return {
    name: "acr",
    judge(input) {
      const acr = level(input);
      return acr === undefined ? undefined : accepted.includes(acr);
    },
    observe(input) {
      const acr = level(input);
      return acr === undefined
        ? { operand: "acr", state: absence(input.principal, "acr") }
        : { operand: "acr", state: "present", value: acr };
    },
  };
}

function methodDemand(accepted: readonly string[]): Demand {
  const methods = ({ principal }: RuleInput): readonly string[] | undefined => {
    const amr = principal.claims.amr;
    return Array.isArray(amr) && amr.every((method) => typeof method === "string") ? amr : undefined;
  };
  return {
    name: "amr",
    judge: (input) => methods(input)?.some((method) => accepted.includes(method)),
    observe(input) {
      const amr = methods(input);
      return amr === undefined
        ? { operand: "amr", state: absence(input.principal, "amr") }
        : { operand: "amr", state: "present", value: amr };
    },
  };
}

function ageDemand(maxAge: number): Demand {
  const age = ({ principal, now }: RuleInput): number | undefined => {
    if (principal.authenticatedAt === undefined) return undefined;
    const seconds = (now - principal.authenticatedAt.getTime()) / 1000;
    // Written so that a time which is not a number is no age.
    return seconds >= -maxAheadSeconds ? seconds : undefined;
  };
  return {
    name: "age",
    judge(input) {
      const seconds = age(input);
      return seconds === undefined ? undefined : seconds <= maxAge;
    },
    observe(input) {
      const seconds = age(input);
      if (seconds !== undefined) return { operand: "age", state: "present", value: Math.floor(seconds) };
      return { operand: "age", state: input.principal.authenticatedAt === undefined ? "missing" : "unreadable" };
    },
  };
}

function absence({ claims }: Principal, name: "acr" | "amr"): OperandState {
  return claims[name] === undefined ? "missing" : "unreadable";
}

function readNeeds(argument: unknown, at: Place, acrLevels: readonly string[]): StepUpNeeds | undefined {
  const entries = entriesOf(argument);
  if (entries === undefined) return at.report(`write an object with acr, amr or maxAge, not ${typeText(argument)}`);
  for (const [key] of entries) {
    if (keys.has(key)) continue;
    return at.reportKey(
      `there is no ${quote(key)} in stepUp${suggestion(key, keys)}; write acr, amr or maxAge`,
      keyStep(key),
    );
  }
  const given = new Map(entries);
  if (given.size === 0) return at.report("it demands nothing; write acr, amr or maxAge");
  const acr = given.has("acr") ? readAcrLevel(given.get("acr"), at.inside(".acr"), acrLevels) : undefined;
  const amr = given.has("amr") ? readMethods(given.get("amr"), at.inside(".amr")) : undefined;
  const maxAge = given.has("maxAge") ? readDuration(given.get("maxAge"), at.inside(".maxAge")) : undefined;
  const needs = {
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
    ...(maxAge !== undefined && { maxAge }),
  };
  // A demand that could not be read has been reported, and must not leave a rule that demands less.
  return Object.keys(needs).length < given.size ? undefined : (needs as StepUpNeeds);
}

function readMethods(value: unknown, at: Place): StepUpNeeds["amr"] {
  const methods = distinct(
    readOneOrMore(value, at, (item, place) => readName(item, place, "a method of authentication")),
    at,
  );
  return methods && (Array.isArray(value) ? Object.freeze(methods) : methods[0]);
}

function needsText({ acr, amr, maxAge }: StepUpNeeds): string {
  const methods = typeof amr === "string" ? quote(amr) : amr && `[${amr.map(quote).join(", ")}]`;
  const parts = [
    ...(acr === undefined ? [] : [`acr: ${quote(acr)}`]),
    ...(methods === undefined ? [] : [`amr: ${methods}`]),
    ...(maxAge === undefined ? [] : [`maxAge: ${maxAge}`]),
  ];
  return `{ ${parts.join(", ")} }`;
}

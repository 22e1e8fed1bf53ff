import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cognitoAcrLevels } from "../../../src/policy/acr-levels.ts";
import { type BoundRule, opaqueKey } from "../../../src/policy/analysis/bound-rule.ts";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import { isNeverTrue, loadReserve } from "../../../src/policy/analysis/never-true.ts";
import { partsOfPattern } from "../../../src/policy/analysis/path-parts.ts";
import { type RouteStudy, studyRoute } from "../../../src/policy/analysis/route-study.ts";
import type { RulePart } from "../../../src/policy/analysis/rule-part.ts";
import type { WitnessFacts } from "../../../src/policy/analysis/witness-facts.ts";
import { presentOperands, witnessInput } from "../../../src/policy/analysis/witness-input.ts";
import type { RuleInput, Ternary } from "../../../src/policy/evaluation.ts";
import { placeOf } from "../../../src/policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../../src/policy/route-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { referenceEvaluate } from "../reference-evaluator.ts";
import { anyCaller, anyInput, anyRule } from "./generated.ts";

const parts = partsOfPattern(readRouteKey("GET /:a/:b", placeOf("", [])) as RoutePattern);
const asked: Rule = { custom: "f" };

function bind(rule: Rule): BoundRule {
  return { rule, rules: {}, acrLevels: cognitoAcrLevels, parts };
}

function studyOf(rule: Rule, require?: Rule): RouteStudy {
  return studyRoute(callerProfiles, bind(rule), require, { steps: 1_000_000 });
}

function judge(rule: Rule, input: RuleInput, answer: Ternary): Ternary {
  return referenceEvaluate(rule, input, { answers: () => [answer] });
}

/** A rule with its `require`, which may ask the function `f`. */
const anyRules = fc.oneof(
  anyRule({ params: true }),
  fc.tuple(anyRule({ params: true }), anyRule({ params: true })).map(([one, other]): Rule => {
    return { anyOf: [{ allOf: [one, asked] }, other] };
  }),
  anyRule({ params: true }).map((one): Rule => ({ allOf: [one, { not: asked }] })),
  // On these it depends for everybody, which it seldom does on the others.
  anyRule({ params: true }).map((one): Rule => ({ anyOf: [asked, one] })),
  anyRule({ params: true }).map((one): Rule => ({ not: { allOf: ["guest", "authenticated", one] } })),
);
const required = fc.option(anyRule({ params: false }), { nil: undefined, freq: 1 });
const inputs = fc.array(anyInput(anyCaller(callerProfiles)), { minLength: 12, maxLength: 12 });
const [signers, bearers] = (["signature", "token"] as const).map((style) =>
  fc.array(anyInput(anyCaller(callerProfiles.filter((profile) => profile.style === style))), {
    minLength: 8,
    maxLength: 8,
  }),
) as [typeof inputs, typeof inputs];
const answers = [true, false, undefined] as const;

function inputOf(facts: WitnessFacts): RuleInput {
  const params: Record<string, string> = { a: "other-1", b: "other-1" };
  for (const { operand, value } of presentOperands(facts)) {
    if ("path" in operand) params[operand.path.key === "0" ? "a" : "b"] = String(value);
  }
  return { ...witnessInput(facts, "GET", "/x/y"), params };
}

describe("a study of generated rules", () => {
  it("claims nothing that a caller contradicts, and shows a witness of what it does not claim", () => {
    const seen: Record<string, number> = {};
    const count = (what: string) => {
      seen[what] = (seen[what] ?? 0) + 1;
    };
    fc.assert(
      fc.property(anyRules, required, signers, bearers, (rule, require, signing, bearing) => {
        const whole: Rule = require === undefined ? rule : { allOf: [require, rule] };
        const study = studyOf(rule, require);
        count(`always ${study.whole?.always}`);
        count(`signed ${study.signed?.passes}`);
        count(`token ${study.token?.passes}`);
        for (const [given, answer] of [
          [signing, study.signed],
          [bearing, study.token],
        ] as const) {
          for (const input of given) {
            const values = answers.map((said) => judge(whole, input, said));
            if (study.whole?.always === true) expect(values).toEqual([true, true, true]);
            if (study.own?.always === true) expect(judge(rule, input, false)).toBe(true);
            if (answer?.passes === false) expect(values).not.toContain(true);
          }
        }
        if (study.whole?.always === false) {
          const input = inputOf(study.whole.counterexample);
          for (const answer of answers) expect(judge(whole, input, answer)).not.toBe(true);
        }
        for (const [answer, style] of [
          [study.signed, "signature"],
          [study.token, "token"],
        ] as const) {
          const found = answer?.passes === false ? answer.instead : answer;
          if (found === undefined || found.passes === false) continue;
          const input = inputOf(found.witness);
          if (answer?.passes !== false) expect(found.witness.profile.style).toBe(style);
          const own = found.witness.opaque.get(opaqueKey(asked, bind(rule)));
          for (const said of found.passes === true ? answers : [own]) expect(judge(whole, input, said)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    for (const what of [
      "always true",
      "always false",
      "always depends",
      "signed true",
      "signed false",
      "signed depends",
    ]) {
      expect(seen[what], what).toBeGreaterThan(0);
    }
    expect(seen["token false"]).toBeGreaterThan(0);
  });

  it("finds parts without which the rule lets the same callers in", () => {
    let found = 0;
    fc.assert(
      fc.property(anyRules, required, inputs, (rule, require, given) => {
        const study = studyOf(rule, require);
        const left = new Set(study.redundant?.map(({ part }) => part.steps));
        if (left.size === 0) return;
        found += 1;
        const without = (own: Rule): Rule => (require === undefined ? own : { allOf: [require, own] });
        const reduced = reduce(rule, "", left);
        for (const input of given) {
          for (const answer of answers) {
            const [whole, less] = [without(rule), without(reduced)].map((own) => judge(own, input, answer) === true);
            expect(less).toBe(whole);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(5);
  });

  it("agrees with the look at loading on rules that nobody passes", () => {
    fc.assert(
      fc.property(anyRule({ params: true }), (rule) => {
        const study = studyOf(rule);
        if (!isNeverTrue(bind(rule), loadReserve())) return;
        expect([study.signed?.passes, study.token?.passes]).toEqual([false, false]);
      }),
      { numRuns: 500 },
    );
  });

  it("blames a part that is to blame by itself", () => {
    const blamed = (rule: Rule): RulePart | undefined => studyOf(rule).signed?.blamed;
    expect(blamed({ allOf: [{ group: "a" }, { scope: "a" }] })?.steps).toBe(".allOf[1]");
    expect(blamed({ anyOf: [{ scope: "a" }, { client: "a" }] })?.steps).toBe("");
    expect(studyOf({ role: "111111111111/a" }, { equal: [{ claim: "a" }, "x"] }).signed).not.toHaveProperty("blamed");
  });

  it("takes its steps from a reserve, and has some where that is empty", () => {
    const reserve = { steps: 1_000 };
    const rule: Rule = { allOf: [{ group: "a" }, { scope: "b" }] };
    studyRoute(callerProfiles, bind(rule), undefined, reserve);
    expect(reserve.steps).toBeLessThan(1_000);
    reserve.steps = -5;
    expect(studyRoute(callerProfiles, bind(rule), undefined, reserve).redundant).toEqual([]);
  });
});

/** The rule without the parts that the steps lead to. */
function reduce(rule: Rule, steps: string, left: ReadonlySet<string>): Rule {
  if (typeof rule === "string") return rule;
  if ("not" in rule) return { not: reduce(rule.not, `${steps}.not`, left) };
  const key = "allOf" in rule ? "allOf" : "anyOf" in rule ? "anyOf" : undefined;
  if (key === undefined) return rule;
  const own = (rule as unknown as Record<string, readonly Rule[]>)[key] as readonly Rule[];
  const kept = own.flatMap((part, index) => {
    const inner = `${steps}.${key}[${index}]`;
    return left.has(inner) ? [] : [reduce(part, inner, left)];
  });
  return { [key]: kept } as unknown as Rule;
}

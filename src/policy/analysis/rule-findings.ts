import type { Policy } from "../define-policy.ts";
import type { BoundRule } from "./bound-rule.ts";
import type { Finding, FindingWitness } from "./policy-finding.ts";
import { redundantFinding } from "./redundant-finding.ts";
import type { RouteStudy, StyleAnswer } from "./route-study.ts";
import { isWrittenAnyone } from "./rule-part.ts";
import { ruleText } from "./rule-text.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** What a rule is for: a route, a key of `fields`, or `connect`. */
export interface Ruled {
  readonly where: string;
  readonly of: Pick<Finding, "route" | "field" | "connect">;
  /** Somebody who passes, with what he asks for. */
  witness(whole: BoundRule, facts: WitnessFacts, certain: boolean): FindingWitness;
}

/** What a study of a rule tells about what it is for. */
export function ruleFindings(
  policy: Policy,
  { where, of, witness }: Ruled,
  bound: BoundRule,
  study: RouteStudy,
): readonly Finding[] {
  const { require, rules } = policy.document;
  const narrowed = require !== undefined && bound.rule !== "anyone";
  const whole: BoundRule = narrowed ? { ...bound, rule: { allOf: [require, bound.rule] } } : bound;
  const testify = (answer: StyleAnswer["instead"]): { readonly witness?: FindingWitness } =>
    answer === undefined || answer.passes === false
      ? {}
      : { witness: witness(whole, answer.witness, answer.passes === true) };
  const findings: Finding[] = [];

  if (!isWrittenAnyone(bound.rule, rules)) {
    if (study.whole?.always === true) {
      const finding = "everybody passes this rule, with a credential or without; write anyone if that is meant";
      findings.push({ code: "always_true", severity: "warning", where, ...of, finding });
    } else if (study.own?.always === true) {
      const finding = "this rule is always true, so that require alone decides";
      findings.push({ code: "always_true", severity: "note", where, ...of, finding });
    }
  }
  for (const [code, answer, who] of [
    ["no_signed_caller", study.signed, "nobody who signs"],
    ["no_token_caller", study.token, "nobody with a token"],
  ] as const) {
    if (answer?.passes !== false) continue;
    const { blamed, instead } = answer;
    const finding =
      blamed === undefined
        ? `${who} can ever pass both this rule and require`
        : `${who} can ever pass ${blamed.parts.length === 0 ? ruleText(blamed.rule) : "this part"}`;
    const place = { where: where + (blamed?.steps ?? ""), ...of };
    findings.push({ code, severity: "warning", ...place, finding, ...testify(instead) });
  }
  for (const part of study.redundant ?? []) findings.push({ ...redundantFinding(part, where), ...of });
  const open = openQuestions(study);
  if (open !== undefined) {
    const depending = [study.signed, study.token].find((answer) => answer?.passes === "depends");
    findings.push({ code: "cannot_tell", severity: "note", where, ...of, finding: open, ...testify(depending) });
  }
  return findings;
}

/** What cannot be told of a rule, as a sentence. */
function openQuestions({ whole, signed, token, redundant, asks }: RouteStudy): string | undefined {
  const answers = [
    ["whether everybody passes", whole?.always],
    ["whether anybody who signs passes", signed?.passes],
    ["whether anybody with a token passes", token?.passes],
    ["whether each part of the rule matters", redundant],
  ] as const;
  const tooComplex = answers.filter(([, answer]) => answer === undefined).map(([question]) => question);
  if (tooComplex.length > 0) return `cannot tell ${tooComplex.join(", ")}: the rule is too complex`;
  const depending = answers.filter(([, answer]) => answer === "depends").map(([question]) => question);
  if (depending.length === 0) return undefined;
  return `cannot tell ${depending.join(", ")}: ${[...new Set(asks.map(ruleText))].join(" and ")} may answer either way`;
}

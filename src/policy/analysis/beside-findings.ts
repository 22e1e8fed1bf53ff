import type { Policy } from "../define-policy.ts";
import type { FieldKey } from "../field-key.ts";
import { keyStep } from "../policy-error.ts";
import type { Rule } from "../rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import { connectPlace } from "./connect-place.ts";
import { fieldPlace } from "./field-place.ts";
import { findingWitness } from "./finding-witness.ts";
import type { Place } from "./place.ts";
import type { Finding } from "./policy-finding.ts";
import { type Reserve, type RouteStudy, studyRoute } from "./route-study.ts";
import { type Ruled, ruleFindings } from "./rule-findings.ts";
import { sampleField } from "./sample-field.ts";

/** What is found in the rules of GraphQL fields and of connections. */
export function besideFindings(
  policy: Policy,
  profiles: readonly CallerProfile[],
  reserve: Reserve,
): readonly Finding[] {
  const { require, rules, acrLevels, fields = {}, connect } = policy.document;
  const studies = new Map<string, RouteStudy>();
  const keys = new Set(Object.keys(fields) as FieldKey[]);

  function findingsOf(rule: Rule, where: string, of: Ruled["of"], place: Place): readonly Finding[] {
    if (rule === "anyone" || isNobody(rule)) return [];
    const bound = { rule, rules, acrLevels, parts: new Map() };
    const text = JSON.stringify(rule);
    const study = studies.get(text) ?? studyRoute(profiles, bound, require, reserve);
    studies.set(text, study);
    const witness: Ruled["witness"] = (whole, facts, certain) => {
      const { seen, request } = place.ask(facts);
      return findingWitness(policy, whole, facts, certain, { input: { ...seen, params: {} }, request, name: where });
    };
    return ruleFindings(policy, { where, of, witness }, bound, study);
  }

  function fieldFindings(key: FieldKey, rule: Rule): readonly Finding[] {
    const field = sampleField(key, keys);
    // Without one nothing is left to *; and what * is by default, nobody may have written.
    if (field === undefined || (key === "*" && rule === "authenticated")) return [];
    return findingsOf(rule, `fields${keyStep(key)}`, { field: key }, fieldPlace(field, "root"));
  }

  return [
    ...Object.entries(fields).flatMap(([key, rule]) => fieldFindings(key as FieldKey, rule as Rule)),
    ...(connect === undefined ? [] : findingsOf(connect, "connect", { connect: true }, connectPlace)),
  ];
}

/** Whether a rule says in plain words that nobody may. */
function isNobody(rule: Rule): boolean {
  return typeof rule === "object" && "not" in rule && rule.not === "anyone";
}

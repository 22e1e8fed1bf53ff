import type { Policy } from "../define-policy.ts";
import type { RuleInput } from "../evaluation.ts";
import { type BoundRule, isOpaque, opaqueKey } from "./bound-rule.ts";
import { describeCaller } from "./describe-witness.ts";
import { evaluateLeaves, leafValues } from "./leaf-values.ts";
import type { WitnessRequest } from "./policy-diff.ts";
import type { FindingWitness } from "./policy-finding.ts";
import { ruleText } from "./rule-text.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** What somebody asks for who passes a rule. */
export interface Passage {
  readonly input: RuleInput;
  /** Undefined where there is no request that the rule is for. */
  readonly request: WitnessRequest | undefined;
  /** Where the rule stands. */
  readonly name: string;
}

/**
 * Makes a witness of somebody who passes a rule, once the rule itself has judged him so.
 *
 * @param bound the whole rule, with `require`.
 * @param certain whether he passes whatever functions and engines answer.
 * @throws Error where the rule judges otherwise: the analysis is wrong then, and must not be believed.
 */
export function findingWitness(
  { document }: Policy,
  bound: BoundRule,
  facts: WitnessFacts,
  certain: boolean,
  { input, request, name }: Passage,
): FindingWitness {
  const leaves = leafValues(bound.rule, document, input, (leaf) =>
    isOpaque(leaf) ? { text: ruleText(leaf), value: facts.opaque.get(opaqueKey(leaf, bound)) } : undefined,
  );
  const byLeaf = new Map(leaves.map(({ leaf, value }) => [leaf, value]));
  if (evaluateLeaves(bound.rule, document.rules, (leaf) => byLeaf.get(leaf)) !== true) {
    throw new Error(`the analysis of ${name} is not what the policy says; please report it`);
  }
  const asked = certain ? [] : leaves.filter(({ leaf }) => isOpaque(leaf));
  const provided = new Map(asked.map(({ text, value }) => [text, value ?? ("indeterminate" as const)]));
  return Object.freeze({
    caller: describeCaller(facts),
    ...(request !== undefined && { request }),
    provided: Object.freeze([...provided].map(([leaf, answer]) => Object.freeze({ leaf, answer }))),
  });
}

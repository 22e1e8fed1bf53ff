import type { Policy } from "../define-policy.ts";
import type { RuleInput, Ternary } from "../evaluation.ts";
import type { Rule } from "../rule.ts";
import { type BoundRule, isOpaque, opaqueKey } from "./bound-rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { describeCaller } from "./describe-witness.ts";
import { evaluateLeaves, type LeafValue, leafValues } from "./leaf-values.ts";
import type { Asked, Place } from "./place.ts";
import type { DecidingLeaf, Witness, WitnessRequest } from "./policy-diff.ts";
import { ruleText } from "./rule-text.ts";
import type { WitnessFacts } from "./witness-facts.ts";
import { witnessRequestText } from "./witness-text.ts";
import { createWorld, type World } from "./world.ts";

/** One policy's side of a comparison; without a rule it denies everybody. */
export interface Side {
  readonly name: "old" | "new";
  readonly policy: Policy;
  /** What the policy finds the request under. */
  readonly key: string | undefined;
  readonly bound: BoundRule | undefined;
  /** That the policy has no rule for it and judges it by none: what the bound rule says stands in no document. */
  readonly isOpen?: boolean;
}

/** What a comparison found. */
export interface Found {
  /** Somebody whom one side lets in and the other does not, whatever functions and engines answer. */
  readonly certain?: WitnessFacts;
  /** Somebody of whom that is so for some answers. */
  readonly possible?: WitnessFacts;
  readonly tooComplex?: true;
}

/** Looks for callers and requests in whom rules differ, both ways. */
export function compareRules(
  profiles: readonly CallerProfile[],
  old: Side,
  fresh: Side,
): { readonly gains: Found; readonly loses: Found } {
  const tooComplex = { gains: { tooComplex: true }, loses: { tooComplex: true } } as const;
  return (
    unlessTooComplex(() => {
      const bounds = [old.bound, fresh.bound].filter((bound) => bound !== undefined);
      const world = createWorld(profiles, bounds);
      const [before, after] = [old, fresh].map(({ bound }) => bound && world.condition(bound).yes);
      return { gains: between(world, after, before), loses: between(world, before, after) };
    }) ?? tooComplex
  );
}

type Passing = ReturnType<World["condition"]>["yes"];

function between(world: World, passing: Passing | undefined, other: Passing | undefined): Found {
  if (passing === undefined) return {};
  const difference = other === undefined ? passing : world.and(passing, world.not(other));
  const certain = world.find(world.whateverOpaque(difference));
  if (certain !== undefined) return { certain };
  const possible = world.find(difference);
  return possible === undefined ? {} : { possible };
}

/**
 * Makes a witness of what a comparison found, once the policies themselves have judged him as it says.
 *
 * @throws Error where they judge otherwise: the comparison is wrong then, and must not be believed.
 */
export function testify(facts: WitnessFacts, place: Place, allowing: Side, denying: Side, certain: boolean): Witness {
  const asked = place.ask(facts);
  const [allowed, denied] = [judge(allowing, place, facts, asked), judge(denying, place, facts, asked)] as const;
  if (allowed.value !== true || denied.value === true) throw disagreement(asked.request);
  return Object.freeze({
    caller: describeCaller(facts),
    request: asked.request,
    leaves: Object.freeze(decidingLeaves(allowed, denied)),
    provided: Object.freeze(
      certain
        ? []
        : [...allowed.leaves, ...denied.leaves]
            .filter(({ leaf }) => isOpaque(leaf))
            .filter(isFirst)
            .map(({ text, value }) => Object.freeze({ leaf: text, answer: value ?? ("indeterminate" as const) })),
    ),
  });
}

interface Judgment {
  readonly side: Side;
  readonly value: Ternary;
  readonly leaves: readonly LeafValue[];
}

function judge(side: Side, place: Place, facts: WitnessFacts, { seen, request }: Asked): Judgment {
  const { policy, key, bound } = side;
  const match = place.judgedBy(policy, seen);
  if (match?.route !== key) throw disagreement(request);
  if (match === undefined || bound === undefined) return { side, value: undefined, leaves: [] };
  const input: RuleInput = { ...seen, params: match.params };
  if (side.isOpen) return { side, value: match.rule.evaluate(input), leaves: [] };
  const leaves = leafValues(bound.rule, policy.document, input, (leaf) =>
    isOpaque(leaf) ? { text: ruleText(leaf), value: facts.opaque.get(opaqueKey(leaf, bound)) } : undefined,
  );
  const value = match.rule.asks ? evaluate(side, bound.rule, leaves) : match.rule.evaluate(input);
  return { side, value, leaves };
}

function disagreement(request: WitnessRequest): Error {
  return new Error(`the analysis of ${witnessRequestText(request)} is not what the policies say; please report it`);
}

function evaluate({ policy }: Side, rule: Rule, leaves: readonly LeafValue[], other?: LeafValue): Ternary {
  const values = new Map(leaves.map(({ leaf, text, value }) => [leaf, text === other?.text ? other.value : value]));
  return evaluateLeaves(rule, policy.document.rules, (leaf) => values.get(leaf));
}

/** The leaves that could not come out otherwise without changing what one side says; else all that let the caller in. */
function decidingLeaves(allowed: Judgment, denied: Judgment): readonly DecidingLeaf[] {
  const all = [...allowed.leaves, ...denied.leaves].filter(isFirst);
  const deciding = all.filter((leaf) =>
    ([true, false, undefined] as const).some(
      (value) => value !== leaf.value && !stillDiffer(allowed, denied, { ...leaf, value }),
    ),
  );
  const shown = deciding.length > 0 ? deciding : allowed.leaves.filter(isFirst);
  return shown.map(({ text, value }) =>
    Object.freeze({
      leaf: text,
      policies: Object.freeze(
        [denied, allowed]
          .filter(({ leaves }) => leaves.some((leaf) => leaf.text === text))
          .map(({ side }) => side.name)
          .sort()
          .reverse(),
      ),
      value: value ?? ("indeterminate" as const),
    }),
  );
}

function stillDiffer(allowed: Judgment, denied: Judgment, other: LeafValue): boolean {
  const [one, two] = [allowed, denied].map(
    ({ side, leaves }) => side.isOpen || (side.bound && evaluate(side, side.bound.rule, leaves, other)),
  );
  return one === true && two !== true;
}

function isFirst({ text }: LeafValue, index: number, all: readonly LeafValue[]): boolean {
  return all.findIndex((other) => other.text === text) === index;
}

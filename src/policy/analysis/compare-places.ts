import type { Policy, PolicyDocument } from "../define-policy.ts";
import type { Rule } from "../rule.ts";
import { type BoundRule, isOpaque, leavesOf, paramsIn } from "./bound-rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import { type ChangeDraft, takeFound } from "./change-draft.ts";
import { compareRules, type Side, testify } from "./compare-rules.ts";
import type { PathPart, PathParts } from "./operand-source.ts";
import type { Place } from "./place.ts";
import { areEntangled } from "./region-path.ts";

/** A policy of a comparison. */
export interface NamedPolicy {
  readonly name: Side["name"];
  readonly policy: Policy;
}

/** Compares what two policies say of a place, and notes in a draft whom that lets in and shuts out. */
export type ComparePlaces = (draft: ChangeDraft, place: Place, old: Side, fresh: Side) => void;

/** Makes a comparison that looks but once at rules that occur in many places. */
export function placeComparison(
  profiles: readonly CallerProfile[],
  one: PolicyDocument,
  other: PolicyDocument,
): ComparePlaces {
  const alike = readsAlike(one, other);
  const compared = new Map<string, ReturnType<typeof compareRules>>();

  return function compare(draft, place, old, fresh) {
    if (alike && isSame(old.bound, fresh.bound)) return;
    const leaves = [old, fresh].flatMap(({ bound }) =>
      bound === undefined ? [] : leavesOf(bound.rule, bound.rules).map((leaf) => ({ leaf, parts: bound.parts })),
    );
    // A rule reads no parameter that its route does not have.
    const reads = leaves.flatMap(({ leaf, parts }) => paramsIn(leaf).map((name) => (parts.get(name) as PathPart).key));
    if (areEntangled(new Set(reads))) {
      draft.unknown.add("its rules read the rest of a path and a part of that, which are not compared");
      return;
    }
    // Functions and engines are told the route, and may answer otherwise under another.
    const routes = leaves.some(({ leaf }) => isOpaque(leaf)) ? [old.bound?.route, fresh.bound?.route] : [];
    const key = reads.length > 0 ? undefined : JSON.stringify([old.bound?.rule, fresh.bound?.rule, routes]);
    const known = key === undefined ? undefined : compared.get(key);
    const found = known ?? compareRules(profiles, old, fresh);
    if (key !== undefined) compared.set(key, found);
    takeFound(draft, "gains", found.gains, (facts, certain) => testify(facts, place, fresh, old, certain));
    takeFound(draft, "loses", found.loses, (facts, certain) => testify(facts, place, old, fresh, certain));
  };
}

/** A rule of a policy with `require`, bound to where it stands. */
export function boundIn(
  { require, rules, acrLevels }: PolicyDocument,
  own: Rule,
  parts: PathParts,
  route: string,
): BoundRule {
  const rule: Rule = require === undefined || own === "anyone" ? own : { allOf: [require, own] };
  return { rule, rules, acrLevels, parts, route };
}

/** Whether two policies read a rule alike, however it comes out. */
function readsAlike(one: PolicyDocument, other: PolicyDocument): boolean {
  const sharedBy = ({ require, rules, acrLevels }: PolicyDocument) => JSON.stringify([require, rules, acrLevels]);
  return sharedBy(one) === sharedBy(other);
}

/** Whether two rules say the same in the same words. */
function isSame(one: BoundRule | undefined, other: BoundRule | undefined): boolean {
  if (one === undefined || other === undefined || one.route !== other.route) return false;
  return JSON.stringify(one.rule) === JSON.stringify(other.rule);
}

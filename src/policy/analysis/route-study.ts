import type { Rule } from "../rule.ts";
import { type BoundRule, isOpaque, leavesOf } from "./bound-rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import { type Diagram, unlessTooComplex } from "./decision-diagram.ts";
import { type RedundantPart, redundantParts } from "./redundant-parts.ts";
import { type AlwaysAnswer, comesWith, type PassAnswer, whetherAllPass, whetherAnyPasses } from "./rule-answers.ts";
import { partsOf, type RulePart } from "./rule-part.ts";
import type { Condition } from "./variables.ts";
import { createWorld, type World } from "./world.ts";

/** What a study tells of a rule; what would have taken too long is undefined. */
export interface RouteStudy {
  /** Whether everybody passes it, `require` included. */
  readonly whole?: AlwaysAnswer;
  /** Whether everybody passes it but for `require`. */
  readonly own?: AlwaysAnswer;
  readonly signed?: StyleAnswer;
  readonly token?: StyleAnswer;
  readonly redundant?: readonly RedundantPart[];
  /** The leaves that ask functions and engines. */
  readonly asks: readonly Rule[];
}

/** Whether somebody passes who comes with one kind of credential. */
export type StyleAnswer = PassAnswer & {
  /** Where nobody does: the innermost part that is to blame; undefined where only `require` beside it is. */
  readonly blamed?: RulePart;
  /** Where nobody does: somebody else who does, for certain or by some answers. */
  readonly instead?: PassAnswer;
};

/** How many steps are left for all rules of a policy. */
export interface Reserve {
  steps: number;
}

/** A rule takes no more of the reserve, and may always take the second. */
const mostSteps = 60_000;
const leastSteps = 2_000;

/** Asks all questions about a rule that fit into the steps that are left. */
export function studyRoute(
  profiles: readonly CallerProfile[],
  bound: BoundRule,
  require: Rule | undefined,
  reserve: Reserve,
): RouteStudy {
  const limit = Math.min(mostSteps, Math.max(leastSteps, reserve.steps));
  const whole: Rule = require === undefined ? bound.rule : { allOf: [require, bound.rule] };
  const wholeBound = { ...bound, rule: whole };
  const study: { -readonly [Key in keyof RouteStudy]: RouteStudy[Key] } = {
    asks: leavesOf(whole, bound.rules).filter(isOpaque),
  };
  const world = createWorld(profiles, [wholeBound], limit);
  // What it has told before it takes too long stays told.
  unlessTooComplex(() => {
    const own = partsOf(bound.rule);
    const { yes } = world.condition(wholeBound);
    study.whole = whetherAllPass(world, yes);
    study.own = require === undefined ? study.whole : whetherAllPass(world, world.condition(bound).yes);
    study.signed = ask(world, "signature", yes, own, bound);
    study.token = ask(world, "token", yes, own, bound);
    const isSettled = study.whole.always === true || world.find(yes) === undefined;
    study.redundant = isSettled ? [] : redundant(world, wholeBound, own, require);
  });
  reserve.steps -= world.spent();
  return study;
}

function ask(world: World, style: "signature" | "token", yes: Diagram, own: RulePart, bound: BoundRule): StyleAnswer {
  const answer = whetherAnyPasses(world, yes, comesWith(style));
  if (answer.passes !== false) return answer;
  const instead = whetherAnyPasses(world, yes, () => true);
  const isBarred = (part: RulePart) =>
    whetherAnyPasses(world, world.condition({ ...bound, rule: part.rule }).yes, comesWith(style)).passes === false;
  if (!isBarred(own)) return { ...answer, instead };
  let blamed = own;
  for (let inner: RulePart | undefined = own; inner !== undefined; ) {
    blamed = inner;
    inner = blamed.joins === "allOf" ? blamed.parts.find(isBarred) : undefined;
  }
  return { ...answer, instead, blamed };
}

function redundant(world: World, bound: BoundRule, own: RulePart, require: Rule | undefined): readonly RedundantPart[] {
  const required: RulePart | undefined = require && { rule: require, steps: "", parts: [], negated: false };
  const whole: RulePart = required
    ? { rule: bound.rule, steps: "", joins: "allOf", parts: [required, own], negated: false }
    : own;
  return redundantParts(world, bound, whole, own, ({ yes }) => [yes]);
}

/** What a study tells of a rule that stands by itself, and that may be used below `not`. */
export interface NamedStudy {
  readonly always?: AlwaysAnswer;
  readonly redundant?: readonly RedundantPart[];
}

/** Asks the questions about `require` or a named rule. */
export function studyRule(
  profiles: readonly CallerProfile[],
  bound: BoundRule,
  meaning: (condition: Condition) => readonly Diagram[],
  reserve: Reserve,
): NamedStudy {
  const limit = Math.min(mostSteps, Math.max(leastSteps, reserve.steps));
  const study: { -readonly [Key in keyof NamedStudy]: NamedStudy[Key] } = {};
  const world = createWorld(profiles, [bound], limit);
  unlessTooComplex(() => {
    study.always = whetherAllPass(world, world.condition(bound).yes);
    const own = partsOf(bound.rule);
    study.redundant = study.always.always === true ? [] : redundantParts(world, bound, own, own, meaning);
  });
  reserve.steps -= world.spent();
  return study;
}

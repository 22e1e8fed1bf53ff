import { parseTarget } from "../../target.ts";
import type { Policy, PolicyDocument } from "../define-policy.ts";
import { placeOf } from "../policy-error.ts";
import { type RoutePattern, readRouteKey } from "../route-key.ts";
import type { Rule } from "../rule.ts";
import { anyCallers } from "./any-callers.ts";
import { type BoundRule, leavesOf, paramsIn } from "./bound-rule.ts";
import { callerProfiles } from "./caller-model.ts";
import { compareRules, type Found, matchOf, readsAlike, type Side, testify } from "./compare-rules.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { diffText } from "./diff-text.ts";
import type { PathPart } from "./operand-source.ts";
import type { PolicyDiff, RouteChange, Witness } from "./policy-diff.ts";
import { areEntangled, partsInRegion, pathInRegion } from "./region-path.ts";
import { type RequestRegion, requestRegions } from "./request-regions.ts";
import { judgedMethods } from "./unreachable-routes.ts";

/** What {@link diffPolicies} takes beside the policies. */
export interface DiffOptions {
  /**
   * Whether there are verifiers beside those of poolgate, so that callers may have any attributes; false by default, which
   * compares for the callers that poolgate's verifiers make.
   */
  readonly customVerifiers?: boolean;
}

/**
 * Tells whom a new policy lets in and shuts out, by meaning and not by text: for each route a smallest caller and request that
 * one policy allows and the other denies. Each has been judged by both policies before he is reported.
 *
 * The rules of `fields` and `connect` are not compared: where they are not written alike, the verdict is `unknown`.
 *
 * What a function or an engine answers cannot be foreseen, but it counts as the same in both policies where a rule asks the
 * same under the same route. What an authorizer refuses ahead of the policy is not compared, such as a header that a signed
 * caller did not sign.
 */
export function diffPolicies(old: Policy, fresh: Policy, options: DiffOptions = {}): PolicyDiff {
  const sides = [sideOf("old", old), sideOf("new", fresh)] as const;
  const profiles = options.customVerifiers ? [...callerProfiles, ...anyCallers.slice(1)] : callerProfiles;
  const alike = readsAlike(old.document, fresh.document);
  const changes = new Map<string, Draft>();
  const compared = new Map<string, Comparison>();
  const regions = unlessTooComplex(() => requestRegions(sides.map(regionPolicyOf)));

  for (const region of regions ?? []) {
    const pairs = new Map<string, string>();
    const target = parseTarget(pathInRegion(region, new Map()));
    for (const method of judgedMethods) {
      const keys = sides.map(({ policy }) => matchOf(policy, method, target)?.route);
      const pair = JSON.stringify(keys);
      if (!pairs.has(pair)) pairs.set(pair, method);
    }
    for (const [pair, method] of pairs) compareIn(region, method, pair);
  }

  function compareIn(region: RequestRegion, method: string, pair: string): void {
    const [before, after] = JSON.parse(pair) as [string | null, string | null];
    if (before === null && after === null) return;
    const [one, two] = [bind(sides[0], before, region), bind(sides[1], after, region)];
    const draft = changes.get(pair) ?? { before, after, unknown: new Set() };
    changes.set(pair, draft);
    const reads = [...readKeys(one), ...readKeys(two)];
    if (alike && isSame(one.bound, two.bound)) return;
    if (areEntangled(new Set(reads))) {
      draft.unknown.add("its rules read the rest of a path and a part of that, which are not compared");
      return;
    }
    const key = reads.length > 0 ? undefined : JSON.stringify([one.bound?.rule, two.bound?.rule, before === after]);
    const known = key === undefined ? undefined : compared.get(key);
    const found = known ?? compareRules(profiles, one, two);
    if (key !== undefined) compared.set(key, found);
    take(draft, "gains", found.gains, (facts, certain) => testify(facts, method, region, two, one, certain));
    take(draft, "loses", found.loses, (facts, certain) => testify(facts, method, region, one, two, certain));
  }

  if (regions === undefined) {
    const unknown = new Set(["the routes of the policies overlap in too many ways to compare them"]);
    changes.set("", { before: null, after: null, unknown });
  }
  if (differBeside(old.document, fresh.document)) {
    const unknown = new Set([
      "the rules of fields or connect, or what these use, are written differently, and are not compared",
    ]);
    changes.set("fields", { before: null, after: null, unknown });
  }
  return report([...changes.values()], old.document, fresh.document);
}

/** Whether the rules beside those of routes could judge differently. */
function differBeside(one: PolicyDocument, other: PolicyDocument): boolean {
  const [own, others] = [one, other].map(({ fields, connect, require, rules, acrLevels }) =>
    fields === undefined && connect === undefined
      ? undefined
      : JSON.stringify([fields, connect, require, rules, acrLevels]),
  );
  return own !== others;
}

type Comparison = ReturnType<typeof compareRules>;
/** The plainest witness so far. */
interface Kept {
  readonly cost: number;
  readonly certain: boolean;
  readonly witness: Witness;
}

type Facts = NonNullable<Found["certain"]>;

/** A change in the making. */
interface Draft {
  readonly before: string | null;
  readonly after: string | null;
  gains?: Kept;
  loses?: Kept;
  readonly unknown: Set<string>;
}

/** More than any witness costs. */
const costOfDoubt = 1_000_000;

/** Keeps the plainest witness, and before all one that is certain. */
function take(
  draft: Draft,
  way: "gains" | "loses",
  { certain, possible, tooComplex }: Found,
  makeWitness: (facts: Facts, certain: boolean) => Witness,
): void {
  if (tooComplex) draft.unknown.add("its rules are too complex to compare");
  const facts = certain ?? possible;
  if (facts === undefined) return;
  const known = draft[way];
  const isCertain = certain !== undefined;
  const cost = facts.cost + (isCertain ? 0 : costOfDoubt);
  if (known !== undefined && known.cost <= cost) return;
  draft[way] = { cost, certain: isCertain, witness: makeWitness(facts, isCertain) };
}

function report(drafts: readonly Draft[], old: PolicyDocument, fresh: PolicyDocument): PolicyDiff {
  const changes = drafts.flatMap(({ before, after, gains, loses, unknown }): RouteChange[] => {
    const moved = before !== null && after !== null && before !== after;
    if (gains === undefined && loses === undefined && unknown.size === 0 && !moved) return [];
    return [
      Object.freeze({
        ...(before !== null && { before }),
        ...(after !== null && { after }),
        ...(gains !== undefined && { gains: gains.witness }),
        ...(loses !== undefined && { loses: loses.witness }),
        ...(unknown.size > 0 && { unknown: Object.freeze([...unknown]) }),
      }),
    ];
  });
  const different = drafts.some(({ gains, loses }) => gains?.certain || loses?.certain);
  const open = drafts.some(({ gains, loses, unknown }) => gains ?? loses ?? unknown.size > 0);
  const facts = {
    verdict: different ? "different" : open ? "unknown" : "same",
    changes: Object.freeze(changes),
    added: Object.freeze(Object.keys(fresh.routes).filter((key) => !Object.hasOwn(old.routes, key))),
    removed: Object.freeze(Object.keys(old.routes).filter((key) => !Object.hasOwn(fresh.routes, key))),
  } as const;
  return Object.freeze({ ...facts, text: diffText(facts) });
}

/** A policy with its routes taken apart. */
interface ReadPolicy {
  readonly name: Side["name"];
  readonly policy: Policy;
  readonly patterns: ReadonlyMap<string, RoutePattern>;
}

function sideOf(name: Side["name"], policy: Policy): ReadPolicy {
  // The policy has been loaded, so that each key is that of a route.
  const patterns = Object.keys(policy.document.routes).map((key) => readRouteKey(key, placeOf("", [])) as RoutePattern);
  return { name, policy, patterns: new Map(patterns.map((pattern) => [pattern.key, pattern])) };
}

function regionPolicyOf({ policy, patterns }: ReadPolicy) {
  const { caseSensitive, strict } = policy.document;
  return { patterns: [...patterns.values()], caseSensitive, strict };
}

function bind({ name, policy, patterns }: ReadPolicy, key: string | null, region: RequestRegion): Side {
  const pattern = key === null ? undefined : patterns.get(key);
  if (pattern === undefined) return { name, policy, bound: undefined };
  const { rules, acrLevels } = policy.document;
  const rule = wholeRule(policy.document, pattern.key);
  return { name, policy, bound: { rule, rules, acrLevels, parts: partsInRegion(pattern, region), route: pattern.key } };
}

const whole = new WeakMap<PolicyDocument, Map<string, Rule>>();

/** The rule of a route with `require`, the same object each time. */
function wholeRule(document: PolicyDocument, key: string): Rule {
  const known = whole.get(document) ?? new Map<string, Rule>();
  whole.set(document, known);
  const own = document.routes[key as keyof typeof document.routes] as Rule;
  const rule =
    known.get(key) ?? (document.require === undefined || own === "anyone" ? own : { allOf: [document.require, own] });
  known.set(key, rule);
  return rule;
}

function readKeys({ bound }: Side): readonly string[] {
  if (bound === undefined) return [];
  const names = leavesOf(bound.rule, bound.rules).flatMap(paramsIn);
  // A rule reads no parameter that its route does not have.
  return names.map((name) => (bound.parts.get(name) as PathPart).key);
}

/** Whether two rules say the same in the same words. */
function isSame(one: BoundRule | undefined, other: BoundRule | undefined): boolean {
  if (one === undefined || other === undefined || one.route !== other.route) return false;
  return JSON.stringify(one.rule) === JSON.stringify(other.rule);
}

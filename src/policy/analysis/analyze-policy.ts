import { refuseUnknownOptions } from "../../configuration.ts";
import { parseTarget } from "../../target.ts";
import type { Policy } from "../define-policy.ts";
import { quote } from "../explain.ts";
import type { FieldKey } from "../field-key.ts";
import { keyStep, placeOf } from "../policy-error.ts";
import { type RoutePattern, readRouteKey } from "../route-key.ts";
import type { Rule } from "../rule.ts";
import { anyCallers } from "./any-callers.ts";
import { besideFindings } from "./beside-findings.ts";
import { type BoundRule, leavesOf, paramsIn } from "./bound-rule.ts";
import { callerProfiles } from "./caller-model.ts";
import { unlessTooComplex } from "./decision-diagram.ts";
import { findingLines } from "./finding-text.ts";
import { groupSpellings } from "./group-spellings.ts";
import { type Overlap, overlappingRoutes, type Winner } from "./overlapping-routes.ts";
import { anyPart, partsOfPattern } from "./path-parts.ts";
import type { Finding, PolicyAnalysis, PolicyFinding } from "./policy-finding.ts";
import { redundantFinding } from "./redundant-finding.ts";
import { matchOf } from "./route-place.ts";
import { type Reserve, type RouteStudy, studyRoute, studyRule } from "./route-study.ts";
import { routeWitness } from "./route-witness.ts";
import { type Ruled, ruleFindings } from "./rule-findings.ts";
import { isWrittenAnyone } from "./rule-part.ts";
import { unusedRules } from "./unused-rules.ts";

/** What {@link analyzePolicy} takes beside the policy. */
export interface AnalyzeOptions {
  /**
   * Whether there are verifiers beside those of poolgate, or sessions that you open yourself, so that callers may have any
   * attributes; false by default. Few routes are out of reach then.
   */
  readonly customVerifiers?: boolean;
}

/** How many steps all rules of a policy may take together, which is some seconds. */
const allSteps = 2_000_000;

/**
 * Looks for what is likely a mistake in a policy, and for what is worth knowing: rules that are always true, parts of rules that
 * never matter, routes and fields out of reach of all signed callers or of all with a token, named rules that nobody uses, groups that
 * differ in case, and routes that share requests.
 *
 * Each claim holds for all callers whom the verifiers of poolgate make, all requests and all answers of functions and engines.
 * What depends on such answers, or would take too long, is told as `cannot_tell` and never guessed. It takes up to
 * some seconds, in which nothing else runs: use it in tests and on the command line rather than in front of requests.
 *
 * @example
 * ```ts
 * import { analyzePolicy, loadPolicy } from "poolgate/policy";
 *
 * const { findings, text } = analyzePolicy(await loadPolicy("policy.yaml"));
 * if (findings.some(({ severity }) => severity === "warning")) throw new Error(text);
 * ```
 */
export function analyzePolicy(policy: Policy, options: AnalyzeOptions = {}): PolicyAnalysis {
  refuseUnknownOptions("analyzePolicy", options, ["customVerifiers"]);
  const live = policy.current ?? policy;
  const profiles = options.customVerifiers ? [...callerProfiles, ...anyCallers.slice(1)] : callerProfiles;
  const reserve: Reserve = { steps: allSteps };
  const found = [sharedFindings, tableFindings, besideFindings].flatMap((find) => find(live, profiles, reserve));
  const findings = live.locate === undefined ? found : inText(found, live.locate);
  return Object.freeze({
    findings: Object.freeze(findings.map((finding) => Object.freeze(finding))),
    text: findings.flatMap(findingLines).join("\n"),
  });
}

type Profiles = typeof callerProfiles;

/** What is found in `require` and in the named rules. */
function sharedFindings({ document }: Policy, profiles: Profiles, reserve: Reserve): readonly Finding[] {
  const { require, rules, acrLevels } = document;
  const unused = new Set(unusedRules(document));
  const findings: Finding[] = [];

  function study(own: Rule, where: string, facts: Pick<Finding, "rule">): void {
    const parts = new Map(
      leavesOf(own, rules)
        .flatMap(paramsIn)
        .map((name) => [name, anyPart(name)]),
    );
    const bound: BoundRule = { rule: own, rules, acrLevels, parts };
    // What a named rule is used for is not known here: it may stand below `not`.
    const { always, redundant } = studyRule(
      profiles,
      bound,
      ({ yes, no }) => (facts.rule === undefined ? [yes] : [yes, no]),
      reserve,
    );
    if (always?.always === true && !isWrittenAnyone(own, rules)) {
      const finding = "this rule is always true; write anyone if that is meant";
      findings.push({ code: "always_true", severity: "warning", where, ...facts, finding });
    }
    for (const part of redundant ?? []) findings.push({ ...redundantFinding(part, where), ...facts });
    if (redundant === undefined) {
      const finding = "cannot tell whether each part of the rule matters: it is too complex";
      findings.push({ code: "cannot_tell", severity: "note", where, ...facts, finding });
    }
  }

  if (require !== undefined) study(require, "require", {});
  for (const [name, own] of Object.entries(rules)) {
    const where = `rules${keyStep(name)}`;
    study(own, where, { rule: name });
    if (!unused.has(name)) continue;
    const finding =
      "neither a route, a field, connect nor require uses this rule; leave it out, unless a guard in the code uses it";
    findings.push({ code: "unused_rule", severity: "warning", where, key: where, rule: name, finding });
  }
  for (const { group, where, usual, usualAt } of groupSpellings(document)) {
    const finding = `the group ${quote(group)} is ${quote(usual)} in ${usualAt}; names are compared exactly, so these are two groups`;
    findings.push({ code: "group_case", severity: "warning", where, ...ownerOf(where, document), finding });
  }
  return findings;
}

/** What is found in the routes. */
function tableFindings(policy: Policy, profiles: Profiles, reserve: Reserve): readonly Finding[] {
  const { require, rules, routes, acrLevels, caseSensitive, strict } = policy.document;
  // The policy has been loaded, so that each key is that of a route.
  const patterns = Object.keys(routes).map((key) => readRouteKey(key, placeOf("", [])) as RoutePattern);
  const overlaps = unlessTooComplex(() => overlappingRoutes(patterns, { caseSensitive, strict }));
  const overlapOf = new Map(overlaps?.map((overlap) => [overlap.loser.key, overlap]));
  const studies = new Map<string, RouteStudy>();

  const findings = patterns.flatMap((pattern): readonly Finding[] => {
    const rule = routes[pattern.key as keyof typeof routes] as Rule;
    const overlap = overlapOf.get(pattern.key);
    const overlapping = overlap === undefined ? [] : [overlapFinding(policy, overlap)];
    if (rule === "anyone") return overlapping;
    const bound: BoundRule = { rule, rules, acrLevels, parts: partsOfPattern(pattern) };
    const reads = leavesOf({ allOf: [require ?? rule, rule] }, rules).flatMap(paramsIn);
    const key = JSON.stringify([rule, reads.map((name) => bound.parts.get(name)?.key)]);
    const study = studies.get(key) ?? studyRoute(profiles, bound, require, reserve);
    studies.set(key, study);
    return [...ruleFindings(policy, ruledBy(policy, pattern), bound, study), ...overlapping];
  });
  if (overlaps !== undefined) return findings;
  const finding = "cannot tell which routes overlap: there are too many ways";
  return [...findings, { code: "cannot_tell", severity: "note", where: "routes", key: "routes", finding }];
}

function ruledBy(policy: Policy, pattern: RoutePattern): Ruled {
  return {
    where: `routes${keyStep(pattern.key)}`,
    of: { route: pattern.key },
    witness: (whole, facts, certain) => routeWitness(policy, pattern, whole, facts, certain),
  };
}

function overlapFinding(policy: Policy, { loser, winners, more }: Overlap): Finding {
  const where = `routes${keyStep(loser.key)}`;
  const keys = winners.map(({ pattern }) => pattern.key);
  const shown = winners.slice(0, 3).map((winner) => `${quote(winner.pattern.key)}${sampleText(policy, winner, loser)}`);
  const rest = more ? " and others" : keys.length > 3 ? ` and ${keys.length - 3} more` : "";
  const finding = `more specific routes match some of its requests too, and win: ${shown.join("; ")}${rest}`;
  return {
    ...{ code: "overlapping_routes", severity: "note", where, key: where, route: loser.key, finding },
    winners: Object.freeze(keys),
  };
}

/** A request that both match, where no third route takes it. */
function sampleText(policy: Policy, { pattern, path }: Winner, loser: RoutePattern): string {
  const method = [pattern.method, loser.method, "GET"].find((own) => own !== "*") as string;
  const isTaken = matchOf(policy, method, parseTarget(path))?.route === pattern.key;
  return isTaken ? `, such as ${method} ${path}` : "";
}

/** The named rule, the route, the key of fields or `connect` in which something is. */
function ownerOf(where: string, { rules, routes, fields = {} }: Policy["document"]): Partial<Finding> {
  const isIn = (owner: string) => where.startsWith(owner) && /^[.[]/.test(where.slice(owner.length));
  const rule = Object.keys(rules).find((name) => isIn(`rules${keyStep(name)}`));
  const route = Object.keys(routes).find((key) => isIn(`routes${keyStep(key)}`));
  const field = (Object.keys(fields) as FieldKey[]).find((key) => isIn(`fields${keyStep(key)}`));
  return {
    ...(rule !== undefined && { rule }),
    ...(route !== undefined && { route }),
    ...(field !== undefined && { field }),
    ...(isIn("connect") && { connect: true }),
  };
}

/** Puts findings into the order of the text. */
function inText(findings: readonly Finding[], locate: NonNullable<Policy["locate"]>): readonly PolicyFinding[] {
  return findings
    .map((finding) => ({
      ...finding,
      location: finding.key === undefined ? locate(finding.where) : locate(finding.key, "key"),
    }))
    .sort(({ location: one }, { location: other }) => one.line - other.line || one.column - other.column);
}

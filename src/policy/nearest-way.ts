import type { PrincipalKind } from "../principal.ts";
import type { ExplainedRule } from "./explain.ts";
import { demandOf } from "./leaf-demand.ts";
import type { Rule } from "./rule.ts";

/** One way for a rule to become true. */
export interface Way {
  /** What would have to be otherwise, all of it; in words. */
  readonly steps: readonly string[];
  /** The kinds of caller for whom the way is open. */
  readonly kinds: ReadonlySet<PrincipalKind>;
}

/** A rule of a few levels has more ways than anybody reads; the nearest are kept at each level. */
const mostWays = 64;
/** Nobody goes a way of more steps; what follows them is not told. */
const mostSteps = 50;
const andMore = "more than is told here";
/** How many ways are joined with others before only the nearest of them is kept, so that no rule takes long. */
const mostJoined = 20_000;

/** A rule and what came of it. */
export type JudgedRule = readonly [rule: Rule, explained: ExplainedRule];

/**
 * The ways in which all of the rules could have been true that need the fewest changes; empty where nothing that is known
 * would do.
 *
 * Each leaf is looked at by itself, but for the kind of caller: no way is given that needs a guest and a user at once. Whether
 * a certain caller can go it, nobody can tell from a policy.
 *
 * @param rules the named rules of the policy.
 */
export function nearestWays(judged: readonly JudgedRule[], rules: Readonly<Record<string, Rule>>): readonly Way[] {
  let left = mostJoined;

  function waysTo(wanted: boolean, rule: Rule, explained: ExplainedRule): readonly Way[] {
    const children = explained.children ?? [];
    const inner = (parts: readonly Rule[], value: boolean) =>
      parts.map((part, index) => waysTo(value, part, children[index] as ExplainedRule));
    if (typeof rule === "object") {
      if ("rule" in rule) return inner([rules[rule.rule] as Rule], wanted).flat();
      if ("not" in rule) return inner([rule.not], !wanted).flat();
      if ("allOf" in rule) return wanted ? all(inner(rule.allOf, true)) : any(inner(rule.allOf, false));
      if ("anyOf" in rule) return wanted ? any(inner(rule.anyOf, true)) : all(inner(rule.anyOf, false));
    }
    const { step, kinds } = demandOf(rule, explained, wanted);
    if (explained.value === wanted) return [{ steps: [], kinds }];
    return step === undefined ? [] : [{ steps: [step], kinds }];
  }

  function all(parts: readonly (readonly Way[])[]): readonly Way[] {
    let joined: readonly Way[] = [{ steps: [], kinds: everyKind }];
    for (const ways of parts) {
      left -= joined.length * ways.length;
      const both = joined.flatMap((one) => ways.flatMap((other) => join(one, other) ?? []));
      joined = nearest(both, left > 0 ? mostWays : 1);
    }
    return joined;
  }

  const ways = all(judged.map(([rule, explained]) => waysTo(true, rule, explained)));
  const fewest = Math.min(...ways.map(({ steps }) => steps.length));
  return ways.filter(({ steps }) => steps.length === fewest);
}

function any(choices: readonly (readonly Way[])[]): readonly Way[] {
  return nearest(choices.flat(), mostWays);
}

function join(one: Way, other: Way): Way | undefined {
  const kinds = new Set([...one.kinds].filter((kind) => other.kinds.has(kind)));
  if (kinds.size === 0) return undefined;
  const steps = [...new Set([...one.steps, ...other.steps])];
  return { steps: steps.length > mostSteps ? [...steps.slice(0, mostSteps), andMore] : steps, kinds };
}

const everyKind: ReadonlySet<PrincipalKind> = new Set(["user", "client", "role", "guest", "anonymous"]);

function nearest(ways: readonly Way[], most: number): readonly Way[] {
  return [...ways].sort((one, other) => one.steps.length - other.steps.length).slice(0, most);
}

import type { Rule } from "../rule.ts";
import { type BoundRule, ruleEntry } from "./bound-rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import type { Diagram } from "./decision-diagram.ts";
import { leafConditions } from "./leaf-conditions.ts";
import { type Condition, createVariables, type Variable } from "./variables.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** The callers and requests that some rules can tell apart, and what the rules make of them. */
export interface World {
  readonly profile: Variable<CallerProfile>;
  /** Where one of the rules is true, and where it is false. */
  condition(bound: BoundRule): Condition;
  and(...parts: readonly Diagram[]): Diagram;
  not(part: Diagram): Diagram;
  /** Yes where the diagram is so whatever comes out of the leaves that nobody can foresee. */
  whateverOpaque(diagram: Diagram): Diagram;
  /** The part of a diagram that can be: of two that say the same of all who can be, it is the same object. */
  possible(diagram: Diagram): Diagram;
  /** The plainest caller and request for whom the diagram says yes; undefined where there is none. */
  find(diagram: Diagram): WitnessFacts | undefined;
  /** How many steps have been taken of those that are allowed. */
  spent(): number;
}

/** How many steps a question may take by default, which is well below a second. What takes more cannot be told. */
const defaultLimit = 300_000;

/**
 * Makes the world of some rules.
 *
 * All of it throws TooComplex where a question takes more work than is allowed.
 */
export function createWorld(
  profiles: readonly CallerProfile[],
  bounds: readonly BoundRule[],
  limit: number = defaultLimit,
): World {
  const variables = createVariables(limit);
  const { and, not } = variables.diagrams;
  // Not as arguments of one call: a rule may have more parts than a call takes.
  const all = (parts: readonly Diagram[]) => parts.reduce((one, other) => and(one, other), variables.diagrams.always);
  const any = (parts: readonly Diagram[]) => not(all(parts.map(not)));
  const profile = variables.add(profiles, (caller) => profiles.indexOf(caller));
  const leaves = leafConditions(variables, profile, bounds);

  function condition(bound: BoundRule): Condition {
    const known = new Map<Rule, Condition>();
    function conditionOf(rule: Rule): Condition {
      const found = known.get(rule) ?? join(rule);
      known.set(rule, found);
      return found;
    }
    function join(rule: Rule): Condition {
      const [key, argument] = ruleEntry(rule);
      if (key === "rule") return conditionOf(bound.rules[argument as string] as Rule);
      if (key === "not") {
        const { yes, no } = conditionOf(argument as Rule);
        return { yes: no, no: yes };
      }
      if (key !== "allOf" && key !== "anyOf") return leaves.condition(rule, bound);
      const parts = (argument as readonly Rule[]).map(conditionOf);
      const yes = parts.map((part) => part.yes);
      const no = parts.map((part) => part.no);
      return key === "allOf" ? { yes: all(yes), no: any(no) } : { yes: any(yes), no: all(no) };
    }
    return conditionOf(bound.rule);
  }

  let feasible: { readonly count: number; readonly diagram: Diagram } | undefined;
  function possible(diagram: Diagram): Diagram {
    // What is feasible is known only now, since conditions make the variables.
    const count = variables.count();
    if (feasible?.count !== count) feasible = { count, diagram: leaves.feasible() };
    return and(feasible.diagram, diagram);
  }

  return {
    profile,
    condition,
    and,
    not,
    spent: variables.diagrams.spent,
    whateverOpaque: (diagram) => variables.diagrams.whatever(leaves.opaqueLevels(), diagram),
    possible,
    find(diagram) {
      const choice = variables.cheapest(possible(diagram));
      return choice && leaves.describe(choice);
    },
  };
}

import type { Decision, Explanation } from "../decision.ts";
import type { Policy } from "../policy/define-policy.ts";
import { nearestWays } from "../policy/nearest-way.ts";
import type { RouteMethod } from "../policy/route-key.ts";
import { parseTarget } from "../target.ts";
import type { PersonaRequest } from "./judge.ts";

/** Why a decision came out as it did, and what would have let the caller in. */
export interface Account extends Explanation {
  /**
   * The ways to be allowed that need the fewest changes, each a list of them; absent where the caller is allowed, empty where no way
   * is known.
   */
  readonly nearest?: readonly (readonly string[])[];
  /** The routes of other methods that match the path; only where none matched. */
  readonly otherRoutes?: readonly string[];
}

const methods: readonly RouteMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Explains a decision of the policy on a request. */
export function accountOf(policy: Policy, { method, target }: PersonaRequest, decision: Decision): Account {
  const explanation = decision.explain();
  if (explanation.allowed) return explanation;
  const [explained] = explanation.rules;
  if (explained === undefined) return withOtherRoutes(policy, target, decision, explanation);
  const match = policy.match(method, parseTarget(target));
  const ways = match === undefined ? [] : nearestWays(match.rule.source, explained, policy.document.rules);
  const nearest = ways.map(({ steps }) => steps);
  return { ...explanation, nearest, text: `${explanation.text}\n${waysText(nearest)}` };
}

function withOtherRoutes(policy: Policy, target: string, decision: Decision, explanation: Explanation): Account {
  // What was refused before a route was looked for has no route either.
  if (decision.principal === undefined) return explanation;
  const parsed = parseTarget(target);
  const routes = new Set(methods.flatMap((method) => policy.match(method, parsed)?.route ?? []));
  const otherRoutes = [...routes];
  const found =
    otherRoutes.length === 0 ? "none of another method does" : `of other methods: ${otherRoutes.join(", ")}`;
  const text = `${explanation.text}\nno route of the policy matches, so that nobody may do this; ${found}`;
  return { ...explanation, nearest: [], otherRoutes, text };
}

function waysText(ways: readonly (readonly string[])[]): string {
  if (ways.length === 0) return "nothing that a caller could bring would allow it";
  const lines = ways.map((steps) => `  ${steps.join(", and ")}`);
  return [ways.length === 1 ? "to be allowed:" : "to be allowed, one of:", ...lines].join("\n");
}

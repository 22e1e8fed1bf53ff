import type { Policy, RouteMatch } from "../define-policy.ts";
import type { RuleInput } from "../evaluation.ts";
import type { WitnessRequest } from "./policy-diff.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** What a witness asks for: as rules get it, and as it is told. */
export interface Asked {
  readonly seen: Omit<RuleInput, "params">;
  readonly request: WitnessRequest;
}

/** Where policies are compared: requests of a route, a GraphQL field, or the opening of a connection. */
export interface Place {
  ask(facts: WitnessFacts): Asked;
  /** What a policy judges that by; undefined where it denies it. */
  judgedBy(policy: Policy, seen: Asked["seen"]): RouteMatch | undefined;
}

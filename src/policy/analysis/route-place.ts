import type { Target } from "../../target.ts";
import type { Policy, RouteMatch } from "../define-policy.ts";
import { describeRequest } from "./describe-witness.ts";
import type { Place } from "./place.ts";
import { pathInRegion } from "./region-path.ts";
import type { RequestRegion } from "./request-regions.ts";
import { presentOperands, witnessInput } from "./witness-input.ts";

/** The requests of a region with one method. */
export function routePlace(region: RequestRegion, method: string): Place {
  return {
    ask(facts) {
      const values = new Map<string, string>();
      for (const { operand, value } of presentOperands(facts)) {
        if ("path" in operand) values.set(operand.path.key, String(value));
      }
      const seen = witnessInput(facts, method, pathInRegion(region, values));
      return { seen, request: describeRequest(facts, method, seen.request.target) };
    },
    judgedBy: (policy, { request, target }) => matchOf(policy, request.method, target),
  };
}

/** What a request is found under; undefined also where it is refused, since it has a segment of a route in other escapes. */
export function matchOf(policy: Policy, method: string, target: Target): RouteMatch | undefined {
  try {
    return policy.match(method, target);
  } catch {
    return undefined;
  }
}

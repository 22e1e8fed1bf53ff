import { parseTarget } from "../../target.ts";
import type { Policy } from "../define-policy.ts";
import type { RoutePattern } from "../route-key.ts";
import type { BoundRule } from "./bound-rule.ts";
import { describeRequest } from "./describe-witness.ts";
import { findingWitness } from "./finding-witness.ts";
import type { FindingWitness } from "./policy-finding.ts";
import { matchOf } from "./route-place.ts";
import { judgedMethods } from "./unreachable-routes.ts";
import type { WitnessFacts } from "./witness-facts.ts";
import { presentOperands, witnessInput } from "./witness-input.ts";

/**
 * Makes a witness of somebody who passes a route, once the rule itself has judged him so.
 *
 * @param bound the whole rule of the route.
 * @param certain whether he passes whatever functions and engines answer.
 * @throws Error where the rule judges otherwise: the analysis is wrong then, and must not be believed.
 */
export function routeWitness(
  policy: Policy,
  pattern: RoutePattern,
  bound: BoundRule,
  facts: WitnessFacts,
  certain: boolean,
): FindingWitness {
  const values = new Map<string, string>();
  for (const { operand, value } of presentOperands(facts)) {
    if ("path" in operand) values.set(operand.path.key, String(value));
  }
  const path = pathOf(pattern, values);
  const methods = pattern.method === "*" ? judgedMethods : [pattern.method];
  const target = parseTarget(path);
  const method = methods.find((own) => matchOf(policy, own, target)?.route === pattern.key);
  const seen = witnessInput(facts, method ?? (methods[0] as string), path);
  const params = Object.fromEntries([...bound.parts].map(([name, { key }]) => [name, values.get(key) ?? plain]));
  return findingWitness(policy, bound, facts, certain, {
    ...{ input: { ...seen, params }, name: pattern.key },
    request: method === undefined ? undefined : describeRequest(facts, method, seen.request.target),
  });
}

/** What stands in a path where nobody asked about it. */
const plain = "other-1";

function pathOf({ segments, trailingSlash }: RoutePattern, values: ReadonlyMap<string, string>): string {
  const texts = segments.flatMap((segment, index) => {
    if (segment.kind === "static") return [segment.text];
    if (segment.kind !== "rest") return [encodeURIComponent(values.get(`${index}`) ?? plain)];
    if (segment.name === undefined) return [];
    return (values.get(`${index}...`) ?? plain).split("/").map(encodeURIComponent);
  });
  return `/${texts.join("/")}${trailingSlash && texts.length > 0 ? "/" : ""}`;
}

import { lockPrincipal } from "../principal.ts";
import type { RuleInput } from "./evaluation.ts";
import type { Inquiry } from "./inquiry.ts";
import type { Literal } from "./rule.ts";

/** What one leaf asks of a request. */
export function inquiryOf(input: RuleInput, given: readonly (readonly [name: string, value: Literal])[]): Inquiry {
  const { principal, request, target, route, now } = input;
  lockPrincipal(principal);
  return Object.freeze({
    principal,
    method: methodOf(input),
    path: target.path,
    route,
    params: record(textParams(input)),
    remoteAddress: request.remoteAddress,
    now,
    arguments: record(given),
  });
}

/** A text that is the same for inquiries about one request that are the same. */
export function inquiryKey(input: RuleInput, given: readonly (readonly [name: string, value: Literal])[]): string {
  return JSON.stringify([methodOf(input), input.route, textParams(input).sort(), given]);
}

function methodOf({ method, request }: RuleInput): string {
  return method ?? request.method;
}

function textParams({ params }: RuleInput): (readonly [string, string])[] {
  return Object.entries(params).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
}

function record<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  const made: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) made[name] = value;
  return Object.freeze(made);
}

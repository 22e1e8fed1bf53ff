import type { WitnessCaller, WitnessRequest } from "./policy-diff.ts";

/** Who a witness is, for a person. */
export function witnessCallerText(caller: WitnessCaller): string {
  const { who, kind: _kind, verifiedBy: _verifiedBy, groupsKnown, ...attributes } = caller;
  const has = Object.entries(attributes).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  if (groupsKnown === "open") has.push("other groups unknown");
  if (groupsKnown === "unknown") has.push("groups unknown");
  return [who, ...has].join(", ");
}

/** What a witness asks for, for a person. */
export function witnessRequestText({ method, target, headers = {} }: WitnessRequest): string {
  return [`${method} ${target}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join(", ");
}

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
export function witnessRequestText(request: WitnessRequest): string {
  const headers = Object.entries(request.headers ?? {});
  return [askedText(request), ...headers.map(([name, value]) => `${name}: ${value}`)].join(", ");
}

function askedText({ method, target, field, connect }: WitnessRequest): string {
  if (field !== undefined) return `the field ${field}`;
  if (connect) return `to connect${target === undefined ? "" : ` with ${target.slice(target.indexOf("?"))}`}`;
  return `${method} ${target}`;
}

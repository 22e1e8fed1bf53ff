import type { LoggedDecision } from "../../observe/logged-decision.ts";
import type { Policy } from "../../policy/define-policy.ts";
import { type FieldName, typeOf } from "../../policy/field-key.ts";
import type { FoundGates, ReplayedGate } from "./replayed-gate.ts";

/** As decisions name the place of a WebSocket connection. */
export const connectRoute = "$connect";

/**
 * The rules of the GraphQL fields of a line: of all that were judged, and of those asked further in which the new policy names,
 * but of none that no key of it names any more: such a field comes with the one that leads to it.
 *
 * `fields` begins with one that the operation begins with, which is judged under any policy, and so are all of its type.
 */
export function fieldGates(policy: Policy, line: LoggedDecision, fields: readonly string[]): FoundGates {
  const { nested = [], method } = line;
  const place = { fields };
  const [first = ""] = fields;
  const isFurtherIn = (field: string) => (nested === null ? typeOf(field) !== typeOf(first) : nested.includes(field));
  const gates: ReplayedGate[] = [];
  for (const field of new Set([...fields, ...(nested ?? [])])) {
    const match = policy.matchField(field as FieldName);
    if (match === undefined) return { gates, place, ruleless: true };
    if (match.field === "*" && isFurtherIn(field)) continue;
    gates.push({ rule: match.rule, ...{ method, params: {}, param: () => "missing" }, place: { fields: [field] } });
  }
  return { gates, place, ...(nested === null && { doubt: "the fields that were asked are not logged in full" }) };
}

/** The rule of the new policy for opening a WebSocket connection. */
export function connectGates({ connect: rule }: Policy, line: LoggedDecision): FoundGates {
  const { method, principal } = line;
  const place = { route: connectRoute };
  if (rule !== undefined) return { gates: [{ rule, method, params: {}, param: () => "missing", place }], place };
  // The authorizer of AppSync, of which all requests are POST and no other's are, asks for `connect` only where there is one.
  const perhapsUnasked = method === "POST" && principal?.kind !== "anonymous";
  if (!perhapsUnasked) return { gates: [], place, ruleless: true };
  return { gates: [], place, doubt: "without connect, AppSync lets whoever is known open a connection" };
}

import { compileRule } from "../compile.ts";
import type { Policy } from "../define-policy.ts";
import type { FieldName } from "../field-key.ts";
import { describeHeaders } from "./describe-witness.ts";
import type { Place } from "./place.ts";
import { witnessInput } from "./witness-input.ts";

/** Where an operation asks for a field: at its beginning, or further in. */
export type FieldPosition = "root" | "further in";

/** A field of a GraphQL type, where operations ask for it. */
export function fieldPlace(field: FieldName, position: FieldPosition): Place {
  return {
    // Rules of fields read neither the path nor the query that all fields are asked under.
    ask: (facts) => ({
      seen: witnessInput(facts, "POST", "/graphql"),
      request: Object.freeze({ field, ...describeHeaders(facts) }),
    }),
    judgedBy(policy) {
      if (isOpen(policy, field, position)) return { route: "*", rule: compileRule("anyone"), params: {} };
      const match = policy.matchField(field);
      return match && { route: match.field, rule: match.rule, params: {} };
    },
  };
}

/** Whether a field is not judged, but comes with the one that leads to it: one further in that no key but `*` is for. */
export function isOpen(policy: Policy, field: FieldName, position: FieldPosition): boolean {
  return position === "further in" && policy.matchField(field)?.field === "*";
}

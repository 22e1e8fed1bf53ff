import type { AuthError } from "./errors.ts";
import { type Explanation, type ExplanationFacts, explanationOf } from "./explanation.ts";
import type { Rule } from "./policy/rule.ts";
import type { Principal } from "./principal.ts";

/** The guard of a decision. */
export interface JudgedGuard {
  readonly rule: Rule;
  /** What its framework matched. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The part of a decision that does not depend on how it came out. */
interface DecisionBase {
  /**
   * The route of the policy that was judged, `$connect` for a WebSocket connection; undefined where none matched or none was
   * looked for.
   */
  readonly route?: string;
  /** The GraphQL fields that were judged in place of a route, such as `Mutation.deleteUser`. */
  readonly fields?: readonly string[];
  /** What the operation asks further in, of other types than operations begin with; those in `fields` are judged. */
  readonly nested?: readonly string[];
  /** The guard that was asked beside the route; absent where none was, or where the request was refused before. */
  readonly guard?: JudgedGuard;
  /** Says why. It evaluates the rules a second time, so it costs nothing until it is asked. */
  explain(): Explanation;
}

/** The request is allowed. */
export interface Allowed<P extends Principal = Principal> extends DecisionBase {
  readonly allowed: true;
  readonly principal: P;
}

/** The request is refused. */
export interface Denied<P extends Principal = Principal> extends DecisionBase {
  readonly allowed: false;
  readonly error: AuthError;
  /** Who was refused; absent where the credential itself was. */
  readonly principal?: P;
}

/** Whether a request is allowed, with a stable code and an explanation on demand. It never throws. */
export type Decision<P extends Principal = Principal> = Allowed<P> | Denied<P>;

/** What the authorizer knows when it has come to a decision. */
export interface DecisionFacts extends ExplanationFacts {
  guard?: JudgedGuard;
  readonly nested?: readonly string[];
}

/** Makes the decision that allows. */
export function allowed(principal: Principal, facts: DecisionFacts): Allowed {
  const { route, guard, fields, nested } = facts;
  const explain = () => explanationOf(facts);
  if (guard !== undefined || fields !== undefined) {
    return Object.freeze<Allowed>({
      ...(route !== undefined && { route }),
      ...(fields !== undefined && { fields }),
      ...(nested !== undefined && { nested }),
      ...(guard !== undefined && { guard }),
      allowed: true,
      principal,
      explain,
    });
  }
  return Object.freeze<Allowed>(
    route === undefined ? { allowed: true, principal, explain } : { route, allowed: true, principal, explain },
  );
}

/** Makes the decision that refuses. */
export function denied(error: AuthError, facts: DecisionFacts): Denied {
  return Object.freeze({
    ...(facts.route !== undefined && { route: facts.route }),
    ...(facts.fields !== undefined && { fields: facts.fields }),
    ...(facts.nested !== undefined && { nested: facts.nested }),
    ...(facts.guard !== undefined && { guard: facts.guard }),
    ...(facts.principal !== undefined && { principal: facts.principal }),
    allowed: false,
    error,
    explain: () => explanationOf(facts, error),
  } as const);
}

import type { AuthError, AuthErrorCode } from "./errors.ts";
import { type ExplainedRule, explainText, printable } from "./policy/explain.ts";
import type { Rule } from "./policy/rule.ts";
import type { Principal, PrincipalKind } from "./principal.ts";

/** Why a decision came out as it did. It holds no credential, and no value of a header or a query. */
export interface Explanation {
  readonly allowed: boolean;
  /** The code of the refusal. */
  readonly code?: AuthErrorCode;
  /** The refusal in one sentence. */
  readonly sentence?: string;
  /** The route that was judged, as the policy writes it. */
  readonly route?: string;
  /** Who was judged; absent where the credential was refused before anybody was known. */
  readonly caller?: { readonly kind: PrincipalKind; readonly id: string; readonly verifiedBy: string };
  /** The rules that were evaluated: the route's, then the guard's. Each had to be true. */
  readonly rules: readonly ExplainedRule[];
  /** All of it as lines for a person. */
  readonly text: string;
}

/** The guard of a decision. */
export interface JudgedGuard {
  readonly rule: Rule;
  /** What its framework matched. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The part of a decision that does not depend on how it came out. */
interface DecisionBase {
  /** The route of the policy that was judged; undefined where none matched or none was looked for. */
  readonly route?: string;
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
export interface DecisionFacts {
  route?: string;
  guard?: JudgedGuard;
  readonly principal?: Principal;
  /** Evaluates the rules again, with an account of each. */
  readonly rules: () => readonly ExplainedRule[];
}

/** Makes the decision that allows. */
export function allowed(principal: Principal, facts: DecisionFacts): Allowed {
  const { route, guard } = facts;
  const explain = () => explanation(facts);
  if (guard !== undefined) {
    return Object.freeze<Allowed>({ ...(route !== undefined && { route }), guard, allowed: true, principal, explain });
  }
  return Object.freeze<Allowed>(
    route === undefined ? { allowed: true, principal, explain } : { route, allowed: true, principal, explain },
  );
}

/** Makes the decision that refuses. */
export function denied(error: AuthError, facts: DecisionFacts): Denied {
  return Object.freeze({
    ...(facts.route !== undefined && { route: facts.route }),
    ...(facts.guard !== undefined && { guard: facts.guard }),
    ...(facts.principal !== undefined && { principal: facts.principal }),
    allowed: false,
    error,
    explain: () => explanation(facts, error),
  } as const);
}

function explanation(facts: DecisionFacts, error?: AuthError): Explanation {
  const { route, principal } = facts;
  const rules = facts.rules();
  const heading = error === undefined ? "allowed" : `denied: ${error.code} - ${error.message}`;
  const caller = principal && { kind: principal.kind, id: principal.id, verifiedBy: principal.verifiedBy };
  const lines = [
    heading,
    ...(caller === undefined
      ? []
      : [`caller: ${printable(caller.id)} (${caller.kind}, verified by ${caller.verifiedBy})`]),
    ...(route === undefined ? [] : [`route: ${route}`]),
    ...rules.map(explainText),
  ];
  return {
    allowed: error === undefined,
    ...(error !== undefined && { code: error.code, sentence: error.message }),
    ...(route !== undefined && { route }),
    ...(caller !== undefined && { caller }),
    rules,
    text: lines.join("\n"),
  };
}

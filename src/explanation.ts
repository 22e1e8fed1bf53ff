import type { AuthError, AuthErrorCode } from "./errors.ts";
import { type ExplainedRule, explainText, printable } from "./policy/explain.ts";
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
  /** The GraphQL fields that were judged in place of a route, in the order of `rules`. */
  readonly fields?: readonly string[];
  /** Who was judged; absent where the credential was refused before anybody was known. */
  readonly caller?: { readonly kind: PrincipalKind; readonly id: string; readonly verifiedBy: string };
  /** The rules that were evaluated: the route's, then the guard's. Each had to be true. */
  readonly rules: readonly ExplainedRule[];
  /**
   * The ways to be allowed that need the fewest changes, each a list of them in words; only where a known caller was denied, and
   * empty where no way is known. Each leaf is looked at by itself, but for the kind of caller; whether a certain caller can go a
   * way, a policy cannot tell. It is worked out when it is first read.
   */
  readonly nearest?: readonly (readonly string[])[];
  /** The routes of other methods that match the path; only where none matched the method. It is worked out when it is first read. */
  readonly otherRoutes?: readonly string[];
  /** All of it as lines for a person. It is worked out when it is first read. */
  readonly text: string;
}

/** What an explanation is made of; what may be dear is a function. */
export interface ExplanationFacts {
  route?: string;
  readonly fields?: readonly string[];
  readonly principal?: Principal;
  /** Evaluates the rules again, with an account of each. */
  readonly rules: () => readonly ExplainedRule[];
  /** The nearest ways for all of the rules to be true, by what came of them. */
  readonly nearest?: (rules: readonly ExplainedRule[]) => readonly (readonly string[])[];
  /** The routes of other methods that match the path; only where none matched the method. */
  otherRoutes?: () => readonly string[];
}

/** Explains a decision; with an error, the refusal. */
export function explanationOf(facts: ExplanationFacts, error?: AuthError): Explanation {
  const { route, fields, principal, otherRoutes } = facts;
  const rules = facts.rules();
  const explanation: Omit<Explanation, "text"> = {
    allowed: error === undefined,
    ...(error !== undefined && { code: error.code, sentence: error.message }),
    ...(route !== undefined && { route }),
    ...(fields !== undefined && { fields }),
    ...(principal !== undefined && {
      caller: { kind: principal.kind, id: principal.id, verifiedBy: principal.verifiedBy },
    }),
    rules,
  };
  if (error !== undefined && principal !== undefined) {
    lazily(explanation, "nearest", () => (otherRoutes === undefined ? (facts.nearest?.(rules) ?? []) : []));
    if (otherRoutes !== undefined) lazily(explanation, "otherRoutes", otherRoutes);
  }
  return lazily(explanation, "text", () => textOf(explanation));
}

/** Gives an object a property that is worked out when it is first read, and is one of its data for `JSON.stringify`. */
function lazily<T extends object, Name extends string, Value>(
  object: T,
  name: Name,
  make: () => Value,
): T & { readonly [key in Name]: Value } {
  let made: { readonly value: Value } | undefined;
  const get = () => {
    made ??= { value: make() };
    return made.value;
  };
  return Object.defineProperty(object, name, { get, enumerable: true }) as T & { readonly [key in Name]: Value };
}

function textOf({
  code,
  sentence,
  caller,
  route,
  fields,
  rules,
  nearest,
  otherRoutes,
}: Omit<Explanation, "text">): string {
  const lines = [
    code === undefined ? "allowed" : `denied: ${code} - ${sentence}`,
    ...(caller === undefined
      ? []
      : [`caller: ${printable(caller.id)} (${caller.kind}, verified by ${caller.verifiedBy})`]),
    ...(route === undefined ? [] : [`route: ${route}`]),
    ...rules.flatMap((rule, index) => {
      const field = fields?.[index];
      return field === undefined ? [explainText(rule)] : [`field: ${printable(field)}`, explainText(rule)];
    }),
  ];
  if (otherRoutes !== undefined) lines.push(otherRoutesText(otherRoutes));
  else if (nearest !== undefined) lines.push(waysText(nearest));
  return lines.join("\n");
}

function otherRoutesText(routes: readonly string[]): string {
  const found = routes.length === 0 ? "none of another method does" : `of other methods: ${routes.join(", ")}`;
  return `no route of the policy matches, so that nobody may do this; ${found}`;
}

function waysText(ways: readonly (readonly string[])[]): string {
  if (ways.length === 0) return "nothing that a caller could bring would allow it";
  const lines = ways.map((steps) => `  ${steps.join(", and ")}`);
  return [ways.length === 1 ? "to be allowed:" : "to be allowed, one of:", ...lines].join("\n");
}

/** A new authentication of a user, as a challenge asks for it (RFC 9470 Section 3). */
export interface StepUpDemand {
  /** The levels of which any suffices, least first; empty where the level does not matter. */
  readonly acrValues: readonly string[];
  /** How many seconds ago at most it may have been; undefined where its age does not matter. */
  readonly maxAge: number | undefined;
}

/** What a caller would have to gain for a rule to become true. */
export interface Remedy {
  /** All of these scopes. */
  readonly scopes: readonly string[];
  /** This authentication. */
  readonly stepUp: StepUpDemand | undefined;
}

/** Nothing to gain: the rule is true, or nobody knows yet that it is not. */
export const noRemedy: Remedy = Object.freeze({ scopes: Object.freeze([]), stepUp: undefined });

/** Whether there is nothing to gain. */
export function isNothing({ scopes, stepUp }: Remedy): boolean {
  return scopes.length === 0 && stepUp === undefined;
}

/** What gains all of the rules; undefined where one of them has no remedy. */
export function remedyOfAll(remedies: readonly (Remedy | undefined)[]): Remedy | undefined {
  const known = remedies.filter((remedy) => remedy !== undefined);
  return known.length < remedies.length ? undefined : sum(known);
}

/**
 * What gains one of the rules, none of which is true; undefined where none has a remedy.
 *
 * Scopes come first, as a client may get them without asking the user: all that any of the rules wants. Else it is the first
 * authentication.
 */
export function remedyOfAny(remedies: readonly (Remedy | undefined)[]): Remedy | undefined {
  const known = remedies.filter((remedy) => remedy !== undefined);
  const byScopes = known.filter(({ stepUp }) => stepUp === undefined);
  return byScopes.length === 0 ? known[0] : sum(byScopes);
}

function sum(remedies: readonly Remedy[]): Remedy {
  return {
    scopes: [...new Set(remedies.flatMap(({ scopes }) => scopes))],
    stepUp: remedies.map(({ stepUp }) => stepUp).reduce(stricter, undefined),
  };
}

function stricter(one: StepUpDemand | undefined, other: StepUpDemand | undefined): StepUpDemand | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    acrValues: higher(one.acrValues, other.acrValues),
    maxAge: sooner(one.maxAge, other.maxAge),
  };
}

/** Each list ends with the highest level, so the shorter one begins higher; an empty one demands nothing. */
function higher(one: readonly string[], other: readonly string[]): readonly string[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  return one.length < other.length ? one : other;
}

function sooner(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

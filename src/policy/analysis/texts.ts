import type { CallerProfile, Presence } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import { presenceHolds } from "./presence.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** A text that a caller has one of and that rules compare with names: the issuer, or the OAuth client. */
export interface NamedText {
  /** Where it is any of the names. */
  condition(names: readonly string[]): Condition;
  feasible(): Diagram;
  describe(choice: Choice): string | undefined;
}

/**
 * @param named all names that rules compare it with.
 * @param other a name that is none of those.
 */
export function namedText(
  { diagrams, add }: Variables,
  profile: Variable<CallerProfile>,
  presenceOf: (profile: CallerProfile) => Presence,
  named: ReadonlySet<string>,
  other: string,
): NamedText {
  let held: Variable<string | undefined> | undefined;
  return {
    condition(names) {
      held ??= add([undefined, other, ...named], (text) => (text === undefined ? 0 : text === other ? 100 : 101));
      return {
        yes: held.where((text) => text !== undefined && names.includes(text)),
        no: held.where((text) => text !== undefined && !names.includes(text)),
      };
    },
    feasible: () =>
      held === undefined
        ? diagrams.always
        : presenceHolds(
            diagrams,
            profile,
            presenceOf,
            held.where((text) => text !== undefined),
          ),
    describe: (choice) => held?.valueIn(choice),
  };
}

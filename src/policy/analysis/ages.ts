import type { CallerProfile } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import { presenceHolds } from "./presence.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** How long ago a caller authenticated, in seconds. */
export interface Ages {
  /** Where it is no longer ago than that. */
  atMost(seconds: number): Condition;
  feasible(): Diagram;
  describe(choice: Choice): number | undefined;
}

/** @param limits all ages that rules name. */
export function ages(
  { diagrams, add }: Variables,
  profile: Variable<CallerProfile>,
  limits: ReadonlySet<number>,
): Ages {
  let held: Variable<number | undefined> | undefined;
  return {
    atMost(seconds) {
      // Whoever is just in time, or a second too late for the last.
      held ??= add([undefined, ...limits, Math.max(...limits) + 1], (age) => (age === undefined ? 0 : 100));
      return {
        yes: held.where((age) => age !== undefined && age <= seconds),
        no: held.where((age) => age !== undefined && age > seconds),
      };
    },
    feasible: () =>
      held === undefined
        ? diagrams.always
        : presenceHolds(
            diagrams,
            profile,
            ({ authenticatedAt }) => (authenticatedAt ? "maybe" : "never"),
            held.where((age) => age !== undefined),
          ),
    describe: (choice) => held?.valueIn(choice),
  };
}

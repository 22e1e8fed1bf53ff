import type { CallerProfile, Presence } from "./caller-profile.ts";
import type { Diagram } from "./decision-diagram.ts";
import type { Variable, Variables } from "./variables.ts";

/** Where an attribute is there for those callers who always have it, and is not for those who never do. */
export function presenceHolds(
  { and, or, not }: Variables["diagrams"],
  profile: Variable<CallerProfile>,
  presenceOf: (profile: CallerProfile) => Presence,
  present: Diagram,
): Diagram {
  return and(
    or(
      profile.where((caller) => presenceOf(caller) !== "always"),
      present,
    ),
    or(
      profile.where((caller) => presenceOf(caller) !== "never"),
      not(present),
    ),
  );
}

import type { CallerProfile, GroupsKnown } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** What of a set, such as that of the groups, a witness has. */
export interface Membership {
  readonly known: GroupsKnown;
  readonly names: readonly string[];
}

/** A set of names that a caller has, of which a policy may know all, some or nothing: his groups, or his scopes. */
export interface Memberships {
  /** Where he has any of the names. */
  condition(names: readonly string[]): Condition;
  /** Which states of knowledge go with which callers. */
  feasible(): Diagram;
  /** Undefined where nobody asked. */
  describe(choice: Choice): Membership | undefined;
}

/** @param knownOf what can be known of the set of such callers. */
export function memberships(
  { diagrams, add }: Variables,
  profile: Variable<CallerProfile>,
  knownOf: (profile: CallerProfile) => readonly GroupsKnown[],
): Memberships {
  const { always, and, or, not } = diagrams;
  const held = new Map<string, Variable<boolean>>();
  let known: Variable<GroupsKnown> | undefined;

  return {
    condition(names) {
      known ??= add([...new Set(profile.values.flatMap(knownOf))]);
      const any = or(...names.map((name) => variableOf(name).where((has) => has)));
      return {
        yes: and(
          known.where((state) => state === "closed" || state === "open"),
          any,
        ),
        no: or(
          known.where((state) => state === "none"),
          and(
            known.where((state) => state === "closed"),
            not(any),
          ),
        ),
      };
    },
    feasible() {
      if (known === undefined) return always;
      const { values, where } = known;
      return and(
        ...values.map((state) =>
          or(
            profile.where((caller) => knownOf(caller).includes(state)),
            where((other) => other !== state),
          ),
        ),
      );
    },
    describe(choice) {
      if (known === undefined) return undefined;
      const names = [...held].filter(([, variable]) => variable.valueIn(choice)).map(([name]) => name);
      return { known: known.valueIn(choice), names };
    },
  };

  function variableOf(name: string): Variable<boolean> {
    const earlier = held.get(name);
    if (earlier !== undefined) return earlier;
    const fresh = add([false, true], (has) => (has ? 100 : 0));
    held.set(name, fresh);
    return fresh;
  }
}

import { parseRoleName, type RolePattern } from "../../arn.ts";
import { matchesRole } from "../role-pattern.ts";
import type { CallerProfile } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import { presenceHolds } from "./presence.ts";
import { tellingNames } from "./role-names.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** The role that a caller acts in, and the account that follows from it. */
export interface Roles {
  /** Where the role is any of those that were written. */
  role(names: readonly string[]): Condition;
  account(ids: readonly string[]): Condition;
  feasible(): Diagram;
  describe(choice: Choice): RolePattern | undefined;
}

/**
 * @param names all roles that rules name.
 * @param accounts all accounts that rules name.
 */
export function roles(
  { diagrams, add }: Variables,
  profile: Variable<CallerProfile>,
  names: ReadonlySet<string>,
  accounts: ReadonlySet<string>,
): Roles {
  let held: Variable<RolePattern | undefined> | undefined;

  function variable(): Variable<RolePattern | undefined> {
    held ??= add([undefined, ...tellingRoles(names, accounts, diagrams.spend)], (role) =>
      role === undefined ? 0 : 100,
    );
    return held;
  }

  function condition(test: (role: RolePattern) => boolean): Condition {
    const { where } = variable();
    return {
      yes: where((role) => role !== undefined && test(role)),
      no: where((role) => role !== undefined && !test(role)),
    };
  }

  return {
    role(written) {
      const patterns = written.map(patternOf);
      return condition((role) => patterns.some((pattern) => matchesRole(pattern, { arn: "", ...role })));
    },
    account: (ids) => condition(({ account }) => ids.includes(account)),
    feasible: () =>
      held === undefined
        ? diagrams.always
        : presenceHolds(
            diagrams,
            profile,
            ({ role }) => role,
            held.where((role) => role !== undefined),
          ),
    describe: (choice) => held?.valueIn(choice),
  };
}

/** A role for each way in which the rules can tell roles apart. */
function tellingRoles(
  names: ReadonlySet<string>,
  accounts: ReadonlySet<string>,
  spend: (steps: number) => void,
): readonly RolePattern[] {
  const patterns = new Map<string, RolePattern[]>();
  for (const pattern of [...names].map(patternOf)) {
    const key = `${pattern.partition}:${pattern.account}`;
    patterns.set(key, [...(patterns.get(key) ?? []), pattern]);
  }
  const named = [...patterns.values()].flatMap((group) => {
    const { partition, account } = group[0] as RolePattern;
    const telling = tellingNames(
      group.map(({ name }) => name),
      spend,
    );
    return telling.map((name) => ({ partition, account, name }));
  });
  const other = otherAccount(new Set([...accounts, ...[...patterns.values()].flat().map(({ account }) => account)]));
  const plain = [...accounts, other].map((account) => ({ partition: "aws", account, name: "Role" }));
  return [...named, ...plain.filter(({ partition, account }) => !patterns.has(`${partition}:${account}`))];
}

function otherAccount(taken: ReadonlySet<string>): string {
  for (let number = 0; ; number += 1) {
    const account = String(999_999_999_999 - number);
    if (!taken.has(account)) return account;
  }
}

// The rules have been read, so that each is the name of a role.
function patternOf(name: string): RolePattern {
  return parseRoleName(name) as RolePattern;
}

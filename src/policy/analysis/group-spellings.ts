import type { PolicyDocument } from "../define-policy.ts";
import { keyStep } from "../policy-error.ts";
import type { OneOrMore, Rule } from "../rule.ts";
import { ruleEntry } from "./bound-rule.ts";

/** A group that is written in other case than before. */
export interface GroupSpelling {
  readonly group: string;
  readonly where: string;
  /** The group as it is written most. */
  readonly usual: string;
  /** The first place where that is. */
  readonly usualAt: string;
}

interface Use {
  readonly group: string;
  readonly where: string;
  /** The other groups of the same leaf. */
  readonly beside: readonly string[];
}

/**
 * Finds groups that differ in the case of their letters alone: the first place of each spelling but the most frequent one. Whoever
 * writes two spellings side by side in one list knows of them.
 */
export function groupSpellings({
  require,
  rules,
  routes,
  fields = {},
  connect,
}: PolicyDocument): readonly GroupSpelling[] {
  const uses: Use[] = [];
  if (require !== undefined) collect(require, "require", uses);
  for (const [name, rule] of Object.entries(rules)) collect(rule, `rules${keyStep(name)}`, uses);
  for (const [key, rule] of Object.entries(routes)) collect(rule, `routes${keyStep(key)}`, uses);
  for (const [key, rule] of Object.entries(fields)) collect(rule, `fields${keyStep(key)}`, uses);
  if (connect !== undefined) collect(connect, "connect", uses);

  const byName = new Map<string, Map<string, Use[]>>();
  for (const use of uses) {
    const name = use.group.toLowerCase();
    const spellings = byName.get(name) ?? new Map<string, Use[]>();
    byName.set(name, spellings);
    const own = spellings.get(use.group) ?? [];
    spellings.set(use.group, own);
    own.push(use);
  }
  return [...byName.values()].flatMap((spellings) => {
    // Of two that are as frequent, the first.
    const [usual, ...others] = [...spellings.values()].sort((one, other) => other.length - one.length);
    const [first] = usual as [Use];
    return others
      .filter((own) => !own.some(({ beside }) => beside.includes(first.group)))
      .map(([use]) => {
        const { group, where } = use as Use;
        return { group, where, usual: first.group, usualAt: first.where };
      });
  });
}

function collect(rule: Rule, where: string, uses: Use[]): void {
  const [key, argument] = ruleEntry(rule);
  if (key === "allOf" || key === "anyOf") {
    for (const [index, part] of (argument as readonly Rule[]).entries())
      collect(part, `${where}.${key}[${index}]`, uses);
  } else if (key === "not") collect(argument as Rule, `${where}.not`, uses);
  else if (key === "group") {
    const groups = argument as OneOrMore<string>;
    if (typeof groups === "string") uses.push({ group: groups, where: `${where}.group`, beside: [] });
    else {
      for (const [index, group] of groups.entries()) {
        uses.push({ group, where: `${where}.group[${index}]`, beside: groups });
      }
    }
  }
}

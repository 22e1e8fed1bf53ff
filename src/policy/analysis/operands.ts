import type { Ternary } from "../evaluation.ts";
import { couldMergeInto } from "../query-value.ts";
import type { Literal } from "../rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import type { OperandSource } from "./operand-source.ts";
import { presenceHolds } from "./presence.ts";
import { type TellingValue, tellingValues, type ValueTest } from "./telling-values.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** What an operand comes to; a list is there and cannot be read as a value. */
export type Held = TellingValue | "missing" | "list";

/** The values of operands: of claims, tags, parameters, queries and headers. */
export interface Operands {
  /** Takes note of a test, ahead of all conditions. */
  noteTest(source: OperandSource, test: Omit<ValueTest, "key">): void;
  /** Takes note that two are compared. */
  notePair(one: OperandSource, other: OperandSource): void;
  /** Takes note that a claim can be a list. */
  noteList(source: OperandSource): void;
  /** Where a noted operand passes a test. */
  test(source: OperandSource, judge: (value: Literal) => Ternary): Condition;
  /** Where two noted operands have the same value, and where they have two of one type. */
  same(one: OperandSource, other: OperandSource): Condition;
  isList(source: OperandSource): Diagram;
  feasible(): Diagram;
  describe(choice: Choice): readonly { readonly source: OperandSource; readonly held: Held }[];
}

export function operands({ diagrams, add }: Variables, profile: Variable<CallerProfile>): Operands {
  const { and, not, choose } = diagrams;
  const sources = new Map<string, OperandSource>();
  const tests: ValueTest[] = [];
  const lists = new Set<string>();
  /** The operands that are compared with each other, directly or not; they share one object. */
  const groups = new Map<string, Set<string>>();
  const variables = new Map<string, Variable<Held>>();

  function note(source: OperandSource): void {
    if (sources.has(source.key)) return;
    sources.set(source.key, source);
    groups.set(source.key, new Set([source.key]));
  }

  function groupOf(key: string): Set<string> {
    return groups.get(key) as Set<string>;
  }

  function variableOf({ key }: OperandSource): Variable<Held> {
    // Those that are compared stand side by side, which keeps the diagrams small.
    if (!variables.has(key)) addAll(groupOf(key));
    return variables.get(key) as Variable<Held>;
  }

  function addAll(keys: ReadonlySet<string>): void {
    const members = [...keys].map((key) => sources.get(key) as OperandSource);
    const values = tellingValues(
      members,
      tests.filter(({ key }) => keys.has(key)),
    );
    for (const { key, operand } of members) {
      const own = values.filter((value) => value.keys.has(key));
      if ("path" in operand) {
        variables.set(
          key,
          add<Held>(own, (held) => (typeof held === "object" && held.other ? 0 : 1)),
        );
      } else {
        const held: readonly Held[] = ["missing", ...(lists.has(key) ? ["list" as const] : []), ...own];
        variables.set(key, add(held, costOf));
      }
    }
  }

  return {
    noteTest(source, test) {
      note(source);
      tests.push({ key: source.key, ...test });
    },
    notePair(one, other) {
      note(one);
      note(other);
      const joined = new Set([...groupOf(one.key), ...groupOf(other.key)]);
      for (const key of joined) groups.set(key, joined);
    },
    noteList(source) {
      note(source);
      lists.add(source.key);
    },
    test(source, judge) {
      const { where } = variableOf(source);
      return {
        yes: where((held) => typeof held === "object" && judge(held.value) === true),
        no: where((held) => typeof held === "object" && judge(held.value) === false),
      };
    },
    same(one, other) {
      const [first, second] = [variableOf(one), variableOf(other)].sort((a, b) => a.level - b.level) as [
        Variable<Held>,
        Variable<Held>,
      ];
      if (first === second) return { yes: first.where((held) => typeof held === "object"), no: diagrams.never };
      const compare = (test: (one: Literal, other: Literal) => boolean) =>
        choose(
          first.level,
          first.values.map((own) =>
            second.where((held) => typeof own === "object" && typeof held === "object" && test(own.value, held.value)),
          ),
        );
      return {
        yes: compare((a, b) => a === b),
        no: compare((a, b) => typeof a === typeof b && a !== b),
      };
    },
    isList: (source) => variableOf(source).where((held) => held === "list"),
    feasible() {
      const held = [...variables].map(([key, { where }]) => ({
        source: sources.get(key) as OperandSource,
        present: where((value) => value !== "missing"),
      }));
      const apart = held.flatMap(({ source, present }) =>
        held.filter((other) => spoils(source, other.source)).map((other) => not(and(present, other.present))),
      );
      return and(
        ...held.map(({ source, present }) => presenceHolds(diagrams, profile, source.presence, present)),
        ...apart,
      );
    },
    describe: (choice) =>
      [...variables].map(([key, variable]) => ({
        source: sources.get(key) as OperandSource,
        held: variable.valueIn(choice),
      })),
  };
}

function costOf(held: Held): number {
  if (held === "missing") return 0;
  return held === "list" || held.other ? 100 : 101;
}

/** Whether a query parameter makes another one unreadable, as `a[b]` does with `a`. */
function spoils({ operand: one }: OperandSource, { operand: other }: OperandSource): boolean {
  if (!("query" in one) || !("query" in other)) return false;
  if (one.query === other.query) return false;
  return couldMergeInto(other.query, one.query);
}

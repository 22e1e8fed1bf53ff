import type { LoggedDecision } from "../../observe/logged-decision.ts";
import type { ReplayedPlace } from "./replayed-gate.ts";
import type { Replayed } from "./replayer.ts";

/** A decision as an example. */
interface Example {
  readonly line: number;
  readonly time: string;
  readonly method: string;
  readonly path?: string;
  /** The GraphQL fields that were judged then. */
  readonly fields?: readonly string[];
  readonly caller?: string;
}

/** Decisions that are alike. */
interface Counted {
  count: number;
  readonly example: Example;
}

/** What came of a replay; the lists are in the order of their counts. */
export interface ReplayReport {
  /** The decisions of the log. */
  readonly decisions: number;
  readonly same: number;
  readonly flips: readonly (Readonly<Counted> & {
    readonly direction: "would-allow" | "would-deny";
    /** The route that was judged then, or where there was none, that would be now; null of fields. */
    readonly route: string | null;
    /** The GraphQL fields: one that would be denied, or all that would be allowed. */
    readonly fields?: readonly string[];
  })[];
  readonly cannotTell: readonly (Readonly<Counted> & { readonly reason: string })[];
  /** Lines that are none of a decision log. */
  readonly unreadable: { readonly count: number; readonly first?: number };
  /** Decisions that the log could not take. */
  readonly dropped: number;
  /** Whether the log holds a sample of the allowed decisions only. */
  readonly sampled: boolean;
}

/** Counts what comes of a replay, in memory that does not grow with it. */
export interface ReplayTally {
  add(number: number, line: LoggedDecision, replayed: Replayed): void;
  addUnreadable(number: number): void;
  addDropped(count: number): void;
  report(): ReplayReport;
}

/** The routes and reasons come from the log, so they may be of any number; what is beyond this is counted as one. */
const maximumGroups = 10_000;
const others = "(others)";

export function createReplayTally(): ReplayTally {
  let decisions = 0;
  let same = 0;
  let dropped = 0;
  let unreadable = 0;
  let first: number | undefined;
  let sampled = false;
  const flips = new Map<string, ReplayReport["flips"][number] & Counted>();
  const unknown = new Map<string, ReplayReport["cannotTell"][number] & Counted>();

  return {
    add(number, line, replayed) {
      decisions += 1;
      sampled ||= line.sampled !== undefined;
      if (replayed.outcome === "same") same += 1;
      else if (replayed.outcome === "cannot-tell") {
        const reason = unknown.has(replayed.reason) || unknown.size < maximumGroups ? replayed.reason : others;
        count(unknown, reason, () => ({ reason, count: 0, example: exampleOf(number, line) }));
      } else {
        const { outcome: direction, place } = replayed;
        const own = placeOf(line, place);
        const isListed = flips.has(JSON.stringify([direction, own])) || flips.size < maximumGroups;
        const listed = isListed ? own : { route: others };
        const key = JSON.stringify([direction, listed]);
        count(flips, key, () => ({ direction, ...listed, count: 0, example: exampleOf(number, line) }));
      }
    },
    addUnreadable(number) {
      unreadable += 1;
      first ??= number;
    },
    addDropped(count) {
      dropped += count;
    },
    report: () => ({
      decisions,
      same,
      flips: byCount(flips),
      cannotTell: byCount(unknown),
      unreadable: { count: unreadable, ...(first !== undefined && { first }) },
      dropped,
      sampled,
    }),
  };
}

function placeOf(line: LoggedDecision, { route, fields }: ReplayedPlace) {
  return fields === undefined ? { route: line.route ?? route ?? null } : { route: null, fields };
}

function count<Group extends Counted>(groups: Map<string, Group>, key: string, make: () => Group): void {
  const group = groups.get(key) ?? make();
  group.count += 1;
  groups.set(key, group);
}

function byCount<Group extends Counted>(groups: ReadonlyMap<string, Group>): readonly Group[] {
  return [...groups.values()].sort((left, right) => right.count - left.count);
}

function exampleOf(line: number, { time, method, path, fields, principal }: LoggedDecision): Example {
  return {
    line,
    time,
    method,
    ...(path !== undefined && { path }),
    ...(fields !== undefined && { fields }),
    ...(principal !== undefined && { caller: principal.id ?? principal.kind }),
  };
}

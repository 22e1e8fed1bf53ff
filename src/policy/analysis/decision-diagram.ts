/**
 * A yes or no that depends on variables of few values, as a reduced ordered decision diagram (Bryant 1986, with more than two
 * branches). Diagrams of one maker that mean the same are the same object.
 */
export interface Diagram {
  readonly id: number;
  /** The variable that is asked first; endless where there is none to ask. */
  readonly level: number;
  /** What is left to ask, by the value of the variable. */
  readonly branches: readonly Diagram[];
}

/** A question would take too long; what it was asked about cannot be told. */
export class TooComplex extends Error {}

/** The answer to a question; undefined where it would take too long. */
export function unlessTooComplex<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch (thrown) {
    if (thrown instanceof TooComplex) return undefined;
    throw thrown;
  }
}

/** What one choice of values costs, and the choice itself by level; a level that is left out does not matter. */
export interface Choice {
  readonly cost: number;
  readonly values: ReadonlyMap<number, number>;
}

/** Makes diagrams, and joins those that it made. All but `spent` and `cheapest` throw {@link TooComplex} past the limit of work. */
export interface Diagrams {
  readonly never: Diagram;
  readonly always: Diagram;
  /** Asks the variable of a level, which must be less than all levels in its branches. */
  choose(level: number, branches: readonly Diagram[]): Diagram;
  and(...parts: readonly Diagram[]): Diagram;
  or(...parts: readonly Diagram[]): Diagram;
  not(part: Diagram): Diagram;
  /** Yes where the diagram says so whatever the value of the given levels. */
  whatever(levels: ReadonlySet<number>, diagram: Diagram): Diagram;
  /** Counts steps that are taken beside the diagrams. */
  spend(steps: number): void;
  /** How many steps have been taken. */
  spent(): number;
  /** The cheapest way to a yes; undefined for `never`. */
  cheapest(diagram: Diagram, costOf: (level: number, value: number) => number): Choice | undefined;
}

/** No two diagrams of one maker have a key of two ids in common. */
const idSpan = 2 ** 26;

/** @param limit how many steps of work all diagrams together may take. */
export function createDiagrams(limit: number): Diagrams {
  const never: Diagram = { id: 0, level: Number.POSITIVE_INFINITY, branches: [] };
  const always: Diagram = { id: 1, level: Number.POSITIVE_INFINITY, branches: [] };
  const known = new Map<string, Diagram>();
  const conjunctions = new Map<number, Diagram>();
  const opposites = new Map<Diagram, Diagram>([
    [never, always],
    [always, never],
  ]);
  let left = limit;

  function spend(steps: number): void {
    left -= steps;
    if (left < 0) throw new TooComplex();
  }

  /** A step takes the longer the more branches it looks at. */
  const work = (branches: number) => spend(1 + (branches >> 4));

  function choose(level: number, branches: readonly Diagram[]): Diagram {
    const [first] = branches as readonly [Diagram];
    if (branches.every((branch) => branch === first)) return first;
    const key = `${level}:${branches.map(({ id }) => id).join()}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    work(branches.length);
    const fresh: Diagram = { id: known.size + 2, level, branches };
    known.set(key, fresh);
    return fresh;
  }

  function both(one: Diagram, other: Diagram): Diagram {
    if (one === other || other === always) return one;
    if (one === always) return other;
    if (one === never || other === never) return never;
    const key = Math.min(one.id, other.id) * idSpan + Math.max(one.id, other.id);
    const earlier = conjunctions.get(key);
    if (earlier !== undefined) return earlier;
    const level = Math.min(one.level, other.level);
    const splitting = one.level === level ? one : other;
    work(splitting.branches.length);
    const joined = choose(
      level,
      splitting.branches.map((_, value) => both(branchAt(one, level, value), branchAt(other, level, value))),
    );
    conjunctions.set(key, joined);
    return joined;
  }

  function not(part: Diagram): Diagram {
    const earlier = opposites.get(part);
    if (earlier !== undefined) return earlier;
    const opposite = choose(part.level, part.branches.map(not));
    opposites.set(part, opposite);
    opposites.set(opposite, part);
    return opposite;
  }

  // Later parts mostly ask later variables, and what is joined from below takes the fewest steps.
  const and = (...parts: readonly Diagram[]): Diagram => parts.reduceRight(both, always);

  function whatever(levels: ReadonlySet<number>, diagram: Diagram): Diagram {
    const done = new Map<Diagram, Diagram>();
    function reduce(part: Diagram): Diagram {
      if (part.level === Number.POSITIVE_INFINITY) return part;
      const earlier = done.get(part);
      if (earlier !== undefined) return earlier;
      const branches = part.branches.map(reduce);
      const reduced = levels.has(part.level) ? and(...branches) : choose(part.level, branches);
      done.set(part, reduced);
      return reduced;
    }
    return reduce(diagram);
  }

  return {
    never,
    always,
    choose,
    and,
    or: (...parts) => not(and(...parts.map(not))),
    not,
    whatever,
    spend,
    spent: () => limit - left,
    cheapest: (diagram, costOf) => cheapest(diagram, never, costOf),
  };
}

function branchAt(diagram: Diagram, level: number, value: number): Diagram {
  return diagram.level === level ? (diagram.branches[value] as Diagram) : diagram;
}

/** One step of the cheapest way, linked to the next. */
interface Way {
  readonly cost: number;
  readonly step?: { readonly level: number; readonly value: number; readonly next: Way };
}

function cheapest(
  diagram: Diagram,
  never: Diagram,
  costOf: (level: number, value: number) => number,
): Choice | undefined {
  const ways = new Map<Diagram, Way>();
  function wayFrom(part: Diagram): Way {
    if (part.level === Number.POSITIVE_INFINITY) return { cost: part === never ? Number.POSITIVE_INFINITY : 0 };
    const earlier = ways.get(part);
    if (earlier !== undefined) return earlier;
    let best: Way = { cost: Number.POSITIVE_INFINITY };
    for (const [value, branch] of part.branches.entries()) {
      const next = wayFrom(branch);
      const cost = next.cost + costOf(part.level, value);
      if (cost < best.cost) best = { cost, step: { level: part.level, value, next } };
    }
    ways.set(part, best);
    return best;
  }
  const start = wayFrom(diagram);
  if (start.cost === Number.POSITIVE_INFINITY) return undefined;
  const values = new Map<number, number>();
  for (let { step } = start; step !== undefined; { step } = step.next) values.set(step.level, step.value);
  return { cost: start.cost, values };
}

/** Chance that a seed repeats. */
export interface Dice {
  /** A number from 0 up to, and without, the bound. */
  below(bound: number): number;
  /** Whether a thing of some probability happened. */
  chance(probability: number): boolean;
  /** One of several. */
  pick<T>(...choices: readonly T[]): T;
  /** A list of some length, each item made anew. */
  list<T>(least: number, most: number, make: () => T): T[];
  /** Such a list that is not empty and has nothing twice. */
  distinct<T>(most: number, make: () => T): [T, ...T[]];
}

/** Makes the dice of a seed: a counter, mixed by the finalizer of MurmurHash3. */
export function diceOf(seed: number): Dice {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }
  const below = (bound: number) => Math.floor(next() * bound);
  const list = <T>(least: number, most: number, make: () => T) =>
    Array.from({ length: least + below(most - least + 1) }, make);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (...choices) => choices[below(choices.length)] as (typeof choices)[number],
    list,
    distinct: (most, make) =>
      [...new Set(list(1, most, make))] as [ReturnType<typeof make>, ...ReturnType<typeof make>[]],
  };
}

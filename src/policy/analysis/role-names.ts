import type { RolePattern } from "../../arn.ts";

/** How long the name of an IAM role may be. */
const maximumLength = 64;
/** A name holds letters, digits and these, of which one that no pattern names stands for the others. */
const alphabet = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"];

/** How far a pattern has read: the places in its text at which it may be. */
type Progress = readonly number[];

/**
 * Names of roles, one for each way in which patterns can match a name or not: the shortest.
 *
 * @param spend counts the steps that it takes; it ends the search by throwing where these are too many.
 */
export function tellingNames(
  patterns: readonly RolePattern["name"][],
  spend: (steps: number) => void,
): readonly string[] {
  const used = new Set(patterns.flatMap((pattern) => [...pattern]));
  const unused = alphabet.find((character) => !used.has(character));
  // By the letters first, so that a witness reads like a name.
  const letters = [...(unused === undefined ? [] : [unused]), ...alphabet.filter((character) => used.has(character))];
  const found = new Map<string, string>();
  const seen = new Set<string>();
  let front: (readonly [name: string, progress: ReadonlyMap<number, Progress>])[] = [
    ["", new Map(patterns.map((pattern, index) => [index, spread(pattern, [0])]))],
  ];
  for (let length = 0; length <= maximumLength && front.length > 0; length += 1) {
    const next: typeof front = [];
    for (const [name, progress] of front) {
      const matches = [...progress].filter(([index, places]) => places.includes((patterns[index] as string).length));
      const key = matches.map(([index]) => index).join();
      if (name !== "" && !found.has(key)) found.set(key, name);
      for (const letter of letters) {
        spend(progress.size + 1);
        const moved = advance(patterns, progress, letter);
        const state = JSON.stringify([...moved]);
        if (seen.has(state)) continue;
        seen.add(state);
        next.push([name + letter, moved]);
      }
    }
    front = next;
  }
  return [...found.values()];
}

/** The patterns that go on after a letter, with their places; those that cannot match any more are left out. */
function advance(
  patterns: readonly string[],
  progress: ReadonlyMap<number, Progress>,
  letter: string,
): ReadonlyMap<number, Progress> {
  const moved = new Map<number, Progress>();
  for (const [index, places] of progress) {
    const pattern = patterns[index] as string;
    const after = places.flatMap((place) =>
      pattern[place] === "*" ? [place] : pattern[place] === letter ? [place + 1] : [],
    );
    if (after.length > 0) moved.set(index, spread(pattern, after));
  }
  return moved;
}

/** The places with those behind the stars that begin there, which may stand for nothing. */
function spread(pattern: string, places: readonly number[]): Progress {
  const all = new Set<number>();
  for (let place of places) {
    all.add(place);
    while (pattern[place] === "*") {
      place += 1;
      all.add(place);
    }
  }
  return [...all].sort((one, other) => one - other);
}

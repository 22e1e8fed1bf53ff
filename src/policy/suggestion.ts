import { quote } from "./explain.ts";

/** No known name is longer, and comparing takes as long as the product of both lengths. */
const longest = 64;

/** Whoever has more names than that looks them up where they stand. */
const mostListed = 20;

/** The known names as words, the first of them where they are many: a fault that lists all would be as long as the document. */
export function listed(known: Iterable<string>): string {
  const names = [...known];
  const more = names.length - mostListed;
  return `${names.slice(0, mostListed).map(quote).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What may have been meant, as words to put behind a name that is not known; empty where no known name is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  if (name.length > longest) return "";
  const written = name.toLowerCase();
  let nearest: string | undefined;
  let least = name.length < 3 ? 1 : name.length < 5 ? 2 : 3;
  for (const candidate of known) {
    if (candidate.length > longest || candidate === name) continue;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = editsBetween(written, candidate.toLowerCase());
    if (edits >= least) continue;
    nearest = candidate;
    least = edits;
  }
  return nearest === undefined ? "" : ` (did you mean ${quote(nearest)}?)`;
}

/** How many characters to insert, leave out, replace or swap with their neighbor until one text is the other. */
function editsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let edits = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) edits = Math.min(edits, (beforeLast[column - 2] as number) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] as number;
}

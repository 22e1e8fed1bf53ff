/**
 * A segment of a path, as far as routes and patterns tell segments apart: a text as it is written in one of them, that text in
 * another case, or any that none of them has.
 */
export type PathSymbol = "other" | { readonly text: string; readonly otherCase: boolean };

/** A text in a route or a pattern. */
interface Text {
  readonly text: string;
  readonly anyCase: boolean;
}

/** Whether a symbol is a text that is written somewhere, in whatever case. */
export function isText(symbol: PathSymbol): symbol is Exclude<PathSymbol, "other"> {
  return symbol !== "other";
}

/** Whether a segment is a text. */
export function spells({ text, anyCase }: Text, symbol: PathSymbol): boolean {
  if (!isText(symbol)) return false;
  if (anyCase) return symbol.text.toLowerCase() === text.toLowerCase();
  return !symbol.otherCase && symbol.text === text;
}

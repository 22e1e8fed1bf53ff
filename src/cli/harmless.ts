import { escapeInvisible } from "../policy/source-text.ts";

/** What {@link paint} writes around a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a color begins with one.
const colors = /(\x1b\[(?:0|1|2|31|32|33)m)/;

/**
 * What a command prints, so that nothing in a file that it read can command the terminal, hide or turn what stands beside it.
 * In JSON the escapes mean the same characters.
 *
 * @param color whether the colors of the commands go through.
 */
export function harmless(output: string, color: boolean): string {
  if (!color) return escapeInvisible(output);
  return output
    .split(colors)
    .map((piece, index) => (index % 2 === 1 ? piece : escapeInvisible(piece)))
    .join("");
}

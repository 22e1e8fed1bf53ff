import type { CommandIo } from "./command.ts";

const codes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/** A text in a color, where the standard output shows colors; it says the same without. */
export function paint(io: CommandIo, color: keyof typeof codes, text: string): string {
  return io.color ? `\x1b[${codes[color]}m${text}\x1b[0m` : text;
}

/** An explanation with the lines of its rules in the color of what came of them. */
export function paintExplanation(io: CommandIo, text: string): string {
  const colors = { "✓": "green", "✗": "red", "?": "yellow" } as const;
  return text
    .split("\n")
    .map((line, index) => {
      const mark = /^ *([✓✗?]) /.exec(line)?.[1] as keyof typeof colors | undefined;
      if (mark !== undefined) return paint(io, colors[mark], line);
      return index === 0 ? paint(io, line.startsWith("allowed") ? "green" : "red", line) : line;
    })
    .join("\n");
}

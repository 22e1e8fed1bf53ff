/** What a command talks to, in place of the process. */
export interface CommandIo {
  /** Writes to the standard output. */
  out(text: string): void;
  /** Writes to the standard error. */
  err(text: string): void;
  /** Reads the standard input to its end. */
  input(): Promise<string>;
  /** Whether the standard output is a terminal that shows colors, and nobody said that it should not. */
  readonly color: boolean;
  /** Says on the standard error how far a long task is, where that is a terminal; the next word takes the place of this one. */
  progress(text: string): void;
}

/** What it means is for each command to say; `2` is always that it was called the wrong way, or cannot tell. */
export type ExitCode = 0 | 1 | 2;

/** One command of `poolgate`. */
export interface Command {
  /** The text of `poolgate NAME --help`. */
  readonly help: string;
  /** Runs with the arguments after its name; `--help` never gets here. */
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}

/** A command that was called the wrong way; its message says what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

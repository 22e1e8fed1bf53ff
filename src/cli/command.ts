/** What a command talks to, in place of the process. */
export interface CommandIo {
  /** Writes to the standard output. */
  out(text: string): void;
  /** Writes to the standard error. */
  err(text: string): void;
  /** Reads the standard input to its end. */
  input(): Promise<string>;
}

/** `0` done, `1` refused or not reachable, `2` called the wrong way. */
export type ExitCode = 0 | 1 | 2;

/** One command of `poolgate`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The text of `poolgate NAME --help`. */
  readonly help: string;
  /** Runs with the arguments after its name; `--help` never gets here. */
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}

/** A command that was called the wrong way; its message says what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const codeForm = /^[A-Za-z][A-Za-z0-9_]{1,63}$/;

/**
 * Redis refused a command, could not be reached, or answered what no Redis answers.
 *
 * It holds the name of the command and a code, and nothing else of the client's fault: clients put the whole command there,
 * with its key and its value.
 */
export class RedisFault extends Error {
  override readonly name = "RedisFault";
  /** The code of the fault, such as `OOM`, `READONLY` or `ECONNREFUSED`; its name where it has none. */
  readonly code: string;

  constructor(command: string, code: string) {
    super(`${command}: ${code}`);
    this.code = code;
  }
}

/** What to call a client's fault: its code, the code that Redis begins its sentence with, or its name. */
export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "Error";
  const code = "code" in thrown ? thrown.code : undefined;
  const said = /^[A-Z]{2,32}(?= )/.exec(thrown.message)?.[0];
  // The errors of `redis` leave their name at "Error".
  const name = thrown.name === "Error" ? thrown.constructor.name : thrown.name;
  const shown = [code, said, name].find((text) => typeof text === "string" && codeForm.test(text));
  return typeof shown === "string" ? shown : "Error";
}

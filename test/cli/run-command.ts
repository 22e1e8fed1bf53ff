import type { Command } from "../../src/cli/command.ts";

/** How a command ended. */
export interface CommandEnd {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process; what it throws, `poolgate` would print, and end with 2. */
export async function runCommand(command: Command, args: readonly string[], color = false): Promise<CommandEnd> {
  let stdout = "";
  let stderr = "";
  const status = await command.run(args, {
    out(text) {
      stdout += text;
    },
    err(text) {
      stderr += text;
    },
    input: async () => "",
    color,
    progress() {},
  });
  return { status, stdout, stderr };
}

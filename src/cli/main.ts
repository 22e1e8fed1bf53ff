#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type Command, type CommandIo, type ExitCode, UsageError } from "./command.ts";
import { credentialsCommand } from "./credentials.ts";

/** The commands, in the order of the help; another one is a file of its own and a line here. */
const commands: readonly Command[] = [credentialsCommand];

const help = `Usage: poolgate COMMAND [OPTIONS]

${commands.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join("\n")}

  --help        print this, or with a command, its help
  --version     print the version
`;

async function main(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === "--version") {
    io.out(`${version()}\n`);
    return 0;
  }
  if (name === "--help") {
    io.out(help);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.err(name === undefined ? help : `poolgate: there is no such command; see poolgate --help\n`);
    return 2;
  }
  if (rest.includes("--help")) {
    io.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    const message = usageFault(error);
    if (message === undefined) throw error;
    io.err(`poolgate ${command.name}: ${message}; see poolgate ${command.name} --help\n`);
    return 2;
  }
}

/**
 * What was wrong with the arguments, where that is what went wrong.
 *
 * https://nodejs.org/api/errors.html#err_parse_args_unexpected_positional
 */
function usageFault(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  const { code, message } = Object(error) as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || !code.startsWith("ERR_PARSE_ARGS_")) return undefined;
  // Node would repeat the argument, which may be a token that was pasted.
  return code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL" ? "there is an argument too many" : String(message);
}

function version(): unknown {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

process.exitCode = await main(process.argv.slice(2), {
  out: (output) => void process.stdout.write(output),
  err: (output) => void process.stderr.write(output),
  input: () => text(process.stdin),
});

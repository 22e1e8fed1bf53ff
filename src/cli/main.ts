#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { ConfigurationError } from "../configuration.ts";
import { type Command, type CommandIo, type ExitCode, UsageError } from "./command.ts";
import { harmless } from "./harmless.ts";

/** A command as the list has it; its module is loaded when it runs. */
interface ListedCommand {
  readonly summary: string;
  load(): Promise<Command>;
}

/** The commands, in the order of the help; another one is a file of its own and an entry here. */
const commands: Readonly<Record<string, ListedCommand>> = {
  check: {
    summary: "every fault of a policy, each at its line",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  explain: {
    summary: "whether a caller may do something, why, and what would let him",
    load: async () => (await import("./explain.ts")).explainCommand,
  },
  test: {
    summary: "tables of callers and requests, and which leaves of the rules they reached",
    load: async () => (await import("./test.ts")).testCommand,
  },
  matrix: {
    summary: "who may do what: personas and routes, as text or as a page",
    load: async () => (await import("./matrix.ts")).matrixCommand,
  },
  diff: {
    summary: "whom a new policy lets in and shuts out",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  routes: {
    summary: "the routes of a policy beside those of an Express app",
    load: async () => (await import("./routes.ts")).routesCommand,
  },
  replay: {
    summary: "which past decisions of a decision log would flip under a new policy",
    load: async () => (await import("./replay.ts")).replayCommand,
  },
  credentials: {
    summary: "credentials of the identity pool from a gate's broker, for credential_process",
    load: async () => (await import("./credentials.ts")).credentialsCommand,
  },
};

const help = `Usage: poolgate COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join("\n")}

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
  const listed = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (listed === undefined) {
    io.err(name === undefined ? help : `poolgate: there is no such command; see poolgate --help\n`);
    return 2;
  }
  const command = await listed.load();
  if (rest.includes("--help")) {
    io.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    io.progress("");
    const message = usageFault(error);
    if (message !== undefined) io.err(`poolgate ${name}: ${message}; see poolgate ${name} --help\n`);
    else if (error instanceof ConfigurationError) io.err(`poolgate ${name}: ${error.message}\n`);
    // Thrown on, it would end with 1, which means an answer to most commands.
    else io.err(`poolgate ${name}: it failed: ${error instanceof Error ? error.stack : String(error)}\n`);
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

// Node looks whether NO_COLOR is set: https://nodejs.org/api/tty.html#writestreamhascolorscount-env
const color = process.stdout.isTTY === true && process.stdout.hasColors();
const exitCode = await main(process.argv.slice(2), {
  out: (output) => void process.stdout.write(harmless(output, color)),
  err: (output) => void process.stderr.write(harmless(output, false)),
  input: () => text(process.stdin),
  color,
  progress(output) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${output}`);
  },
});

// An app that a command imported may listen, which would keep the process up; what was written goes out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));

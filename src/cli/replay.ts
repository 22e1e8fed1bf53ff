import { createSecretKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ConfigurationError } from "../configuration.ts";
import { printable } from "../policy/explain.ts";
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";
import { readLines } from "./replay/read-lines.ts";
import { readRecord } from "./replay/read-record.ts";
import { createReplayTally, type ReplayReport } from "./replay/replay-report.ts";
import { createReplayer } from "./replay/replayer.ts";

const help = `Usage: poolgate replay LOG NEW [--hash-key-file FILE] [--json]

Judges the decisions of a decision log by a new policy, and says which would come out otherwise: those about routes, about
GraphQL fields and about opening WebSocket connections.

  LOG                   the log, as decisionLog of poolgate/observe writes it: one line of JSON each
  NEW                   the new policy, YAML or JSON
  --hash-key-file FILE  the bytes of the log's hashKey, to compare pseudonyms with what a rule spells out
${policyOptionsHelp}
  --json                print the report as JSON
  --help                print this

What a rule reads and the log does not hold, nobody can tell; such decisions are counted by themselves. Functions and
engines are not asked.

Exit codes: 0 none would flip, 1 some would, 2 none is seen to flip but of some nobody can tell, called the wrong way, or a
file cannot be read or holds no decision.
`;

const progressEvery = 10_000;

/** `poolgate replay`: past decisions under a new policy. */
export const replayCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, "hash-key-file": { type: "string" }, json: { type: "boolean" } },
    });
    const [log, file, ...more] = positionals;
    if (log === undefined || file === undefined || more.length > 0) throw new UsageError("write LOG NEW");
    const keyFile = values["hash-key-file"];
    const key = keyFile === undefined ? undefined : await readKey(keyFile);
    const replay = createReplayer(await readPolicy(file, values.extensions), key);
    const tally = createReplayTally();
    try {
      for await (const { number, text } of readLines(log)) {
        if (number % progressEvery === 0) io.progress(`${number} lines`);
        const record = text === undefined ? undefined : readRecord(text);
        if (record === undefined) tally.addUnreadable(number);
        else if ("dropped" in record) tally.addDropped(record.dropped);
        else tally.add(number, record, replay(record));
      }
    } catch (error) {
      const { code, syscall } = Object(error) as NodeJS.ErrnoException;
      if (syscall === undefined) throw error;
      throw new ConfigurationError(
        "invalid_option",
        log,
        code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`,
      );
    }
    io.progress("");
    const report = tally.report();
    if (report.decisions === 0)
      throw new ConfigurationError("invalid_option", log, "it holds no decision that could be read");
    if (values.json) io.out(`${JSON.stringify(report, undefined, 2)}\n`);
    else printReport(report, io);
    if (report.flips.length > 0) return 1;
    return report.cannotTell.length > 0 || report.unreadable.count > 0 ? 2 : 0;
  },
};

async function readKey(path: string): Promise<KeyObject> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    throw new UsageError("--hash-key-file cannot be read");
  }
  if (bytes.length < 32) throw new UsageError("--hash-key-file must hold the 32 bytes of the key, or more");
  return createSecretKey(bytes);
}

function printReport(report: ReplayReport, io: CommandIo): void {
  const { decisions, same, flips, cannotTell, unreadable, dropped, sampled } = report;
  const sum = (groups: readonly { readonly count: number }[]) => groups.reduce((total, { count }) => total + count, 0);
  const mark = flips.length > 0 ? paint(io, "red", "✗") : paint(io, "green", "✓");
  io.out(`${mark} ${decisions} decisions: ${same} as they were, ${sum(flips)} would flip`);
  io.out(`${cannotTell.length === 0 ? "" : `, of ${sum(cannotTell)} nobody can tell`}\n`);
  for (const { direction, route, fields, count, example } of flips) {
    const now =
      direction === "would-allow" ? paint(io, "green", "would be allowed") : paint(io, "red", "would be denied");
    const place = fields === undefined ? (route ?? "no route") : fieldsText(fields);
    io.out(`  ${now}: ${printable(place)} (${count}), such as ${exampleText(example)}\n`);
  }
  for (const { reason, count, example } of cannotTell) {
    io.out(`  ${paint(io, "yellow", "cannot tell")}: ${reason} (${count}), such as line ${example.line}\n`);
  }
  if (unreadable.count > 0) {
    io.out(`  ${paint(io, "yellow", "unreadable")}: ${unreadable.count} lines, such as line ${unreadable.first}\n`);
  }
  if (dropped > 0)
    io.out(`  ${dropped} decisions are not in the log: its buffer was full, or it could not be written\n`);
  if (sampled) io.out("  the log holds a sample of what was allowed\n");
}

const mostFields = 3;

function fieldsText(fields: readonly string[]): string {
  const more = fields.length > mostFields ? ` and ${fields.length - mostFields} more` : "";
  return `fields ${fields.slice(0, mostFields).join(", ")}${more}`;
}

function exampleText({ line, time, method, path, caller }: ReplayReport["flips"][number]["example"]): string {
  return printable(`line ${line}: ${caller ?? "nobody known"} ${method} ${path ?? ""} at ${time}`);
}

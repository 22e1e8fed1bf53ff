import { parseArgs } from "node:util";
import type { LeafCoverage } from "../personas/leaf-coverage.ts";
import { type PolicyTestReport, testPolicy } from "../personas/test-policy.ts";
import { printable } from "../policy/explain.ts";
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate test FILE TESTS [--min-coverage PERCENT] [--json]

Judges requests of callers by a policy, and says which did not come out as expected.

  FILE                    the policy, YAML or JSON
  TESTS                   the tests, YAML or JSON:
                            personas:
                              ada: { groups: [editors] }
                            table:
                              POST /articles: { ada: allow, anonymous: no_credentials, "*": deny }
                              fields Mutation.deleteUser: { ada: deny }
                              connect: { ada: allow }
  --min-coverage PERCENT  fail where fewer of the outcomes of leaves were seen: each leaf of a rule is
                          to hold once, and not to hold once
${policyOptionsHelp}
  --json                  print the report as JSON
  --help                  print this

Exit codes: 0 all as expected, 1 not all or too little covered, 2 called the wrong way, or a file cannot be read.
`;

/** `poolgate test`: tables of callers and requests. */
export const testCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, "min-coverage": { type: "string" }, json: { type: "boolean" } },
    });
    const [file, tests, ...more] = positionals;
    if (file === undefined || tests === undefined || more.length > 0) throw new UsageError("write FILE TESTS");
    const least = readPercent(values["min-coverage"] ?? "0");
    const report = await testPolicy(await readPolicy(file, values.extensions), tests);
    const percent = percentOf(report.coverage);
    if (values.json) io.out(`${JSON.stringify({ ...report, percent }, undefined, 2)}\n`);
    else printReport(report, io);
    if (percent < least) io.err(`poolgate test: ${percent} % of the outcomes were seen, and not ${least} %\n`);
    return report.failures.length > 0 || percent < least ? 1 : 0;
  },
};

function readPercent(text: string): number {
  if (/^(?:100|\d{1,2}(?:\.\d+)?)$/.test(text)) return Number(text);
  throw new UsageError("--min-coverage must be a number from 0 to 100");
}

/** Rounded down, so that 100 means all. */
function percentOf({ seen, total }: LeafCoverage): number {
  return total === 0 ? 100 : Math.floor((1000 * seen) / total) / 10;
}

function printReport({ passed, failures, coverage }: PolicyTestReport, io: CommandIo): void {
  for (const { name, expected, found, why } of failures) {
    io.out(`${paint(io, "red", "✗")} ${printable(name)}: expected ${expected}, found ${found}\n`);
    io.out(`${why.replaceAll(/^/gm, "    ")}\n`);
  }
  const mark = failures.length === 0 ? paint(io, "green", "✓") : paint(io, "red", "✗");
  io.out(`${mark} ${passed} as expected, ${failures.length} not\n`);
  io.out(`leaf coverage: ${coverage.seen} of ${coverage.total} outcomes (${percentOf(coverage)} %)\n`);
  for (const { where, held, failed } of coverage.leaves) {
    if (held && failed) continue;
    const never = held ? "never failed" : failed ? "never held" : "never judged";
    io.out(`  ${paint(io, "yellow", never)}: ${where}\n`);
  }
  for (const route of coverage.untested) io.out(`  ${paint(io, "yellow", "never asked for")}: ${route}\n`);
}

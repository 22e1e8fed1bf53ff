import { parseArgs } from "node:util";
import { analyzePolicy } from "../policy/analysis/analyze-policy.ts";
import { findingLines } from "../policy/analysis/finding-text.ts";
import { findingCodes, type PolicyFinding } from "../policy/analysis/policy-finding.ts";
import type { PolicyDocument } from "../policy/define-policy.ts";
import { PolicyError } from "../policy/policy-error.ts";
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate check FILE [--strict] [--ignore CODE]... [--custom-verifiers] [--json]

Checks a policy and tells every fault of it, each at its place; of a policy without faults, what is likely a mistake.

  FILE                 the policy, YAML or JSON
  --strict             warnings count as faults
  --ignore CODE        leave out the findings of a code, such as no_signed_caller; may be given several times
  --custom-verifiers   there are callers whom verifiers of your own make, with any attributes
${policyOptionsHelp}
  --json               print the faults and findings as JSON
  --help               print this

Exit codes: 0 no faults, 1 faults, or warnings with --strict, 2 called the wrong way, or the file cannot be read.
`;

/** More findings than that help nobody at a terminal. */
const mostShown = 100;

/** `poolgate check`: the faults of a policy, and what an analysis finds in it. */
export const checkCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...policyOptions,
        strict: { type: "boolean", default: false },
        ignore: { type: "string", multiple: true, default: [] },
        "custom-verifiers": { type: "boolean", default: false },
        json: { type: "boolean" },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("write one FILE");
    const unknown = values.ignore.find((code) => !findingCodes.some((known) => known === code));
    if (unknown !== undefined) throw new UsageError(`--ignore takes one of ${findingCodes.join(", ")}`);
    try {
      const policy = await readPolicy(file, values.extensions);
      io.progress("analyzing");
      const analysis = analyzePolicy(policy, { customVerifiers: values["custom-verifiers"] });
      io.progress("");
      const findings = analysis.findings.filter(({ code }) => !values.ignore.includes(code));
      const passes = !(values.strict && findings.some(isWarning));
      const { routes, fields } = sizesOf(policy.document);
      if (values.json) {
        const facts = { routes, ...(fields !== undefined && { fields }), faults: [], findings };
        io.out(`${JSON.stringify(facts, undefined, 2)}\n`);
      } else {
        const mark = passes ? paint(io, "green", "✓") : paint(io, "red", "✗");
        io.out(`${mark} ${file}: ${summary(policy.document, findings)}\n${shown(io, findings)}`);
      }
      return passes ? 0 : 1;
    } catch (error) {
      // Without a place it is the file itself that is at fault.
      if (!(error instanceof PolicyError) || error.faults.every(({ location }) => location === undefined)) throw error;
      if (values.json) io.out(`${JSON.stringify({ faults: error.faults }, undefined, 2)}\n`);
      else io.out(`${paint(io, "red", "✗")} ${file}: ${error.message.slice("policy: ".length)}\n`);
      return 1;
    }
  },
};

function isWarning({ severity }: PolicyFinding): boolean {
  return severity === "warning";
}

function sizesOf({ routes, fields }: PolicyDocument): { readonly routes: number; readonly fields: number | undefined } {
  return { routes: Object.keys(routes).length, fields: fields && Object.keys(fields).length };
}

function summary(document: PolicyDocument, findings: readonly PolicyFinding[]): string {
  const warnings = findings.filter(isWarning).length;
  const notes = findings.length - warnings;
  const { routes, fields } = sizesOf(document);
  return [
    counted(routes, "route"),
    ...(fields === undefined ? [] : [counted(fields, "key of fields", "keys of fields")]),
    ...(document.connect === undefined ? [] : ["connect"]),
    "no faults",
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
    ...(notes > 0 ? [counted(notes, "note")] : []),
  ].join(", ");
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** The findings as lines, warnings first. */
function shown(io: CommandIo, findings: readonly PolicyFinding[]): string {
  const ordered = [...findings.filter(isWarning), ...findings.filter((finding) => !isWarning(finding))];
  const lines = ordered.slice(0, mostShown).flatMap((finding) => {
    const [first = "", ...others] = findingLines(finding);
    return [paint(io, isWarning(finding) ? "yellow" : "dim", first), ...others];
  });
  const hidden = findings.length - mostShown;
  if (hidden > 0) lines.push(`  and ${hidden} more, which --json has`);
  return lines.map((line) => `${line}\n`).join("");
}

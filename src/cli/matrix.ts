import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ConfigurationError } from "../configuration.ts";
import { type CellOutcome, createMatrix, type Matrix } from "../personas/matrix.ts";
import { printable } from "../policy/explain.ts";
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { readPersonasFile } from "./read-personas.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate matrix FILE PERSONAS [--html OUT] [--json]

Shows what each persona may do on each route of a policy, with each of its GraphQL fields, and whether he may connect.
Requests are tried with the values that rules compare parameters, query and headers with, and with others.

  FILE        the policy, YAML or JSON
  PERSONAS    personas by name, YAML or JSON
  --html OUT  write a page that tells why, needs no other file, and can be searched
${policyOptionsHelp}
  --json      print the matrix as JSON, with why
  --help      print this

  ✓ allowed   ✗ denied   ~ depends on parameters, query or headers   · other rows claim these requests

Exit codes: 0 done, 2 called the wrong way, or a file cannot be read or written.
`;

/** `poolgate matrix`: personas and routes. */
export const matrixCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, html: { type: "string" }, json: { type: "boolean" } },
    });
    const [file, personas, ...more] = positionals;
    if (file === undefined || personas === undefined || more.length > 0) throw new UsageError("write FILE PERSONAS");
    const [policy, callers] = [await readPolicy(file, values.extensions), await readPersonasFile(personas)];
    const matrix = await createMatrix(policy, callers, (done, total) => io.progress(`${done} of ${total} rows`));
    io.progress("");
    if (values.json) io.out(`${JSON.stringify(matrix, undefined, 2)}\n`);
    if (values.html !== undefined) await writePage(values.html, matrix, file);
    if (!values.json && values.html === undefined) printMatrix(matrix, io);
    return 0;
  },
};

async function writePage(path: string, matrix: Matrix, file: string): Promise<void> {
  const { matrixPage } = await import("./matrix-page.ts");
  try {
    await writeFile(path, matrixPage(matrix, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError("invalid_option", path, `it cannot be written (${code})`);
  }
}

const marks: Readonly<Record<CellOutcome, readonly [mark: string, color: "green" | "red" | "yellow" | "dim"]>> = {
  allow: ["✓", "green"],
  deny: ["✗", "red"],
  some: ["~", "yellow"],
  unreached: ["·", "dim"],
};

function printMatrix({ personas, rows }: Matrix, io: CommandIo): void {
  const names = personas.map(printable);
  const width = Math.max(...rows.map(({ route }) => route.length), 0);
  io.out(`${["".padEnd(width), ...names].join("  ")}\n`);
  for (const { route, cells } of rows) {
    const columns = cells.map(({ outcome }, index) => {
      const [mark, color] = marks[outcome];
      const last = index === cells.length - 1;
      return `${paint(io, color, mark)}${last ? "" : " ".repeat(Math.max((names[index] as string).length - 1, 0))}`;
    });
    io.out(`${[route.padEnd(width), ...columns].join("  ")}\n`);
  }
}

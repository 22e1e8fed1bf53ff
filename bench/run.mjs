/**
 * `npm run bench [-- SUITE ...] [--json FILE] [--all]`: prints each ratio of poolgate over a named other, measured in one
 * interleaved run. Time per operation in token, policy, signed and session, time of an import in cold, bytes in one row of session and
 * one of cold (lower is better), throughput in http (higher is better).
 * A row whose other side is not there says absent; with `--all` that is an error.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, all: { type: "boolean", default: false } },
});

execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--loglevel", "error"], { stdio: "inherit" });
execFileSync("npm", ["run", "--silent", "build"], { cwd: new URL("..", import.meta.url), stdio: "inherit" });

const suites = {
  token: async () => (await import("./suites/token.mjs")).tokenSuite(),
  policy: async () => (await import("./suites/policy.mjs")).policySuite(),
  signed: async () => (await import("./suites/signed.mjs")).signedSuite(),
  session: async () => (await import("./suites/session.mjs")).sessionSuite(),
  cold: async () => (await import("./suites/cold.mjs")).coldSuite(),
  http: async () => (await import("./suites/http.mjs")).httpSuite(),
};

const chosen = positionals.length === 0 ? Object.keys(suites) : positionals;
for (const name of chosen) {
  if (!Object.hasOwn(suites, name))
    throw new TypeError(`there is no suite ${name}; the suites are ${Object.keys(suites)}`);
}

const rows = [];
for (const name of chosen) rows.push(...(await suites[name]()));

const columns = ["suite", "case", "against", "ratio"];
const table = rows.map((row) => [row.suite, row.case, row.against, row.ratio?.toFixed(2) ?? "absent"]);
const widths = columns.map((column, index) => Math.max(column.length, ...table.map((row) => row[index].length)));
console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, poolgate over the other:`);
for (const row of [columns, ...table]) {
  console.log(
    row.map((cell, index) => (index === 3 ? cell.padStart(widths[3]) : cell.padEnd(widths[index]))).join("  "),
  );
}
const absent = rows.filter((row) => row.ratio === null);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
if (values.all && absent.length > 0) process.exitCode = 1;

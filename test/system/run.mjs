/**
 * `npm run test:system`: the tests that need programs from Debian, the nested packages or more time.
 *
 * It never skips: a program that is missing fails the run with the package that holds it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What must run, how it is asked, and the Debian package that holds it. */
const programs = [
  ["/usr/bin/curl", ["--version"], "curl"],
  ["/usr/bin/python3", ["-c", "import botocore"], "python3-botocore"],
  ["/usr/bin/aws", ["--version"], "awscli"],
  ["/usr/bin/openssl", ["version"], "openssl"],
  ["/usr/bin/redis-server", ["--version"], "redis-server"],
  ["/usr/bin/chromium", ["--version"], "chromium"],
];

const missing = programs.filter(([program, args]) => spawnSync(program, args).status !== 0);
if (missing.length > 0) {
  console.error(`missing: apt-get install ${missing.map(([, , name]) => name).join(" ")}`);
  process.exit(1);
}

const npm = (...args) => execFileSync("npm", args, { cwd: root, stdio: "inherit" });
for (const nested of ["test/cognito-local", "examples/sam", "examples/cdk"]) {
  npm("ci", "--prefix", nested, "--no-audit", "--no-fund", "--loglevel", "error");
}
npm("run", "--silent", "build");
const { status } = spawnSync("npx", ["vitest", "run", "--project", "system", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../cold/bundle.mjs";
import { medianRatio } from "../measure.mjs";

const script = fileURLToPath(new URL("../cold/import.mjs", import.meta.url));
const rounds = 21;
const warmup = 3;

/**
 * What a function waits for when its environment is new: to import one bundled authorizer, beside importing aws-jwt-verify alone
 * from node_modules, and beside a bundle of aws-jwt-verify that verifies and decides nothing. Each import has a process of its own, in turn.
 */
export async function coldSuite() {
  const folder = mkdtempSync(join(tmpdir(), "poolgate-bench-"));
  try {
    const authorizer = join(folder, "authorizer.mjs");
    const verifier = join(folder, "aws-jwt-verify.mjs");
    const bytes = await bundle("authorizer.mjs", authorizer);
    await bundle("aws-jwt-verify.mjs", verifier);
    const times = importTimes({
      authorizer: pathToFileURL(authorizer).href,
      "aws-jwt-verify": "aws-jwt-verify",
      "aws-jwt-verify bundled": pathToFileURL(verifier).href,
    });
    return [
      ...["aws-jwt-verify", "aws-jwt-verify bundled"].map((against) => ({
        suite: "cold",
        case: "import",
        against,
        ratio: medianRatio(times.authorizer, times[against]),
      })),
      { suite: "cold", case: "authorizer bundle bytes", against: "1 byte", ratio: bytes },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The milliseconds of each import, one figure a round. The first rounds fill the caches of the file system and do not count. */
function importTimes(specifiers) {
  const times = Object.fromEntries(Object.keys(specifiers).map((name) => [name, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (const [name, specifier] of Object.entries(specifiers)) {
      const elapsed = Number(execFileSync(process.execPath, [script, specifier], { encoding: "utf8" }));
      if (round >= 0) times[name].push(elapsed);
    }
  }
  return times;
}

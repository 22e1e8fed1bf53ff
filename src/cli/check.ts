import { parseArgs } from "node:util";
import { PolicyError } from "../policy/policy-error.ts";
import { type Command, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate check FILE [--json]

Checks a policy and tells every fault of it, each at its place.

  FILE      the policy, YAML or JSON
${policyOptionsHelp}
  --json    print the faults as JSON
  --help    print this

Exit codes: 0 no faults, 1 faults, 2 called the wrong way, or the file cannot be read.
`;

/** `poolgate check`: the faults of a policy. */
export const checkCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, json: { type: "boolean" } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("write one FILE");
    try {
      const { document } = await readPolicy(file, values.extensions);
      const routes = Object.keys(document.routes).length;
      if (values.json) io.out(`${JSON.stringify({ routes, faults: [] }, undefined, 2)}\n`);
      else io.out(`${paint(io, "green", "✓")} ${file}: ${routes === 1 ? "1 route" : `${routes} routes`}, no faults\n`);
      return 0;
    } catch (error) {
      // Without a place it is the file itself that is at fault.
      if (!(error instanceof PolicyError) || error.faults.every(({ location }) => location === undefined)) throw error;
      if (values.json) io.out(`${JSON.stringify({ faults: error.faults }, undefined, 2)}\n`);
      else io.out(`${paint(io, "red", "✗")} ${file}: ${error.message.slice("policy: ".length)}\n`);
      return 1;
    }
  },
};

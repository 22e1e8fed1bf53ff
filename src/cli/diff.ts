import { parseArgs } from "node:util";
import { diffPolicies } from "../policy/analysis/diff-policies.ts";
import { type Command, UsageError } from "./command.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate diff OLD NEW [--custom-verifiers] [--json]

Tells whom a new policy lets in and shuts out, by meaning and not by text: for each route, GraphQL field and connect a
smallest caller and request that one policy allows and the other denies. Fields are compared without their schema.

  OLD NEW              the policies, YAML or JSON
  --custom-verifiers   compare for callers with any attributes, and not only for those that the verifiers of poolgate make
${policyOptionsHelp}
  --json               print the difference as JSON
  --help               print this

Exit codes: 0 the policies allow the same, 1 they differ, 2 it cannot be told, called the wrong way, or a file cannot be
read.
`;

const exitCodes = { same: 0, different: 1, unknown: 2 } as const;

/** `poolgate diff`: two policies by their meaning. */
export const diffCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, "custom-verifiers": { type: "boolean", default: false }, json: { type: "boolean" } },
    });
    const [old, fresh, ...more] = positionals;
    if (old === undefined || fresh === undefined || more.length > 0) throw new UsageError("write OLD NEW");
    const policies = [await readPolicy(old, values.extensions), await readPolicy(fresh, values.extensions)] as const;
    io.progress("comparing");
    const diff = diffPolicies(...policies, { customVerifiers: values["custom-verifiers"] });
    io.progress("");
    const { text, ...facts } = diff;
    if (values.json) io.out(`${JSON.stringify(facts, undefined, 2)}\n`);
    else {
      const [heading = "", ...lines] = text.split("\n");
      const color = { same: "green", different: "red", unknown: "yellow" } as const;
      io.out(`${[paint(io, color[diff.verdict], heading), ...lines].join("\n")}\n`);
    }
    return exitCodes[diff.verdict];
  },
};

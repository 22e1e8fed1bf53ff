import { parseArgs } from "node:util";
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { compareRoutes, type RouteComparison } from "./compare-routes.ts";
import { importExpressApp } from "./express-app.ts";
import { paint } from "./paint.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate routes FILE --express APP_MODULE [--export NAME] [--json]

Compares the routes of a policy with those of an Express app (4 or 5).

  FILE                  the policy, YAML or JSON
  --express APP_MODULE  a module that exports the app, or a router, as default or app. It is imported,
                        which runs its code: an app that listens when it is imported listens
  --export NAME         the name under which it is exported
${policyOptionsHelp}
  --json                print the comparison as JSON
  --help                print this

Exit codes: 0 no difference, 1 differences, 2 called the wrong way, or a part of the app cannot be read.
`;

/** `poolgate routes`: the routes of a policy beside those of an app. */
export const routesCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...policyOptions, express: { type: "string" }, export: { type: "string" }, json: { type: "boolean" } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("write one FILE");
    if (values.express === undefined) throw new UsageError("write --express APP_MODULE");
    const policy = await readPolicy(file, values.extensions);
    const comparison = compareRoutes(policy, await importExpressApp(values.express, values.export));
    if (values.json) io.out(`${JSON.stringify(comparison, undefined, 2)}\n`);
    else print(comparison, io);
    const { missing, unused, conflicts, unreadable } = comparison;
    if (unreadable.length > 0) return 2;
    return missing.length + unused.length + conflicts.length > 0 ? 1 : 0;
  },
};

function print({ missing, unused, conflicts, unreadable }: RouteComparison, io: CommandIo): void {
  const lists: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["the app has, and the policy lacks, so that nobody may use them:", missing],
    ["the policy has, and no route of the app takes:", unused],
    [
      "the policy judges by its most specific route, and Express answers by the first registered:",
      conflicts.map(({ request, judged, answered }) => `${request}: judged by ${judged}, answered by ${answered}`),
    ],
    ["cannot be read:", unreadable],
  ];
  const found = lists.filter(([, lines]) => lines.length > 0);
  if (found.length === 0) io.out(`${paint(io, "green", "✓")} the policy and the app have the same routes\n`);
  for (const [title, lines] of found) {
    io.out(`${paint(io, "yellow", title)}\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runPoolgate } from "./run-poolgate.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** Each example of the page: its arguments, what it prints, and how it ends. */
const examples = [...page.matchAll(/^```console\n\$ npx poolgate (.*)\n([\s\S]*?)^```$/gm)].map((match) => {
  const [, command = "", shown = ""] = match;
  const status = Number(/^\(exit code (\d)\)\n$/m.exec(shown)?.[1] ?? 0);
  return { command, output: shown.replace(/^\(exit code \d\)\n/m, ""), status };
});

/** The arguments of a line, in which single quotes keep spaces. */
function argumentsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word);
}

describe("docs/cli.md", () => {
  it("has a section and an example for each command about policies", async () => {
    const { stdout } = await runPoolgate(["--help"]);
    const names = Array.from(stdout.matchAll(/^ {2}([a-z]+) +\S/gm), ([, name]) => name);
    const sections = Array.from(page.matchAll(/^## poolgate (\w+)$/gm), ([, name]) => name);
    expect(sections).toEqual(names);
    const shown = new Set(examples.map(({ command }) => command.split(" ")[0]));
    expect(names.filter((name) => name !== "credentials" && !shown.has(name))).toEqual([]);
  });

  it.concurrent.each(examples)("shows what $command prints", async ({ command, output, status }) => {
    expect(await runPoolgate(argumentsOf(command))).toEqual({ status, stdout: output, stderr: "" });
  });
});

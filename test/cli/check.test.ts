import { describe, expect, it } from "vitest";
import { checkCommand } from "../../src/cli/check.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const good = write("good.yaml", "version: 1\nroutes:\n  GET /health: anyone\n  GET /a: authenticated\n");
const bad = write("bad.json", '{ "version": 1, "routes": { "GET /a": { "gruop": "x" }, "get /b": "anyone" } }');

describe("poolgate check", () => {
  it("ends with 0 where a policy has no fault", async () => {
    expect(await runCommand(checkCommand, [good])).toEqual({
      status: 0,
      stdout: `✓ ${good}: 2 routes, no faults\n`,
      stderr: "",
    });
  });

  it("ends with 1 and tells every fault", async () => {
    const { status, stdout } = await runCommand(checkCommand, [bad]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ \S+bad\.json: 2 faults\n {2}\S+bad\.json:1:41: .*gruop/);
    expect(stdout).toContain("write GET");
    expect(stdout).toMatch(/^ +\| +\^+$/m);
  });

  it("prints JSON", async () => {
    const { stdout } = await runCommand(checkCommand, [bad, "--json"]);
    expect(JSON.parse(stdout).faults).toHaveLength(2);
    expect(JSON.parse((await runCommand(checkCommand, [good, "--json"])).stdout)).toEqual({
      routes: 2,
      faults: [],
    });
  });

  it.each<[string, readonly string[], string]>([
    ["no file", [], "write one FILE"],
    ["two files", [good, good], "write one FILE"],
    ["a file that is not there", ["/nonexistent.yaml"], "there is no such file"],
    ["a file of another kind", [write("policy.txt", "")], "its name ends neither with .yaml or .yml nor with .json"],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(checkCommand, args)).rejects.toThrow(message);
  });
});

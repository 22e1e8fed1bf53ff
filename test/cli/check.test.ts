import { describe, expect, it } from "vitest";
import { checkCommand } from "../../src/cli/check.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const good = write("good.yaml", "version: 1\nroutes:\n  GET /health: anyone\n  GET /a: authenticated\n");
const odd = write("odd.yaml", "version: 1\nroutes:\n  GET /a/:id: authenticated\n  GET /a/mine: { scope: x }\n");
const bad = write("bad.json", '{ "version": 1, "routes": { "GET /a": { "gruop": "x" }, "get /b": "anyone" } }');

describe("poolgate check", () => {
  it("ends with 0 where a policy has no fault", async () => {
    expect(await runCommand(checkCommand, [good])).toEqual({
      status: 0,
      stdout: `✓ ${good}: 2 routes, no faults\n`,
      stderr: "",
    });
  });

  it("counts the rules of fields", async () => {
    const graph = write("graph.yaml", "version: 1\nfields: { Query.a: anyone }\nconnect: anyone\n");
    expect((await runCommand(checkCommand, [graph])).stdout).toContain(
      "0 routes, 2 keys of fields, connect, no faults",
    );
    const { stdout } = await runCommand(checkCommand, [graph, "--json"]);
    expect(JSON.parse(stdout)).toEqual({ routes: 0, fields: 2, faults: [], findings: [] });
    const bare = write("bare.yaml", "version: 1\nfields: {}\n");
    expect((await runCommand(checkCommand, [bare])).stdout).toBe(`✓ ${bare}: 0 routes, 1 key of fields, no faults\n`);
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
      findings: [],
    });
  });

  it("tells what is likely a mistake, and what is worth knowing, each at its place", async () => {
    const { status, stdout } = await runCommand(checkCommand, [odd]);
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        `✓ ${odd}: 2 routes, no faults, 1 warning, 1 note`,
        `  ${odd}:4:18: warning no_signed_caller: routes["GET /a/mine"]: nobody who signs can ever pass scope("x")`,
        "    4 |   GET /a/mine: { scope: x }",
        "      |                  ^^^^^",
        '    who passes: a user with an access or ID token of a user pool, scopes ["x"], asking GET /a/mine',
        `  ${odd}:3:3: note overlapping_routes: routes["GET /a/:id"]: more specific routes match some of its requests too, and win: "GET /a/mine", such as GET /a/mine`,
        "    3 |   GET /a/:id: authenticated",
        "      |   ^^^^^^^^^^",
        "",
      ].join("\n"),
    );
    const colored = await runCommand(checkCommand, [odd], true);
    expect(colored.stdout).toContain("\u001b[33m  ");
  });

  it("ends with 1 where warnings count", async () => {
    const strict = await runCommand(checkCommand, [odd, "--strict"]);
    expect(strict.status).toBe(1);
    expect(strict.stdout).toMatch(/^✗ .*: 2 routes, no faults, 1 warning, 1 note\n/);
    expect(await runCommand(checkCommand, [good, "--strict"])).toMatchObject({ status: 0 });
    const ignoring = await runCommand(checkCommand, [odd, "--strict", "--ignore", "no_signed_caller"]);
    expect(ignoring.status).toBe(0);
    expect(ignoring.stdout).toMatch(/: 2 routes, no faults, 1 note\n/);
    const none = ["--ignore", "no_signed_caller", "--ignore", "overlapping_routes"];
    expect((await runCommand(checkCommand, [odd, "--strict", ...none])).stdout).toBe(`✓ ${odd}: 2 routes, no faults\n`);
    expect(await runCommand(checkCommand, [odd, "--strict", "--custom-verifiers"])).toMatchObject({ status: 0 });
  });

  it("prints findings as JSON", async () => {
    const { status, stdout } = await runCommand(checkCommand, [odd, "--json", "--strict"]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      routes: 2,
      findings: [
        { code: "overlapping_routes", severity: "note", winners: ["GET /a/mine"], location: { line: 3 } },
        { code: "no_signed_caller", severity: "warning", witness: { caller: { scopes: ["x"] } } },
      ],
    });
  });

  it("shows a hundred findings at most, warnings first", async () => {
    const routes = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`GET /a${index}/:id`, { scope: `s${index}` }]),
    );
    const many = write("many.json", JSON.stringify({ version: 1, routes: { "GET /**": "guest", ...routes } }));
    const { stdout } = await runCommand(checkCommand, [many]);
    expect(stdout).toContain("121 routes, no faults, 120 warnings, 1 note");
    expect(stdout.match(/ warning /g)).toHaveLength(100);
    expect(stdout).toMatch(/ {2}and 21 more, which --json has\n$/);
  });

  it.each<[string, readonly string[], string]>([
    ["a code that there is not", [good, "--ignore", "nothing"], "--ignore takes one of always_true, no_signed_caller,"],
    ["no file", [], "write one FILE"],
    ["two files", [good, good], "write one FILE"],
    ["a file that is not there", ["/nonexistent.yaml"], "there is no such file"],
    ["a file of another kind", [write("policy.txt", "")], "its name ends neither with .yaml or .yml nor with .json"],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(checkCommand, args)).rejects.toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { harmless } from "../../src/cli/harmless.ts";
import { runPoolgate } from "./run-poolgate.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const esc = "\x1b";
const clear = `${esc}[2J`;
const csi = "\u009b";
const turned = "\u202e";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const commanding = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const policy = write("policy.yaml", "version: 1\nroutes:\n  GET /a: { group: a }\n");
const tagged = (value: string) =>
  JSON.stringify({ version: 1, routes: { "GET /a": { equal: [{ tag: "t" }, value] } } }).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as an attacker would write them.
    /[\x1b\x7f-\x9f\u202e]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
const odd = write("odd.json", tagged(`x${clear}${csi}2J${turned}`));
const oddGroup = write("group.json", tagged("").replace(/\{"equal".*\]\}/, '{"group":"a\\u009b2J\\u202e"}'));
const personas = write("personas.yaml", `"a${csi}${turned}b": { groups: [a] }\n`);

describe("what a command prints", () => {
  it.each<[string, readonly string[]]>([
    [
      "a policy with a scalar like a date",
      ["check", write("date.yaml", `version: 1\nroutes:\n  GET /a: 2020-01-01 ${clear}\n`)],
    ],
    ["a policy that is no YAML", ["check", write("no.yaml", `version: 1\n ${clear}: ]${csi}\n`)]],
    ["a policy that is no YAML, as JSON", ["check", write("no2.yaml", `version: 1\n ${clear}: ]${csi}\n`), "--json"]],
    ["a policy with a group", ["check", oddGroup]],
    ["a policy with a group, as JSON", ["check", oddGroup, "--json"]],
    ["a witness with a tag", ["diff", policy, odd]],
    ["a witness with a tag, as JSON", ["diff", policy, odd, "--json"]],
    ["a witness with a group, as JSON", ["diff", policy, oddGroup, "--json"]],
    ["an explanation", ["explain", odd, "--as", "anonymous", "GET", "/a"]],
    ["an explanation as JSON", ["explain", oddGroup, "--as", "anonymous", "GET", "/a", "--json"]],
    ["personas", ["matrix", policy, personas]],
    ["personas as JSON", ["matrix", policy, personas, "--json"]],
    ["personas that are no YAML", ["matrix", policy, write("bad.yaml", `a: [${clear}${csi}${turned}\n`)]],
    ["personas that are no JSON", ["matrix", policy, write("bad.json", `${clear}${csi}${turned}`)]],
    ["a persona that is not there", ["explain", policy, "--personas", personas, "--as", "ada", "GET", "/a"]],
    [
      "tests",
      [
        "test",
        policy,
        write(
          "tests.json",
          `{"cases":[{"name":"x${csi}${turned}","as":"anonymous","request":"GET /${csi}","expect":"allow"}]}`,
        ),
      ],
    ],
    [
      "a log",
      [
        "replay",
        write(
          "log.jsonl",
          `{"v":1,"time":"2026-01-01T00:00:00Z","allowed":true,"method":"GET","path":"/a","route":"${csi}${turned}","principal":{"kind":"user","id":"${csi}${turned}","issuer":"i","verifiedBy":"user-pool"}}\n`,
        ),
        oddGroup,
      ],
    ],
  ])(
    "commands no terminal: %s",
    async (_, args) => {
      const { stdout, stderr } = await runPoolgate(args);
      expect(`${stdout}${stderr}`).not.toMatch(commanding);
      expect(`${stdout}${stderr}`).not.toBe("");
      if (args.includes("--json")) expect(() => JSON.parse(stdout)).not.toThrow();
    },
    60_000,
  );

  it("shows no line that a name of a test spells out", async () => {
    const tests = write(
      "lines.json",
      '{"cases":[{"name":"x\\n✓ 9 as expected, 0 not","as":"anonymous","request":"GET /a","expect":"allow"}]}',
    );
    const { stdout, status } = await runPoolgate(["test", policy, tests]);
    expect(status).toBe(1);
    expect(stdout).not.toMatch(/^✓ 9/m);
  });

  it("ends with 2 where a file exhausts the stack of a parser", async () => {
    const deep = write("deep.yaml", "[".repeat(20_000));
    const { status, stderr } = await runPoolgate(["matrix", policy, deep]);
    expect({ status, told: stderr.startsWith("poolgate matrix: ") }).toEqual({ status: 2, told: true });
  });

  it("has the colors of the commands and no others", () => {
    const painted = `${esc}[31m✗${esc}[0m ${clear}${esc}[7m\n`;
    expect(harmless(painted, true)).toBe(`${esc}[31m✗${esc}[0m \\u001b[2J\\u001b[7m\n`);
    expect(harmless(painted, false)).toBe("\\u001b[31m✗\\u001b[0m \\u001b[2J\\u001b[7m\n");
  });
});

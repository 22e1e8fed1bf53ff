import { describe, expect, it } from "vitest";
import { testCommand } from "../../src/cli/test.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const policy = write(
  "policy.yaml",
  `version: 1
routes:
  GET /health: anyone
  POST /articles: { allOf: [{ group: editors }, { scope: articles/write }] }
`,
);
write("personas.yaml", "ada: { groups: [editors], scopes: [articles/write] }\nbob: { scopes: [] }\n");
const tests = (text: string, name = "tests.yaml") => write(name, `personas: personas.yaml\n${text}`);
const all = tests("table:\n  POST /articles: { ada: allow, bob: deny }\n  GET /health: { bob: allow }\n", "all.yaml");

describe("poolgate test", () => {
  it("ends with 0 where all comes out as expected", async () => {
    expect(await runCommand(testCommand, [policy, all, "--min-coverage", "100"])).toEqual({
      status: 0,
      stdout: "✓ 3 as expected, 0 not\nleaf coverage: 4 of 4 outcomes (100 %)\n",
      stderr: "",
    });
  });

  it("ends with 1 where something does not, and says why it came out otherwise", async () => {
    const file = tests("table:\n  POST /articles: { bob: allow, anonymous: insufficient_scope }\n");
    const { status, stdout } = await runCommand(testCommand, [policy, file]);
    expect(status).toBe(1);
    expect(stdout).toBe(`✗ POST /articles as bob: expected allow, found access_denied
    denied: access_denied - The caller may not do this.
    caller: user:testing:bob (user, verified by user-pool)
    route: POST /articles
    ✗ allOf
      ✗ group("editors") [groups = []]
      ✗ scope("articles/write") [scopes = []]
    to be allowed:
      be in the group "editors", and have the scope "articles/write"
✗ POST /articles as anonymous: expected insufficient_scope, found no_credentials
    denied: no_credentials - This request needs a credential and carries none.
    caller: anonymous (anonymous, verified by nothing)
    route: POST /articles
    ✗ allOf
      ✗ group("editors") [groups = []]
      ? scope("articles/write") [scopes is missing]: an anonymous caller has no scopes
    to be allowed:
      be in the group "editors", and come with a token that has the scope "articles/write" (an anonymous caller has no scopes)
✗ 0 as expected, 2 not
leaf coverage: 2 of 4 outcomes (50 %)
  never held: routes["POST /articles"].allOf[0]
  never held: routes["POST /articles"].allOf[1]
  never asked for: GET /health
`);
  });

  it("ends with 1 where less is covered than is asked for", async () => {
    const file = tests("table: { POST /articles: { ada: allow } }\n");
    const args = [policy, file, "--min-coverage"];
    expect(await runCommand(testCommand, [...args, "50"])).toMatchObject({ status: 0, stderr: "" });
    expect(await runCommand(testCommand, [...args, "50.1"])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('never failed: routes["POST /articles"].allOf[1]\n'),
      stderr: "poolgate test: 50 % of the outcomes were seen, and not 50.1 %\n",
    });
    expect(await runCommand(testCommand, [policy, tests("cases: []\n")])).toMatchObject({
      stdout: expect.stringContaining('never judged: routes["POST /articles"].allOf[0]\n'),
    });
  });

  it("prints JSON", async () => {
    const { stdout } = await runCommand(testCommand, [policy, all, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: 3,
      failures: [],
      percent: 100,
      coverage: { seen: 4, total: 4 },
    });
  });

  it.each<[string, readonly string[], string]>([
    ["no tests", [policy], "write FILE TESTS"],
    ["a file too many", [policy, all, all], "write FILE TESTS"],
    ["no percentage", [policy, all, "--min-coverage", "101"], "--min-coverage must be a number from 0 to 100"],
    [
      "faulty tests",
      [policy, tests("table: { POST /articles: { eve: allow } }\n", "eve.yaml")],
      "ada, bob, anonymous, guest",
    ],
    [
      "personas that are not there",
      [policy, write("lost.yaml", "personas: lost/p.yaml\n")],
      "lost/p.yaml: there is no such file",
    ],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(testCommand, args)).rejects.toThrow(message);
  });
});

describe("the example policies", () => {
  it.each(["saas", "public-api", "back-office", "graphql"])(
    "%s passes its tests, and they reach all of it",
    async (example) => {
      const folder = `examples/policies/${example}`;
      const args = [`${folder}/policy.yaml`, `${folder}/tests.yaml`, "--min-coverage", "100"];
      const { status, stdout } = await runCommand(testCommand, args);
      expect(stdout).toMatch(/^✓ \d\d as expected, 0 not\nleaf coverage: (\d+) of \1 outcomes \(100 %\)\n$/);
      expect(status).toBe(0);
    },
  );
});

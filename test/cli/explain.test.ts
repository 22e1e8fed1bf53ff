import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { explainCommand } from "../../src/cli/explain.ts";
import { runCommand } from "./run-command.ts";
import { runPoolgate } from "./run-poolgate.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const policy = write(
  "policy.yaml",
  `version: 1
require: { not: { group: suspended } }
routes:
  GET /health: anyone
  POST /articles: { allOf: [{ group: [editors, admins] }, { scope: articles/write }] }
  "* /tenants/:tenantId/**": { equal: [{ tag: tenant }, { param: tenantId }] }
  GET /preview: { equal: [{ header: x-preview }, "s3cret-preview"] }
  GET /office: { ip: 10.0.0.0/8 }
`,
);
const personas = write(
  "personas.yaml",
  `personas:
  ada: { groups: [editors], scopes: [articles/write], tags: { tenant: acme } }
  batch: { kind: role, role: 123456789012/Batch, groups: [editors] }
`,
);

const explain = (as: string, ...request: readonly string[]) =>
  runCommand(explainCommand, [policy, "--as", as, "--personas", personas, ...request]);

describe("poolgate explain", () => {
  it("tells a denied signed caller on a scope rule that he has no scopes, and what would allow", async () => {
    const signed = "credential=signature,groups=editors";
    const ended = await runPoolgate(["explain", policy, "--as", signed, "POST", "/articles"]);
    expect(ended).toEqual({
      status: 1,
      stderr: "",
      stdout: `denied: access_denied - The caller may not do this.
caller: user:testing:caller (user, verified by signed-request)
route: POST /articles
? allOf
  ✓ not
    ✗ group("suspended") [groups = ["editors"]]
  ? allOf
    ✓ group("editors", "admins") [groups = ["editors"]]
    ? scope("articles/write") [scopes is missing]: a signed caller has no scopes
to be allowed:
  come with a token that has the scope "articles/write" (a signed caller has no scopes)
`,
    });
  });

  it("judges fields and the opening of a connection in place of a request", async () => {
    const graph = write(
      "graph.yaml",
      "version: 1\nfields:\n  Mutation.deleteUser: { group: admins }\nconnect: { group: editors }\n",
    );
    const ask = (...rest: string[]) => runCommand(explainCommand, [graph, "--as", "groups=editors", ...rest]);
    const denied = await ask("--field", "Query.users", "--field", "Mutation.deleteUser");
    expect(denied.status).toBe(1);
    expect(denied.stdout).toContain("field: Mutation.deleteUser\n✗ group");
    expect((await ask("--field", "Query.users")).status).toBe(0);
    expect(await ask("--connect")).toMatchObject({ status: 0, stdout: expect.stringContaining("route: $connect") });
    const room = write("room.yaml", "version: 1\nconnect: { equal: [{ query: room }, '7'] }\n");
    const connect = (...query: string[]) => runCommand(explainCommand, [room, "--as", "guest", "--connect", ...query]);
    expect((await connect("?room=7")).status).toBe(0);
    expect((await connect("?room=8")).status).toBe(1);
    expect((await connect()).status).toBe(1);
    await expect(connect("/?room=7")).rejects.toThrow("write one of");
    await expect(connect("?room=7", "/")).rejects.toThrow("write one of");
    await expect(ask("--field", "Query.users", "?room=7")).rejects.toThrow("write one of");
    await expect(ask("--connect", "--field", "Query.users")).rejects.toThrow("write one of");
    await expect(ask("GET", "/", "--connect")).rejects.toThrow("write one of");
    await expect(ask("--field", "users")).rejects.toThrow("write a field as");
  });

  it("ends with 0 where the caller is allowed, and takes personas by name", async () => {
    const { status, stdout } = await explain("ada", "POST", "/articles");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^allowed\ncaller: user:testing:ada \(user, verified by user-pool\)\nroute: POST \/articles\n/,
    );
  });

  it("says what a parameter or an attribute would have to be", async () => {
    const { stdout } = await explain("ada", "GET", "/tenants/globex/x");
    expect(stdout).toMatch(
      /^to be allowed:\n {2}ask with param\("tenantId"\) = "acme", or have tag\("tenant"\) = "globex"$/m,
    );
  });

  it("takes headers and an address, and prints no value of a header", async () => {
    const [with_, without, wrong] = await Promise.all([
      explain("batch", "GET", "/preview", "--header", "X-Preview: s3cret-preview"),
      explain("ada", "GET", "/preview", "--header", "X-Preview: s3cret-preview"),
      explain("ada", "GET", "/preview", "--header", "X-Preview: s3cret-other"),
    ]);
    // What a role stands for is not all of its groups, so that it may be suspended.
    expect([with_.status, without.status, wrong.status]).toEqual([1, 0, 1]);
    expect(wrong.stdout).not.toContain("s3cret-other");
    expect((await explain("ada", "GET", "/office", "--ip", "10.1.2.3")).status).toBe(0);
    expect((await explain("ada", "GET", "/office", "--ip", "192.0.2.1")).status).toBe(1);
    await expect(explain("ada", "GET", "/office", "--ip", "10.1.2.300")).rejects.toThrow("write an IP address");
  });

  it("tells the routes of other methods where none matches", async () => {
    const { stdout } = await explain("guest", "PUT", "/articles");
    expect((await explain("guest", "PUT", "/x")).stdout).toContain("none of another method does\n");
    expect(stdout).toContain("so that nobody may do this; of other methods: POST /articles\n");
  });

  it("explains a request that is refused before anybody is judged", async () => {
    const { status, stdout } = await explain("ada", "GET", "/tenants//x");
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^denied: target_not_canonical - [^\n]*\n$/)]);
  });

  it("asks the functions of a module that it is given", async () => {
    const asking = write("asking.yaml", "version: 1\nroutes:\n  GET /a: { custom: mayRead }\n");
    const module = write("extensions.mjs", "export const extensions = { functions: { mayRead: async () => true } };\n");
    const args = [asking, "--as", "guest", "GET", "/a"];
    expect((await runCommand(explainCommand, [...args, "--extensions", module])).status).toBe(0);
    await expect(runCommand(explainCommand, args)).rejects.toThrow(/asking\.yaml:3:\d+: .*mayRead/);
    const nothing = [...args, "--extensions", write("nothing.mjs", "")];
    await expect(runCommand(explainCommand, nothing)).rejects.toThrow("it exports neither extensions nor default");
  });

  it("prints JSON", async () => {
    const { stdout } = await explain("anonymous", "POST", "/articles", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      allowed: false,
      code: "no_credentials",
      route: "POST /articles",
      caller: { kind: "anonymous" },
      nearest: [
        ['be in the group "editors" or "admins"', expect.stringMatching(/^come with a token that has the scope/)],
      ],
    });
  });

  it("colors lines by what came of them, on a terminal alone", async () => {
    const args = [policy, "--as", "credential=signature,groups=suspended", "POST", "/articles"];
    const [plain, colored] = [await runCommand(explainCommand, args), await runCommand(explainCommand, args, true)];
    expect(plain.stdout).not.toContain("\x1b");
    expect(colored.stdout).toContain('\x1b[32m    ✓ group("suspended") [groups = ["suspended"]]\x1b[0m\n');
    expect(colored.stdout).toContain("\x1b[31mdenied: access_denied");
    expect(stripVTControlCharacters(colored.stdout)).toBe(plain.stdout);
  });

  it.each<[string, readonly string[], string]>([
    ["no path", ["--as", "guest", "GET"], "write FILE METHOD PATH"],
    ["no persona", ["GET", "/"], "write --as PERSONA"],
    ["too much", ["--as", "guest", "GET", "/", "s3cret"], "there is an argument too many"],
    ["a header without a colon", ["--as", "guest", "GET", "/", "--header", "s3cret"], "write a header as --header"],
    [
      "a credential",
      ["--as", "guest", "GET", "/", "--header", "Authorization: Bearer s3cret"],
      "a persona stands for the credential",
    ],
    [
      "a persona that is not there",
      ["--as", "eve", "GET", "/"],
      'there is no persona "eve"; there are anonymous, guest',
    ],
    ["a persona of another kind", ["--as", "kind=admin", "GET", "/"], "persona.kind: write one of user, client"],
    ["no file of personas", ["--as", "ada", "--personas", "/nonexistent.yaml", "GET", "/"], "there is no such file"],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(explainCommand, [policy, ...args])).rejects.toThrow(message);
  });

  it("prints what is wrong on the standard error", async () => {
    const ended = await runPoolgate(["explain", policy, "--as", "eve", "GET", "/"]);
    expect(ended).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^poolgate explain: persona: there is no/),
    });
  });
});

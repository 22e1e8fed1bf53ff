import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matrixCommand } from "../../src/cli/matrix.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const policy = write(
  "policy.yaml",
  `version: 1
rules: { own: { equal: [{ param: tenant }, { tag: tenant }] } }
routes:
  GET /health: anyone
  GET /t/:tenant/**: { rule: own }
  GET /t/:tenant/:id: { allOf: [{ rule: own }, { equal: [{ query: preview }, "on"] }] }
  GET /mode/:mode: { oneOf: [{ param: mode }, [light, dark]] }
  GET /hidden: { not: { equal: [{ header: x-hidden }, { claim: hidden }] } }
  "* /any/*": { group: [editors] }
  GET /any/sample: anyone
  GET /any/:id: { identityId: eu-west-1:ada }
`.replace("{ identityId: eu-west-1:ada }", "{ equal: [{ identityId: true }, { param: id }] }"),
);
const personas = write(
  "personas.yaml",
  `ada: { tags: { tenant: acme }, groups: [editors], claims: { hidden: off } }
visitor: { kind: guest, identityId: "visitor" }
`,
);

describe("poolgate matrix", () => {
  it("shows fields and connect beneath the routes, each key with a field that it alone takes", async () => {
    const graph = write(
      "graph.yaml",
      `version: 1
require: { not: { equal: [{ header: x-shut }, "yes"] } }
routes:
  POST /graphql: anyone
fields:
  Mutation.deleteUser: { group: admins }
  "Mutation.*": { group: editors }
  User.email: { anyOf: [{ group: staff }, { equal: [{ header: x-tenant }, { tag: tenant }] }] }
connect: authenticated
`,
    );
    // Of whoever brings no header, nobody can tell that it is not "yes".
    expect(await runCommand(matrixCommand, [graph, personas])).toEqual({
      status: 0,
      stderr: "",
      stdout: `                            anonymous  ada  visitor
POST /graphql               ✓          ✓    ✓
fields Mutation.deleteUser  ✗          ✗    ✗
fields Mutation.*           ✗          ~    ✗
fields User.email           ✗          ~    ✗
fields *                    ✗          ~    ✗
connect                     ✗          ~    ✗
`,
    });
    const { rows } = JSON.parse((await runCommand(matrixCommand, [graph, personas, "--json"])).stdout);
    expect(rows[2].cells[1]).toEqual({
      outcome: "some",
      request: "fields Mutation.other",
      why: expect.stringMatching(
        /^fields Mutation\.other with x-shut\nallowed\n✓ allOf(?:.|\n)+and with other values:\nfields Mutation\.other\ndenied/,
      ),
    });
    expect(rows[3].cells[1].why).toContain("fields User.email with x-shut, x-tenant\nallowed");
    expect(rows[4].cells[1].request).toBe("fields Query.other");
    expect(rows[5].cells[1].why).toContain("connect with x-shut\nallowed");
  });

  it("tries the query with which a connection may be opened", async () => {
    const rooms = write("rooms.yaml", "version: 1\nconnect: { equal: [{ query: room }, { tag: tenant }] }\n");
    const { stdout } = await runCommand(matrixCommand, [rooms, personas]);
    expect(stdout).toMatch(/\nconnect +✗ +~ +✗\n$/);
    const { rows } = JSON.parse((await runCommand(matrixCommand, [rooms, personas, "--json"])).stdout);
    expect(rows[0].cells[1]).toMatchObject({ outcome: "some", request: "connect?room=acme" });
  });

  it("tries no value that no request can carry", async () => {
    const or = (rule: object) => ({ anyOf: [{ group: "editors" }, rule] });
    const policy = write(
      "carried.json",
      JSON.stringify({
        version: 1,
        routes: {
          "GET /a/:id": or({ equal: [{ param: "id" }, "\ud800"] }),
          "GET /b": or({ equal: [{ query: "id" }, "\ud800"] }),
          "GET /c": or({ equal: [{ query: "\ud800" }, "id"] }),
          "GET /d": or({ equal: [{ header: "id" }, "a\nb"] }),
        },
        connect: or({ equal: [{ query: "id" }, "\ud800"] }),
      }),
    );
    const { rows } = JSON.parse((await runCommand(matrixCommand, [policy, personas, "--json"])).stdout);
    for (const { cells } of rows)
      expect(cells.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["deny", "allow", "deny"]);
  });

  it("does not try what only * could take where all types that operations begin with are taken whole", async () => {
    const whole = write(
      "whole.json",
      JSON.stringify({
        version: 1,
        fields: { "Query.*": "anyone", "Mutation.*": "anyone", "Subscription.*": "anyone" },
      }),
    );
    expect((await runCommand(matrixCommand, [whole, personas])).stdout).toMatch(/\nfields \*\s+·\s+·\s+·\n$/);
  });

  it("shows what each persona may do, and where it depends on the request", async () => {
    expect(await runCommand(matrixCommand, [policy, personas])).toEqual({
      status: 0,
      stderr: "",
      stdout: `                    anonymous  ada  visitor
GET /health         ✓          ✓    ✓
GET /t/:tenant/**   ✗          ~    ✗
GET /t/:tenant/:id  ✗          ~    ✗
GET /mode/:mode     ~          ~    ~
GET /hidden         ✗          ~    ✗
* /any/*            ✗          ✓    ✗
GET /any/sample     ✓          ✓    ✓
GET /any/:id        ✗          ✗    ~
`,
    });
  });

  it("tells why in JSON, with a request that is allowed where any is", async () => {
    const { rows } = JSON.parse((await runCommand(matrixCommand, [policy, personas, "--json"])).stdout);
    expect(rows[1].cells[1]).toEqual({
      outcome: "some",
      request: "GET /t/acme",
      why: expect.stringMatching(
        /^GET \/t\/acme\nallowed\n✓ rule\("own"\)(?:.|\n)+and with other values:\nGET \/t\/sample\ndenied/,
      ),
    });
    expect(rows[2].cells[1].request).toBe("GET /t/acme/sample?preview=on");
    expect(rows[4].cells[1].why).toContain("GET /hidden with x-hidden\n");
    expect(rows[4].cells[1].why).toContain('header("x-hidden") is present');
  });

  it("writes a page in which nothing of a policy is markup", async () => {
    const hostile = write(
      "hostile.json",
      JSON.stringify({ version: 1, routes: { "GET /a": { group: "</script><b>" } } }),
    );
    const people = write("people.json", JSON.stringify({ "<i>&'\"": {} }));
    const out = write("page.html", "");
    expect(await runCommand(matrixCommand, [hostile, people, "--html", out])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const page = readFileSync(out, "utf8");
    expect(page).not.toMatch(/<b>\)|<i>/);
    expect(page).toContain("&lt;i&gt;&amp;&#39;\\&quot;");
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).toMatch(/default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='/);
    expect(page).not.toMatch(/https?:|url\(|@import/);
  });

  it("tells how far it is, and uses colors on a terminal", async () => {
    const { stdout } = await runCommand(matrixCommand, [policy, personas], true);
    expect(stdout).toContain("GET /health         \x1b[32m✓\x1b[0m          \x1b[32m✓\x1b[0m");
  });

  it.each<[string, readonly string[], string]>([
    ["no personas", [policy], "write FILE PERSONAS"],
    [
      "a page that cannot be written",
      [policy, personas, "--html", "/nonexistent/a.html"],
      "it cannot be written (ENOENT)",
    ],
    ["personas that are none", [policy, write("none.yaml", "ada: 1\n")], "write an object with kind"],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(matrixCommand, args)).rejects.toThrow(message);
  });
});

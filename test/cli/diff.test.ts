import { describe, expect, it } from "vitest";
import { diffCommand } from "../../src/cli/diff.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const routes = Array.from({ length: 500 }, (_, index) => [
  `GET /r${index}/:id`,
  { group: [`team-${index}`, "admins"] },
]);
const policy = (changed: object) =>
  JSON.stringify({ version: 1, routes: { ...Object.fromEntries(routes), ...changed } });
const old = write("old.json", policy({}));

describe("poolgate diff", () => {
  it("ends with 0 where two policies allow the same", async () => {
    const same = write("same.json", policy({ "GET /r7/:id": { anyOf: [{ group: "admins" }, { group: "team-7" }] } }));
    expect(await runCommand(diffCommand, [old, same])).toEqual({
      status: 0,
      stdout: "the policies allow the same\n",
      stderr: "",
    });
  });

  it("ends with 1 and a witness where one group more is let in on one of 500 routes", async () => {
    const wider = write("wider.json", policy({ "GET /r321/:id": { group: ["team-321", "admins", "interns"] } }));
    const { status, stdout } = await runCommand(diffCommand, [old, wider]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^the policies differ in what they allow\nGET \/r321\/:id\n {2}let in: .*"interns"/);
    expect(stdout).not.toContain("shut out");
    const { changes, verdict } = JSON.parse((await runCommand(diffCommand, [old, wider, "--json"])).stdout);
    expect(verdict).toBe("different");
    expect(changes).toMatchObject([{ before: "GET /r321/:id", gains: { caller: { groups: ["interns"] } } }]);
  });

  it("tells a witness for a GraphQL field and for a connection", async () => {
    const graph = (name: string, group: string) =>
      write(name, JSON.stringify({ version: 1, fields: { "Mutation.*": { group } }, connect: { group } }));
    const [one, other] = [graph("one.json", "editors"), graph("other.json", "interns")];
    const { status, stdout } = await runCommand(diffCommand, [one, other]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/\nfields Mutation\.\*\n {2}let in: .*"interns".*\n {4}asks: the field Mutation\.other\n/);
    expect(stdout).toMatch(/\nconnect\n {2}let in: .*"interns".*\n {4}asks: to connect\n/);
    const { changes } = JSON.parse((await runCommand(diffCommand, [one, other, "--json"])).stdout);
    expect(changes).toMatchObject([
      { field: "Mutation.other", before: "Mutation.*", gains: { request: { field: "Mutation.other" } } },
      { connect: true, before: "$connect", gains: { request: { connect: true } } },
    ]);
  });

  it("ends with 2 where it cannot be told", async () => {
    const asking = (name: string) => write(`${name}.json`, `{"version":1,"routes":{"GET /a":{"custom":"${name}"}}}`);
    const module = write("extensions.mjs", "export default { functions: { one: () => true, two: () => true } };\n");
    const args = [asking("one"), asking("two"), "--extensions", module];
    expect((await runCommand(diffCommand, args)).status).toBe(2);
  });

  it.each<[string, readonly string[], string]>([
    ["one policy", [old], "write OLD NEW"],
    ["a policy that is not there", [old, "/nonexistent.json"], "there is no such file"],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(diffCommand, args)).rejects.toThrow(message);
  });
});

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { routesCommand } from "../../src/cli/routes.ts";
import { runCommand } from "./run-command.ts";
import { runPoolgate } from "./run-poolgate.ts";
import { temporaryFiles } from "./temporary-files.ts";

const write = temporaryFiles();
const policy = write(
  "policy.yaml",
  `version: 1
routes:
  GET /health: anyone
  GET /users/:id: authenticated
  GET /users/me: authenticated
  DELETE /users/:id: { group: admins }
  "* /admin/**": { group: admins }
  GET /gone: anyone
  GET /files/*path: authenticated
`,
);

/** Writes a module with an app of the Express in a folder of node_modules. */
function app(name: string, express: "express" | "express4", body: string): string {
  const found = createRequire(import.meta.url).resolve(express);
  return write(
    `${name}-${express}.mjs`,
    `import express from ${JSON.stringify(pathToFileURL(found).href)};
const { Router } = express;
const app = express();
const ok = (_, response) => response.end();
${body}
`,
  );
}
const complete = `
app.use(express.json());
app.get("/health", ok);
app.get("/users/me", ok);
const users = Router();
users.get("/:id", ok);
users.delete("/:id", ok);
app.use("/users", users);
const reports = Router();
reports.get("/", ok);
const admin = Router();
admin.use("/reports", reports);
app.use("/admin", admin);
app.get("/gone", ok);
`;
const files = { express: 'app.get("/files/*path", ok);', express4: 'app.get("/files/*", ok);' };

const routes = async (module: string, ...more: readonly string[]) => {
  const { status, stdout } = await runCommand(routesCommand, [policy, "--express", module, ...more]);
  return { status, stdout };
};

describe.each(["express", "express4"] as const)("poolgate routes, with %s", (express) => {
  it("ends with 0 where the app and the policy have the same routes", async () => {
    const module = app("complete", express, `${complete}${files[express]}\nexport default app;`);
    expect(await routes(module)).toEqual({ status: 0, stdout: "✓ the policy and the app have the same routes\n" });
  });

  it("tells routes of the app that the policy lacks, and routes of the policy that the app does not take", async () => {
    const body = `${complete.replace('app.get("/gone", ok);', "")}
app.post("/users", ok);
app.route("/users/:id").put(ok).get(ok);
const teams = Router({ mergeParams: true });
teams.get("/members", ok);
app.use("/teams/:team", teams);
export { app };`;
    expect(await routes(app("lacking", express, body))).toEqual({
      status: 1,
      stdout: `the app has, and the policy lacks, so that nobody may use them:
  POST /users
  PUT /users/:id
  GET /teams/:team/members
the policy has, and no route of the app takes:
  GET /gone
  GET /files/*path
`,
    });
  });

  it("tells where Express answers by a route that was registered before", async () => {
    const body = `${complete.replace('app.get("/users/me", ok);', "")}${files[express]}
app.get("/users/me", ok);
export default app;`;
    expect(await routes(app("order", express, body))).toEqual({
      status: 1,
      stdout: `the policy judges by its most specific route, and Express answers by the first registered:
  GET /users/me: judged by GET /users/me, answered by GET /users/:id
`,
    });
  });

  it("ends with 2 and says what cannot be read, and compares the rest", async () => {
    const body = `${complete}
app.get(/^\\/files\\/.*$/, ok);
app.use("/sub", express());
app.all("/everything", ok);
export default app;`;
    const { status, stdout } = await routes(app("unreadable", express, body), "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      missing: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => `${method} /everything`),
      unused: [],
      conflicts: [],
      unreadable: ["/^\\/files\\/.*$/: the path of a route", "/: an app that is mounted here; mount a router"],
    });
  });

  it("takes an app without routes, and a router under a name", async () => {
    expect((await routes(app("empty", express, "export default app;"))).status).toBe(1);
    const body = 'const router = Router();\nrouter.get("/health", ok);\nexport { router as api };';
    const { stdout } = await routes(app("named", express, body), "--export", "api", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ missing: [], conflicts: [], unreadable: [] });
  });
});

describe("poolgate routes", () => {
  it("reads optional parts of a path, several paths, and mounts on several", async () => {
    const four = app("paths", "express4", 'app.get(["/health", "/users/:id?"], ok);\nexport default app;');
    expect(JSON.parse((await routes(four, "--json")).stdout)).toMatchObject({
      missing: ["GET /users/:id?"],
      unreadable: [],
    });
    const body = 'const r = Router();\nr.get("/{:id}", ok);\napp.use(["/users", "/people"], r);\nexport default app;';
    const five = app("mounts", "express", body);
    expect(JSON.parse((await routes(five, "--json")).stdout)).toMatchObject({
      missing: ["GET /users/{:id}", "GET /people/{:id}"],
      unreadable: [],
    });
  });

  it("ends although the app listens when it is imported", async () => {
    const module = app(
      "listening",
      "express",
      `${complete}${files.express}\napp.listen(0, "127.0.0.1");\nexport default app;`,
    );
    const ended = await runPoolgate(["routes", policy, "--express", module]);
    expect(ended).toEqual({ status: 0, stdout: "✓ the policy and the app have the same routes\n", stderr: "" });
  });

  it.each<[string, readonly string[], string]>([
    ["no policy", ["--express", "x"], "write one FILE"],
    ["no app", [policy], "write --express APP_MODULE"],
    ["a module that is not there", [policy, "--express", "/nonexistent.mjs"], "it cannot be imported: "],
    ["a module that throws", [policy, "--express", write("throws.mjs", "throw null;")], "it cannot be imported: "],
    [
      "a module without an app",
      [policy, "--express", write("none.mjs", "export const app = 1;")],
      "it exports no Express app",
    ],
    [
      "another name",
      [policy, "--express", write("other.mjs", "export default () => {};"), "--export", "api"],
      "it exports no Express app as api",
    ],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    await expect(runCommand(routesCommand, args)).rejects.toThrow(message);
  });
});

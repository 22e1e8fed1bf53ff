import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sourceFiles } from "./imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The TypeScript fences of a text, each named by its file and line. */
function fencesOf(path: string, text: string): readonly (readonly [name: string, code: string])[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return [`${path.replaceAll(/[/.]/g, "-")}-${line}`, match[1] ?? ""] as const;
  });
}

/** What an application has made by the time that it mounts a gate; examples of middleware begin there. */
const application = `
declare const app: import("express").Express;
declare const authorizer: import("poolgate").Authorizer;
declare const sessions: import("poolgate").Sessions;
declare const id: import("poolgate").UserPool<"id">;
declare const identityPoolId: string;
`;

// A test of its own holds the page on testing against files that are compiled and run.
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
const snippets = [
  ...pages
    .filter((path) => path.endsWith(".md") && path !== "docs/testing.md")
    .flatMap((path) => fencesOf(path, read(path))),
  ...sourceFiles().flatMap((file) => fencesOf(`src/${file}`, read(`src/${file}`).replaceAll(/^ *\* ?/gm, ""))),
];

describe("the snippets in the docs and in TSDoc", () => {
  it("are found", () => {
    expect(snippets.length).toBeGreaterThan(20);
  });

  it("compile as they stand", () => {
    const folder = mkdtempSync(join(root, "node_modules", ".snippets-"));
    try {
      for (const [name, code] of snippets) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {};\n`);
      writeFileSync(join(folder, "application.d.ts"), application);
      const extended = { extends: join(root, "tsconfig.json"), include: ["*.ts"], exclude: [] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(extended));
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      let output = "";
      try {
        execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", stdio: "pipe" });
      } catch (error) {
        output = String((error as { stdout?: unknown }).stdout);
      }
      expect(output).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

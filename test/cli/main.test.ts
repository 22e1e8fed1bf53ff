import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runPoolgate } from "./run-poolgate.ts";

const source = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("poolgate", () => {
  it("tells its version and its commands", async () => {
    const [version, help, commandHelp] = await Promise.all([
      runPoolgate(["--version"]),
      runPoolgate(["--help"]),
      runPoolgate(["credentials", "--url", "--help"]),
    ]);
    expect(version).toEqual({ status: 0, stdout: `${JSON.parse(source("package.json")).version}\n`, stderr: "" });
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/^Usage: poolgate COMMAND \[OPTIONS\]$/m);
    expect(help.stdout).toMatch(/^ {2}credentials {3}\S.*$/m);
    expect(commandHelp.status).toBe(0);
    expect(commandHelp.stdout).toMatch(
      /^Usage: poolgate credentials --url URL \(--token-file FILE \[--role ARN\] \| --guest\)$/m,
    );
  });

  it("says on the standard error how it is called, and ends with 2, where it is called another way", async () => {
    const [nothing, unknown] = await Promise.all([runPoolgate([]), runPoolgate(["credential", "s3cret"])]);
    expect(nothing).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(/^Usage: poolgate COMMAND/) });
    const stderr = "poolgate: there is no such command; see poolgate --help\n";
    expect(unknown).toEqual({ status: 2, stdout: "", stderr });
  });

  it("is a program that a shell can start", () => {
    expect(source("src/cli/main.ts").split("\n")[0]).toBe("#!/usr/bin/env node");
    expect(JSON.parse(source("package.json")).bin).toEqual({ poolgate: "dist/cli/main.js" });
  });
});

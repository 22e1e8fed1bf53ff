import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClientGate, startGate } from "../client/gate.ts";
import { runPoolgate } from "./run-poolgate.ts";

let gate: ClientGate;
const folder = mkdtempSync(join(tmpdir(), "poolgate-cli-"));
const tokenFile = join(folder, "id-token");

beforeAll(async () => {
  gate = await startGate();
  writeFileSync(tokenFile, `${gate.pools.idToken({ name: "ada", groups: ["editors"] })}\n`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gate[Symbol.asyncDispose]();
});

/** Which role STS sees behind what was printed. */
async function roleOf(stdout: string): Promise<string | undefined> {
  const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout);
  const client = new STSClient({
    region: gate.pools.region,
    endpoint: gate.pools.endpoints.sts,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  return Arn?.split("/")[1];
}

describe("poolgate credentials", () => {
  it("prints what credential_process prints, for a token in a file or on the standard input, and for guests", async () => {
    const broker = `${gate.url}/.well-known/poolgate/credentials`;
    const token = gate.pools.idToken({ name: "bob" });
    const [file, input, guest] = await Promise.all([
      runPoolgate(["credentials", "--url", gate.url, "--token-file", tokenFile]),
      runPoolgate(["credentials", "--url", broker, "--token-file=-"], token),
      runPoolgate(["credentials", `--url=${gate.url}/`, "--guest"]),
    ]);
    expect([file, input, guest].map(({ status, stderr }) => ({ status, stderr }))).toEqual(
      Array.from({ length: 3 }, () => ({ status: 0, stderr: "" })),
    );
    expect(JSON.parse(file.stdout)).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA\w{16}$/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
    });
    expect(await Promise.all([file, input, guest].map(({ stdout }) => roleOf(stdout)))).toEqual([
      "ArticleEditor",
      "Authenticated",
      "Guest",
    ]);
  });

  it("asks for the role that it is given", async () => {
    const role = (name: string) => ["--role", `arn:aws:iam::123456789012:role/${name}`];
    const [chosen, foreign] = await Promise.all([
      runPoolgate(["credentials", "--url", gate.url, "--token-file", tokenFile, ...role("ArticleEditor")]),
      runPoolgate(["credentials", "--url", gate.url, "--token-file", tokenFile, ...role("Administrator")]),
    ]);
    expect([chosen.status, foreign.status]).toEqual([0, 1]);
    expect(await roleOf(chosen.stdout)).toBe("ArticleEditor");
    expect(foreign.stderr).toContain("(role_not_allowed)\n");
  });

  it("ends with 1 and the gate's reason where it is refused, without a word of the token", async () => {
    const token = gate.pools.idToken({ name: "ada" });
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    const ended = await runPoolgate(["credentials", "--url", gate.url, "--token-file", "-"], forged);
    expect(ended).toEqual({ status: 1, stdout: "", stderr: expect.stringContaining("(invalid_token)\n") });
    expect(ended.stderr).not.toContain(forged.slice(0, 20));
  });

  it("ends with 1 where nobody answers, where the answer is another, and where there is no token in the file", async () => {
    const server = createServer((_, response) => response.end("<h1>Hello</h1>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const [silent, other, empty] = await Promise.all([
      runPoolgate(["credentials", "--url", "http://127.0.0.1:1", "--guest"]),
      runPoolgate(["credentials", "--url", `http://127.0.0.1:${port}`, "--guest"]),
      runPoolgate(["credentials", "--url", gate.url, "--token-file", "-"], "no token\n"),
    ]);
    server.close();
    expect([silent, other, empty].map(({ status, stdout }) => ({ status, stdout }))).toEqual(
      Array.from({ length: 3 }, () => ({ status: 1, stdout: "" })),
    );
    expect(silent.stderr).toBe("poolgate credentials: 127.0.0.1:1 cannot be reached, or not in time. (unreachable)\n");
    expect(other.stderr).toContain("(unexpected_answer)\n");
    expect(empty.stderr).toContain("(no_credentials_given)\n");
  });

  it.each<[string, readonly string[], string]>([
    ["no URL", ["--guest"], "--url must be a URL such as https://api.example.com"],
    ["no URL but a path", ["--url", "/x", "--guest"], "--url must be a URL such as https://api.example.com"],
    ["http to elsewhere", ["--url", "http://api.example.com", "--guest"], "--url must begin with https:"],
    ["a password", ["--url", "https://a:s3cret@api.example.com", "--guest"], "--url must hold no user name, password"],
    [
      "a role for a guest",
      ["--url", "https://api.example.com", "--guest", "--role", "arn:aws:iam::123456789012:role/Editor"],
      "--role goes with --token-file",
    ],
    [
      "a role that is no ARN",
      ["--url", "https://api.example.com", "--token-file", "/dev/null", "--role", "Editor"],
      "--role must be the ARN of an IAM role",
    ],
    ["neither way", ["--url", "https://api.example.com"], "write one of --token-file FILE and --guest"],
    [
      "both ways",
      ["--url", "https://api.example.com", "--guest", "--token-file", "x"],
      "write one of --token-file FILE and --guest",
    ],
    ["another option", ["--url", "https://api.example.com", "--token", "s3cret"], "Unknown option '--token'"],
    ["an argument", ["--url", "https://api.example.com", "--guest", "s3cret"], "there is an argument too many"],
    [
      "a file that is not there",
      ["--url", "https://api.example.com", "--token-file", "/nonexistent/s3cret"],
      "--token-file cannot be read",
    ],
  ])("ends with 2 where it is given %s", async (_, args, message) => {
    const ended = await runPoolgate(["credentials", ...args]);
    expect(ended).toEqual({ status: 2, stdout: "", stderr: expect.stringContaining(message) });
    expect(ended.stderr).toMatch(/^poolgate credentials: .*; see poolgate credentials --help\n$/);
    expect(ended.stderr).not.toContain("s3cret");
  });
});

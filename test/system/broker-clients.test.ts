import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SigningCredentials } from "poolgate/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type BrokeredApi, startBrokeredApi } from "./brokered-api.ts";
import { bare, type Caller, startBotocoreCaller, startSdkCaller } from "./callers.ts";
import { curlClient } from "./clients.ts";
import { aws, type Finished, run } from "./programs.ts";
import { createTestCertificate, type TestCertificate } from "./test-certificate.ts";

const service = "api.example.com";
const region = "eu-west-1";
const ada = { name: "ada", groups: ["editors", "reviewers"] };
const minute = 60_000;
const arnOf = (role: string) => `arn:aws:sts::123456789012:assumed-role/${role}/CognitoIdentityCredentials`;
const curl = curlClient(service, region);
const folder = mkdtempSync(join(tmpdir(), "poolgate-clients-"));

let certificate: TestCertificate;
let api: BrokeredApi;
/** Ended after each test. */
const toClose: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  certificate = await createTestCertificate();
  api = await startBrokeredApi({ service, certificate });
});

beforeEach(() => {
  api.received.length = 0;
  api.gate.outcomes.length = 0;
});

afterEach(() => Promise.all(toClose.splice(0).map((each) => each.close())));

afterAll(async () => {
  await api?.close();
  certificate?.remove();
  rmSync(folder, { recursive: true });
});

function closing<T extends { close(): Promise<void> }>(opened: T): T {
  toClose.push(opened);
  return opened;
}

/** An application with the AWS SDK that trusts the certificate. */
function sdk({ pools, httpsUri }: BrokeredApi, env: NodeJS.ProcessEnv): Caller {
  const places = { AWS_ENDPOINT_URL_STS: pools.endpoints.sts, AWS_CONTAINER_CREDENTIALS_FULL_URI: httpsUri };
  return closing(startSdkCaller({ ...places, NODE_EXTRA_CA_CERTS: certificate.file, ...env }));
}

/** An application with botocore. */
function botocore({ pools, loopbackUri }: BrokeredApi): Caller {
  return closing(
    startBotocoreCaller({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: loopbackUri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: `Bearer ${pools.idToken(ada)}`,
      STS_ENDPOINT: pools.endpoints.sts,
    }),
  );
}

function awscli(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return run(aws, args, { env: { ...bare, AWS_MAX_ATTEMPTS: "1", ...env } });
}

/** Asks STS who it is with the AWS command line. */
function whoami(env: NodeJS.ProcessEnv): Promise<Finished> {
  return awscli(["sts", "get-caller-identity", "--endpoint-url", api.pools.endpoints.sts, "--output", "json"], env);
}

/** Publishes an article with curl, signing with what a client got from the broker. */
async function publish({ gate }: BrokeredApi, credentials: SigningCredentials | undefined): Promise<string> {
  if (credentials === undefined) return "no credentials";
  const headers = { "content-type": "application/json" };
  const { status, text } = await curl({
    ...{ host: gate.host, method: "POST", target: "/articles", headers, body: "{}", credentials },
  });
  return `${status} ${text}`;
}
const published = '200 {"published":true}';

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a current AWS SDK, over https", () => {
  it("gets credentials for a token in its environment, uses them at STS, and curl uses the same at the API", async () => {
    const caller = sdk(api, { AWS_CONTAINER_AUTHORIZATION_TOKEN: `Bearer ${api.pools.idToken(ada)}` });
    const { arn, credentials, fault } = await caller.ask();
    expect([arn, fault]).toEqual([arnOf("ArticleEditor"), undefined]);
    expect(await publish(api, credentials)).toBe(published);
    expect(api.gate.outcomes).toEqual(["allowed"]);
    expect((await caller.ask()).credentials).toEqual(credentials);
    expect(api.received).toHaveLength(1);
  });

  it("asks for another role of its token where the URI names one", async () => {
    const caller = sdk(api, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${api.httpsUri}?role=arn:aws:iam::123456789012:role/Reviewer`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: `Bearer ${api.pools.idToken(ada)}`,
    });
    expect((await caller.ask()).arn).toBe(arnOf("Reviewer"));
  });

  it.each([
    ["five minutes before the end, with a token that is still good", 54, 56],
    ["past the life of the first token, with the one that its file holds by then", 50, 61],
  ])("renews by itself %s", async (_, still, then) => {
    const time = { ahead: 0 };
    const moved = closing(await startBrokeredApi({ service, certificate, clock: () => Date.now() + time.ahead }));
    const tokens = [moved.pools.idToken(ada), moved.pools.idToken(ada, { expiresInSeconds: 7_200 })];
    const token = file("token", `Bearer ${tokens[0]}`);
    const caller = sdk(moved, { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token });
    const first = await caller.ask();
    expect(first.arn).toBe(arnOf("ArticleEditor"));
    time.ahead = still * minute;
    expect((await caller.ask(time.ahead)).credentials).toEqual(first.credentials);
    file("token", `Bearer ${tokens[1]}`);
    time.ahead = then * minute;
    // While the old ones are still good it renews in the background.
    await vi.waitFor(async () => {
      const { arn, credentials } = await caller.ask(time.ahead);
      expect(arn).toBe(arnOf("ArticleEditor"));
      expect(credentials?.accessKeyId).not.toBe(first.credentials?.accessKeyId);
    }, 300_000);
    expect(moved.received).toEqual(tokens.map((each) => `Bearer ${each}`));
  });

  it.each([
    ["an expired token", () => `Bearer ${api.pools.idToken(ada, { expiresInSeconds: -1 })}`, true],
    ["an access token", () => `Bearer ${api.pools.accessToken(ada)}`, true],
    ["a token without its scheme", () => api.pools.idToken(ada), true],
    [
      "a token file that ends with a line feed, which it cannot send",
      () => `Bearer ${api.pools.idToken(ada)}\n`,
      false,
    ],
  ])("gets nothing for %s", async (_, mint, sent) => {
    const content = mint();
    const caller = sdk(api, { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file("bad", content) });
    const { arn, credentials, fault } = await caller.ask();
    expect([arn, credentials, typeof fault]).toEqual([undefined, undefined, "string"]);
    expect([...new Set(api.received)]).toEqual(sent ? [content] : []);
  });

  it("gets nothing from a broker whose certificate it does not trust", async () => {
    const token = `Bearer ${api.pools.idToken(ada)}`;
    const caller = sdk(api, { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, NODE_EXTRA_CA_CERTS: undefined });
    expect((await caller.ask()).arn).toBeUndefined();
    expect(api.received).toEqual([]);
  });
});

describe("Debian's AWS command line, on loopback", () => {
  const container = () => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: api.loopbackUri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: `Bearer ${api.pools.idToken(ada)}`,
  });

  it("gets credentials and asks STS who it is", async () => {
    const { status, stdout, stderr } = await whoami(container());
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout).Arn).toBe(arnOf("ArticleEditor"));
    expect(api.received).toHaveLength(1);
  });

  it("hands on its credentials, with which it asks STS again and curl calls the API", async () => {
    const exported = await awscli(["configure", "export-credentials"], container());
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(exported.stdout);
    const again = await whoami({
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    });
    expect(JSON.parse(again.stdout).Arn).toBe(arnOf("ArticleEditor"));
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect(await publish(api, credentials)).toBe(published);
    expect(api.received).toHaveLength(1);
  });

  it("gets nothing without a token", async () => {
    const { status } = await whoami({ AWS_CONTAINER_CREDENTIALS_FULL_URI: api.loopbackUri });
    expect(status).not.toBe(0);
    expect(new Set(api.received)).toEqual(new Set([undefined]));
  });

  it("gets credentials by credential_process from the command of this package", async () => {
    const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
    const token = file("process-token", `${api.pools.idToken(ada)}\n`);
    const command = `${process.execPath} ${program} credentials --url http://${api.gate.host} --token-file ${token}`;
    const config = file("config", `[profile articles]\nregion = ${region}\ncredential_process = ${command}\n`);
    const { status, stdout, stderr } = await whoami({ AWS_CONFIG_FILE: config, AWS_PROFILE: "articles" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout).Arn).toBe(arnOf("ArticleEditor"));
  });
});

describe("Debian's botocore, on loopback", () => {
  it("gets credentials, asks STS who it is, and curl calls the API with the same", async () => {
    const caller = botocore(api);
    const { arn, credentials, fault } = await caller.ask();
    expect([arn, fault]).toEqual([arnOf("ArticleEditor"), undefined]);
    expect(await publish(api, credentials)).toBe(published);
    expect((await caller.ask()).credentials).toEqual(credentials);
    expect(api.received).toHaveLength(1);
  });

  it("renews by itself credentials that end within a quarter of an hour", async () => {
    const short = closing(await startBrokeredApi({ service, certificate, credentialsSeconds: 12 * 60 }));
    const caller = botocore(short);
    const answers = [await caller.ask(), await caller.ask(), await caller.ask()];
    expect(answers.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
    expect(new Set(answers.map(({ credentials }) => credentials?.accessKeyId)).size).toBe(3);
    for (const { credentials } of answers) expect(await publish(short, credentials)).toBe(published);
  });
});

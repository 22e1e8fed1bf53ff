import { createInterface } from "node:readline";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { SigningCredentials } from "poolgate/testing";
import { aws, curl, python, run, start, stop } from "./programs.ts";

/** A request that a program is asked to sign and send. */
export interface Order {
  /** Host and port, which must be the `Host` header too. */
  readonly host: string;
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A query that the program is to encode by itself; only botocore takes it. */
  readonly params?: Readonly<Record<string, string>>;
  /** How long a URL is to live that the program presigns in place of signing headers; only botocore takes it. */
  readonly presignSeconds?: number;
  readonly credentials: SigningCredentials;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A program that signs. */
export type Client = (order: Order) => Promise<Reply>;

/** Makes curl sign for a service and send. */
export function curlClient(service: string, region: string): Client {
  return async ({ host, method, target, headers = {}, body, credentials }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const all = { ...headers, ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }) };
    const finished = await run(
      curl,
      [
        ...["--disable", "--silent", "--show-error", "--globoff", "--path-as-is", "--noproxy", "*"],
        ...["--max-time", "20", "--write-out", "\\n%{http_code}", "--request", method],
        ...["--aws-sigv4", `aws:amz:${region}:${service}`, "--user", `${accessKeyId}:${secretAccessKey}`],
        ...Object.entries(all).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
        ...(body === undefined ? [] : ["--data-binary", "@-"]),
        `http://${host}${target}`,
      ],
      { input: body ?? "" },
    );
    if (finished.status !== 0) throw new Error(`curl ended with ${finished.status}: ${finished.stderr}`);
    const end = finished.stdout.lastIndexOf("\n");
    return { status: Number(finished.stdout.slice(end + 1)), text: finished.stdout.slice(0, end) };
  };
}

/** Starts one Python process in which botocore signs for a service, since each start would take most of a second. */
export function startBotocore(service: string, region: string): { readonly client: Client; close(): Promise<void> } {
  const script = new URL("botocore-client.py", import.meta.url).pathname;
  const child = start(python, [script]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`botocore ended with ${status}`)));
  });
  // Whoever waits for a line is told; the end of a process that nobody waits for is no fault.
  failed.catch(() => {});
  return {
    async client({ body = "", credentials, ...order }) {
      const question = {
        ...{ headers: {}, service, region, ...order, ...credentials },
        body: Buffer.from(body).toString("base64"),
      };
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await Promise.race([lines.next(), failed]);
      return JSON.parse(String(line.value)) as Reply;
    },
    close: () => stop(child),
  };
}

/** Runs the AWS command line, unmodified, against an endpoint: 200 stands for its success, 0 for its failure. */
export function awscliClient(region: string): Client {
  return async ({ host, credentials }) => {
    const finished = await run(
      aws,
      ["sts", "get-caller-identity", "--output", "json", "--endpoint-url", `http://${host}`],
      {
        env: {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: credentials.sessionToken,
          AWS_DEFAULT_REGION: region,
          AWS_CONFIG_FILE: "/dev/null",
          AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_MAX_ATTEMPTS: "1",
          NO_PROXY: "*",
        },
      },
    );
    return { status: finished.status === 0 ? 200 : 0, text: finished.stdout };
  };
}

/** Asks with the STS client of the AWS SDK, unmodified, at an endpoint: 200 stands for its success, 0 for its failure. */
export function stsClient(region: string): Client {
  return async ({ host, credentials }) => {
    const client = new STSClient({ region, credentials, endpoint: `http://${host}`, maxAttempts: 1 });
    try {
      const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}));
      return { status: 200, text: JSON.stringify({ UserId, Account, Arn }) };
    } catch {
      return { status: 0, text: "" };
    } finally {
      client.destroy();
    }
  };
}

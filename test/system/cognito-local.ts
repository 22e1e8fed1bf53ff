import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { start, stop } from "./programs.ts";

/** A running cognito-local with one user pool, which signs its tokens by itself. */
export interface CognitoLocal {
  readonly userPoolId: string;
  /** `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Calls an operation of the user pools API. */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

const installed = fileURLToPath(new URL("../cognito-local/node_modules", import.meta.url));
const program = join(installed, "cognito-local", "lib", "bin", "start.js");
const region = "us-east-1";
// The ids of pools that cognito-local makes are not of Cognito's form, so one is put into its data folder beforehand.
const userPoolId = `${region}_LocalPool`;
const issuerDomain = `https://cognito-idp.${region}.amazonaws.com`;
const seed = {
  "config.json": { UserPoolDefaults: { UsernameAttributes: [] }, TokenConfig: { IssuerDomain: issuerDomain } },
  [`db/${userPoolId}.json`]: { Options: { Id: userPoolId, UsernameAttributes: [] }, Users: {}, Groups: {} },
};

/** Starts cognito-local on a port of its own, with its data in a temporary folder. */
export async function startCognitoLocal(): Promise<CognitoLocal> {
  if (!existsSync(program)) throw new Error("cognito-local is not there; run npm ci --prefix test/cognito-local");
  const folder = await mkdtemp(join(tmpdir(), "poolgate-cognito-local-"));
  await mkdir(join(folder, ".cognito", "db"), { recursive: true });
  for (const [name, content] of Object.entries(seed)) {
    await writeFile(join(folder, ".cognito", name), JSON.stringify(content));
  }
  const child = start(process.execPath, ["--no-warnings", program], {
    cwd: folder,
    env: { PORT: "0", HOST: "127.0.0.1" },
  });
  async function close(): Promise<void> {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  }
  try {
    const origin = await originIn(child.stdout);
    child.stdout.resume();
    await healthy(origin);
    return {
      userPoolId,
      issuer: `${issuerDomain}/${userPoolId}`,
      jwksUri: `${origin}/${userPoolId}/.well-known/jwks.json`,
      call: (operation, input) => call(origin, operation, input),
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** The address that the program says it listens at. */
async function originIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const origin = /running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (origin !== undefined) return origin;
  }
  throw new Error("cognito-local ended before it listened");
}

async function healthy(origin: string): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${origin}/health`);
    if (answer.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("cognito-local did not get ready within five minutes");
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html, "Sample Request"
async function call(origin: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const answer = await fetch(origin, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      // It wants the form of a signature, and checks none.
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

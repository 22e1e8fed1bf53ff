import { createInterface } from "node:readline";
import type { SigningCredentials } from "poolgate/testing";
import { python, start, stop } from "./programs.ts";

/** What an application learned when it asked STS who it is: that and its credentials, or why it could not ask. */
export interface CallerAnswer {
  readonly arn?: string;
  readonly credentials?: SigningCredentials;
  readonly fault?: string;
}

/** An application that runs, and has found its credentials by itself. */
export interface Caller {
  /** Has it ask STS who it is, with its clock ahead by some milliseconds; only that of the AWS SDK can be. */
  ask(ahead?: number): Promise<CallerAnswer>;
  close(): Promise<void>;
}

/** Starts an application with the AWS SDK. */
export function startSdkCaller(env: NodeJS.ProcessEnv): Caller {
  return startCaller(process.execPath, "sdk-caller.mjs", { ...env, NODE_NO_WARNINGS: "1" });
}

/** Starts an application with Debian's botocore. */
export function startBotocoreCaller(env: NodeJS.ProcessEnv): Caller {
  return startCaller(python, "botocore-caller.py", env);
}

function startCaller(program: string, script: string, env: NodeJS.ProcessEnv): Caller {
  const child = start(program, [new URL(script, import.meta.url).pathname], { env: { ...bare, ...env } });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(ahead = 0) {
      child.stdin.write(`${ahead}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${script} has ended`);
      return JSON.parse(value) as CallerAnswer;
    },
    close: () => stop(child),
  };
}

/** What an application finds beside its credentials: nothing of the machine that the test runs on. */
export const bare: NodeJS.ProcessEnv = {
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  NO_PROXY: "*",
};

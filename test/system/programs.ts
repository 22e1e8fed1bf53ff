import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** What a program wrote, and how it ended. */
export interface Finished {
  /** The exit status; null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The programs of Debian, by their absolute paths: others of the same name may come first on PATH. */
export const curl = "/usr/bin/curl";
export const python = "/usr/bin/python3";
export const aws = "/usr/bin/aws";
export const openssl = "/usr/bin/openssl";

/** How a program is run. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** How long a program may run, in milliseconds: what takes seconds may share its machine with much else. */
const timeout = 300_000;

/** Runs a program to its end, with nothing in its environment but what is given, and kills it after five minutes. */
export async function run(
  program: string,
  args: readonly string[],
  { input = "", env = {}, cwd = process.cwd() }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(program, args, { env: { PATH: "/usr/bin:/bin", ...env }, cwd, timeout, stdio: "pipe" });
  // A program that ends without reading its input is judged by its status.
  child.stdin.on("error", () => {}).end(input);
  const [status, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}

/** A program that runs until it is stopped; what it says on stderr is shown. */
export type Running = ChildProcessByStdio<Writable, Readable, null>;

const running = new Set<Running>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program, with nothing in its environment but what is given. It never outlives this process. */
export function start(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(program, args, {
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["pipe", "pipe", "inherit"],
    ...(cwd !== undefined && { cwd }),
  });
  running.add(child);
  child.once("close", () => void running.delete(child));
  return child;
}

/** Ends a program, if it has not ended yet, and waits for that. */
export async function stop(child: Running): Promise<void> {
  const end = ended(child);
  child.kill("SIGKILL");
  await end;
}

async function ended(child: Pick<ChildProcess, "exitCode" | "signalCode" | "once">): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve, reject) => void child.once("close", resolve).once("error", reject));
}

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ownAddress } from "./own-address.ts";
import type { RedisAddress } from "./redis-server.ts";

/** A gateway in a process of its own. */
export interface Gateway {
  /** The port of `ownAddress`. */
  readonly port: number;
  /** What it wrote to stderr so far: nothing, where nothing is wrong. */
  readonly stderr: () => string;
  /** Gives it an order of gateway.mjs; rejects with the code of the fault. */
  order(name: string, value?: unknown): Promise<unknown>;
  /** Stops its clock: connections stay open, and nothing is answered. */
  pause(): void;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/** What a gateway is made of: see gateway.mjs. */
export interface GatewayOptions {
  readonly client: "ioredis" | "redis";
  readonly redis: RedisAddress;
  /** Of createSessions, as JSON; keys in base64. */
  readonly sessions: Readonly<Record<string, unknown>>;
  /** Of signedRequest, as JSON. */
  readonly verifier: Readonly<Record<string, unknown>>;
  /** Of enrollment, as JSON. */
  readonly enrollment: Readonly<Record<string, unknown>>;
}

/** An order that the gateway could not carry out. */
class OrderFailed extends Error {
  override readonly name = "OrderFailed";
}

const script = fileURLToPath(new URL("gateway.mjs", import.meta.url));

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a gateway of the built package, and resolves when it listens. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const child = fork(script, [JSON.stringify({ ...options, host: ownAddress })], {
    env: { PATH: "/usr/bin:/bin" },
    execArgv: [],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  running.add(child);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      running.delete(child);
      resolve();
    });
  });
  const waiting = new Map<number, (message: Readonly<Record<string, unknown>>) => void>();
  let count = 0;
  const port = await new Promise<number>((resolve, reject) => {
    child.on("message", (message: Readonly<Record<string, unknown>>) => {
      if (typeof message.port === "number") resolve(message.port);
      else waiting.get(Number(message.id))?.(message);
    });
    child.once("error", reject);
    ended.then(() => reject(new Error(`the gateway ended: ${stderr}`)));
  });
  return {
    port,
    stderr: () => stderr,
    order(name, value) {
      count += 1;
      const id = count;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ answer, fault, cause }) => {
          waiting.delete(id);
          if (fault === undefined) resolve(answer);
          else reject(new OrderFailed(`${fault} (${cause})`));
        });
        child.send({ id, name, value });
      });
    },
    pause: () => void child.kill("SIGSTOP"),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

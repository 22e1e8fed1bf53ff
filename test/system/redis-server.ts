import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { ownAddress } from "./own-address.ts";
import { type Running, start, stop } from "./programs.ts";

/** Where a Redis listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** A Redis of its own on loopback, in a process that can be stopped and continued. */
export interface RedisServer {
  /** Where it listens. */
  readonly address: RedisAddress;
  /** Stops its clock, as a machine does that hangs: connections stay open, and nothing is answered. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
  /** Ends it without a chance to save, starts it anew on the same port and folder, and resolves when it answers. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The port of the next one; not one of those that the system gives away. */
let nextPort = 16_379;

/** Starts a Redis, and resolves when it answers; with `appendOnly` it keeps what it was told over a restart. */
export async function startRedis({ appendOnly = false }: { readonly appendOnly?: boolean } = {}): Promise<RedisServer> {
  const address = { host: ownAddress, port: nextPort };
  nextPort += 1;
  const folder = await mkdtemp(join(tmpdir(), "poolgate-redis-"));
  const args = [
    // It protects itself from addresses other than 127.0.0.1 and ::1.
    ...["--port", String(address.port), "--bind", address.host, "--protected-mode", "no"],
    ...["--dir", folder, "--save", "", "--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "always"],
    ...["--loglevel", "warning", "--maxmemory-policy", "noeviction"],
  ];
  let server = await begin();

  async function begin(): Promise<Running> {
    const running = start("/usr/bin/redis-server", args);
    running.stdout.resume();
    try {
      await answering(address, running);
    } catch (fault) {
      await stop(running);
      throw fault;
    }
    return running;
  }

  return {
    address,
    pause: () => void server.kill("SIGSTOP"),
    resume: () => void server.kill("SIGCONT"),
    async restart() {
      await stop(server);
      server = await begin();
    },
    async close() {
      await stop(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when Redis answers PING. */
async function answering(address: RedisAddress, running: Running): Promise<void> {
  const client = new Redis({ ...address, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => {});
  try {
    await Promise.race([
      client.ping(),
      new Promise((_, reject) => running.once("close", (status) => reject(new Error(`redis-server ended: ${status}`)))),
      new Promise((_, reject) => setTimeout(reject, 300_000, new Error("redis-server does not answer")).unref()),
    ]);
  } finally {
    client.disconnect();
  }
}

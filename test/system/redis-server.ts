import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type Running, start, stop } from "./programs.ts";

/** A Redis of its own on loopback, in a process that can be stopped and continued. */
export interface RedisServer {
  readonly port: number;
  /** Stops its clock, as a machine does that hangs: connections stay open, and nothing is answered. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
  /** Ends it without a chance to save, starts it anew on the same port and folder, and resolves when it answers. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis, and resolves when it answers; with `appendOnly` it keeps what it was told over a restart. */
export async function startRedis({ appendOnly = false }: { readonly appendOnly?: boolean } = {}): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "poolgate-redis-"));
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--loglevel", "warning"];
  args.push("--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "always", "--maxmemory-policy", "noeviction");
  let server = await begin();

  async function begin(): Promise<Running> {
    const running = start("/usr/bin/redis-server", args);
    running.stdout.resume();
    try {
      await answering(port, running);
    } catch (fault) {
      await stop(running);
      throw fault;
    }
    return running;
  }

  return {
    port,
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
async function answering(port: number, running: Running): Promise<void> {
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => {});
  try {
    await Promise.race([
      client.ping(),
      new Promise((_, reject) => running.once("close", (status) => reject(new Error(`redis-server ended: ${status}`)))),
      new Promise((_, reject) => setTimeout(reject, 10_000, new Error("redis-server does not answer")).unref()),
    ]);
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

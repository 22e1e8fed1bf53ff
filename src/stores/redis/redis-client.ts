import { codeOf, RedisFault } from "./redis-fault.ts";

/** What is used of a client of the package `ioredis`. */
export interface IoredisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** What is used of a client of the package `redis`. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** A client of one Redis, or of the primary behind a sentinel; not of a cluster. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Sends one command, and gives back what Redis answered. */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/**
 * Sends commands through a client, never more than a number of them at a time.
 *
 * A Redis that is silent would otherwise let commands pile up in the client for as long as it is: whoever asked has long been
 * told that the store is unavailable, but the client keeps each until its answer comes.
 *
 * @throws TypeError for what is no such client, or one that would write other keys than it lists.
 */
export function sender(client: unknown, maxPending: number): Send {
  const send = sendThrough(client);
  /** How to fail each of the commands that wait. */
  const waiting = new Set<() => void>();
  whenForgotten(client, () => {
    for (const fail of waiting) fail();
    waiting.clear();
  });
  return async (command, ...args) => {
    if (waiting.size >= maxPending) throw new RedisFault(command, "TooManyPending");
    let fail: () => void = () => {};
    const forgotten = new Promise<never>((_, reject) => {
      fail = () => reject(new RedisFault(command, "ConnectionLost"));
    });
    waiting.add(fail);
    try {
      return await Promise.race([send(command, args), forgotten]);
    } catch (thrown) {
      throw thrown instanceof RedisFault ? thrown : new RedisFault(command, codeOf(thrown));
    } finally {
      waiting.delete(fail);
    }
  };
}

/**
 * Tells when a client has forgotten all commands that wait. A client of ioredis that is not to say again what a lost connection left
 * open never settles the promises of that.
 */
function whenForgotten(client: unknown, tell: () => void): void {
  const { options, status, on } = client as {
    readonly options?: unknown;
    readonly status?: unknown;
    readonly on?: unknown;
  };
  const { autoResendUnfulfilledCommands } = Object(options) as Readonly<Record<string, unknown>>;
  if (autoResendUnfulfilledCommands !== false || typeof on !== "function") return;
  // Before it is ready, commands wait in the client, and go on waiting when a connection fails.
  let ready = status === "ready";
  on.call(client, "ready", () => {
    ready = true;
  });
  on.call(client, "close", () => {
    if (ready) tell();
    ready = false;
  });
}

function sendThrough(client: unknown): (command: string, args: string[]) => Promise<unknown> {
  const members = Object(client) as Readonly<Record<string, unknown>>;
  // SCAN walks one node: of a cluster it would miss keys, and a revocation that is missed is not heeded.
  if (members.isCluster === true || "masters" in members) {
    throw new TypeError(
      "redisStore: pass a client of one Redis or of a sentinel's primary; a cluster cannot be listed",
    );
  }
  // Clients prefix the keys of commands, but neither the pattern nor the answers of SCAN.
  const { keyPrefix } = Object(members.options) as Readonly<Record<string, unknown>>;
  if (keyPrefix !== undefined && keyPrefix !== null && keyPrefix !== "") {
    throw new TypeError(
      "redisStore: leave keyPrefix out of the client's options; write redisStore(client, { keyPrefix })",
    );
  }
  // ioredis has a sendCommand too, which takes something else.
  if (typeof members.call === "function") {
    const ioredis = client as IoredisClient;
    return (command, args) => ioredis.call(command, ...args);
  }
  if (typeof members.sendCommand === "function" && members.sendCommand.length <= 2) {
    const nodeRedis = client as NodeRedisClient;
    return (command, args) => nodeRedis.sendCommand([command, ...args]);
  }
  throw new TypeError("redisStore: pass a client of ioredis (new Redis(...)) or of redis (createClient(...))");
}

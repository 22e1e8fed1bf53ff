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
  /** How to fail each of the commands that wait, and whether it went out over a connection that was not ready. */
  const waiting = new Map<() => void, boolean>();
  const isEarly = whenForgotten(client, (all) => {
    for (const [fail, early] of waiting) {
      if (!all && !early) continue;
      waiting.delete(fail);
      fail();
    }
  });
  return async (command, ...args) => {
    if (waiting.size >= maxPending) throw new RedisFault(command, "TooManyPending");
    let fail: () => void = () => {};
    const forgotten = new Promise<never>((_, reject) => {
      fail = () => reject(new RedisFault(command, "ConnectionLost"));
    });
    waiting.set(fail, isEarly(command));
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
 * Tells when a client has forgotten commands that wait, all of them or those that are early; a client of ioredis never settles the
 * promises of what it forgets with a lost connection. That is all, where it is not to say again what a connection left open, and in
 * any case what went out before the connection was ready.
 *
 * @returns whether a command would be early, were it sent now.
 */
function whenForgotten(client: unknown, tell: (all: boolean) => void): (command: string) => boolean {
  const ioredis = client as {
    readonly options?: unknown;
    readonly status?: unknown;
    readonly call?: unknown;
    readonly on?: unknown;
  };
  if (typeof ioredis.call !== "function" || typeof ioredis.on !== "function") return () => false;
  const { autoResendUnfulfilledCommands } = Object(ioredis.options) as Readonly<Record<string, unknown>>;
  // Before it is ready, commands wait in the client, and go on waiting when a connection fails.
  let ready = ioredis.status === "ready";
  ioredis.on("ready", () => {
    ready = true;
  });
  ioredis.on("close", () => {
    if (!ready) tell(false);
    else if (autoResendUnfulfilledCommands === false) tell(true);
    ready = false;
  });
  // Of the commands of a store only this one is for a Redis that still loads its data, and does not wait.
  return (command) => command === "INFO" && ioredis.status === "connect";
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

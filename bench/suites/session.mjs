import { fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { createSessions } from "../../dist/index.js";
import { redisStore } from "../../dist/stores/redis/index.js";
import { region, service } from "../fixtures.mjs";
import { interleave, medianRatio } from "../measure.mjs";
import { brokeredSession } from "../session/brokered-session.mjs";

const redisServer = "/usr/bin/redis-server";

/**
 * What a session costs: its memory on one node, and to look it up in Redis, where every request asks. The record of a session
 * that this node has not seen is decrypted and read; one that it knows, and asks for again after a while, is compared.
 */
export async function sessionSuite() {
  const { unsealed, unchanged } = await lookUp();
  const against = "bare GET of the same bytes";
  return [
    { suite: "session", case: "memory bytes per session", against: "1 byte", ratio: await memory() },
    { suite: "session", case: "redis look-up, unsealed", against, ratio: unsealed },
    { suite: "session", case: "redis look-up, record unchanged", against, ratio: unchanged },
  ];
}

async function memory() {
  const script = fileURLToPath(new URL("../session/memory.mjs", import.meta.url));
  const child = fork(script, { execArgv: ["--expose-gc"] });
  const [{ bytes }] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("the process that opens sessions ended"))),
  ]);
  return bytes;
}

/** All go over one connection in turn, one question at a time. */
async function lookUp() {
  if (!existsSync(redisServer)) return { unsealed: null, unchanged: null };
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "poolgate-bench-"));
  const settings = { port, bind: "127.0.0.1", save: "", appendonly: "no", dir: folder };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(redisServer, args, { stdio: "ignore" });
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 20, maxRetriesPerRequest: 100 });
  client.on("error", () => {});
  try {
    await client.ping();
    const options = {
      ...{ service, region, cacheSeconds: 0, store: redisStore(client) },
      sealing: { current: { id: "bench", key: randomBytes(32) } },
    };
    const sessions = createSessions(options);
    // So small that it has forgotten a session when it is asked for it again.
    const forgetful = createSessions({ ...options, cacheEntries: 1 });
    const ids = [];
    for (let index = 0; index < 200; index++) {
      const session = brokeredSession(index);
      await sessions.open(session);
      ids.push(session.accessKeyId);
    }
    const keys = await client.keys("poolgate/*/session/*");
    if (keys.length !== ids.length) throw new Error("not every session is in Redis");
    const find = (from) => ({
      prepare: (index) => ids[index],
      run: async (id) => {
        if ((await from.find(id)) === undefined) throw new Error("a session is gone");
      },
    });
    const times = await interleave({
      unsealed: find(forgetful),
      unchanged: find(sessions),
      bare: {
        prepare: (index) => keys[index],
        run: async (key) => {
          if ((await client.get(key)) === null) throw new Error("a record is gone");
        },
      },
    });
    return { unsealed: medianRatio(times.unsealed, times.bare), unchanged: medianRatio(times.unchanged, times.bare) };
  } finally {
    client.disconnect();
    server.kill("SIGKILL");
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

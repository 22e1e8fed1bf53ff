import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decisionLog } from "../../src/observe/decision-log.ts";
import type { LogStream } from "../../src/observe/send.ts";
import { processorTime } from "../processor-time.ts";
import { allow, now, read, requestOf } from "./log.ts";

const request = requestOf("GET /users/7");
const clock = () => now;

const settled = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

afterEach(() => vi.restoreAllMocks());

/** The warnings of the process, which do not get to it. */
const warnings = () => vi.spyOn(process, "emitWarning").mockImplementation(() => {});

describe("a decision log", () => {
  it("hands over what one turn of the event loop brought as one chunk, after it", async () => {
    const chunks: string[] = [];
    const log = decisionLog({ write: (chunk) => void chunks.push(chunk), clock });
    for (let count = 0; count < 3; count += 1) log.onDecision(allow(), request);
    expect(chunks).toEqual([]);
    expect(await log.flush()).toBe(true);
    expect(chunks.map((chunk) => chunk.split("\n").length - 1)).toEqual([3]);
  });

  it("hands over one chunk at a time, in order", async () => {
    const release: (() => void)[] = [];
    const seen: string[] = [];
    const log = decisionLog({
      write: (chunk) =>
        new Promise<void>((resolve) => {
          seen.push(...chunk.split("\n").slice(0, -1));
          release.push(resolve);
        }),
      clock,
    });
    for (let id = 0; id < 600; id += 1) log.onDecision(allow(), requestOf(`GET /users/${id}`));
    await settled();
    expect(seen).toHaveLength(256);
    for (const size of [512, 600]) {
      release.pop()?.();
      await settled();
      expect(seen).toHaveLength(size);
    }
    release.pop()?.();
    expect(await log.flush()).toBe(true);
    expect(seen.map((line) => read(line).path)).toEqual(Array.from({ length: 600 }, (_, id) => `/users/${id}`));
  });

  it("keeps 100,000 decisions behind a blocked stream in bounded memory, and tells what it lost", async () => {
    const blocked: ((error?: Error | null) => void)[] = [];
    let chunks = "";
    const stream = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        chunks += chunk;
        blocked.push(done);
      },
    });
    const log = decisionLog({ stream, bufferLines: 1000, clock });
    const before = process.memoryUsage().heapUsed;
    const started = processorTime();
    for (let count = 0; count < 100_000; count += 1) {
      log.onDecision(allow(), request);
      if (count % 1000 === 0) await settled();
    }
    expect(processorTime() - started).toBeLessThan(20_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64e6);
    expect(log.dropped).toBe(99_000);
    while (blocked.length > 0) {
      blocked.shift()?.();
      await settled();
    }
    expect(await log.flush()).toBe(true);
    const lines = chunks.split("\n").slice(0, -1).map(read);
    expect(lines.filter(({ dropped }) => dropped === undefined)).toHaveLength(1000);
    expect(lines.reduce((sum, { dropped = 0 }) => sum + dropped, 0)).toBe(99_000);
  });

  it("gets all out to a slow stream", async () => {
    let lines = 0;
    const stream = new Writable({
      highWaterMark: 16,
      write(chunk, _encoding, done) {
        lines += String(chunk).split("\n").length - 1;
        setTimeout(done, 5);
      },
    });
    const log = decisionLog({ stream, clock });
    for (let count = 0; count < 1000; count += 1) log.onDecision(allow(), request);
    expect(await log.flush()).toBe(true);
    expect([lines, log.dropped]).toEqual([1000, 0]);
  });

  it("survives a stream that errors, counts what it could not take, and warns once", async () => {
    const emit = warnings();
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("disk full")) });
    const log = decisionLog({ stream, clock });
    for (let count = 0; count < 3; count += 1) {
      log.onDecision(allow(), request);
      await log.flush();
    }
    expect(log.dropped).toBe(3);
    expect(emit.mock.calls).toEqual([["decisions could not be logged", { code: "POOLGATE_DECISION_LOG" }]]);
  });

  it("survives a stream that is destroyed while it has a chunk", async () => {
    warnings();
    const stream = new Writable({ write() {} });
    const log = decisionLog({ stream, clock });
    log.onDecision(allow(), request);
    await settled();
    stream.destroy(new Error("gone"));
    expect(await log.flush()).toBe(true);
    log.onDecision(allow(), request);
    expect(await log.flush()).toBe(true);
    expect(log.dropped).toBe(2);
  });

  it("survives a stream that has ended", async () => {
    warnings();
    const stream = new PassThrough();
    stream.resume().end();
    await once(stream, "close");
    const log = decisionLog({ stream, clock });
    log.onDecision(allow(), request);
    expect(await log.flush()).toBe(true);
    expect(log.dropped).toBe(1);
  });

  it.each<[string, LogStream["write"]]>([
    [
      "throws",
      () => {
        throw new Error("x");
      },
    ],
    [
      "throws nothing in particular",
      () => {
        throw undefined;
      },
    ],
  ])("survives a stream that %s", async (_name, write) => {
    warnings();
    const log = decisionLog({ stream: { write, on() {} }, clock });
    expect(() => log.onDecision(allow(), request)).not.toThrow();
    expect(await log.flush()).toBe(true);
    expect(log.dropped).toBe(1);
  });

  it("tells what was lost once something gets through again", async () => {
    warnings();
    const lines: string[] = [];
    let down = true;
    const log = decisionLog({
      write: async (chunk) => {
        if (down) throw new Error("down");
        lines.push(...chunk.split("\n").slice(0, -1));
      },
      clock,
    });
    log.onDecision(allow(), request);
    await log.flush();
    log.onDecision(allow(), request);
    await log.flush();
    down = false;
    log.onDecision(allow(), request);
    await log.flush();
    expect(lines.map((line) => read(line).dropped)).toEqual([2, undefined]);
    expect(log.dropped).toBe(2);
  });

  it("gives up a flush after five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const log = decisionLog({ write: () => new Promise(() => {}), clock });
      log.onDecision(allow(), request);
      const flushed = log.flush();
      await vi.advanceTimersByTimeAsync(4999);
      await expect(Promise.race([flushed, "waiting"])).resolves.toBe("waiting");
      await vi.advanceTimersByTimeAsync(1);
      expect(await flushed).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it("logs nothing once it is closed, and says how much that was", async () => {
    const chunks: string[] = [];
    const log = decisionLog({ write: (chunk) => void chunks.push(chunk), clock });
    log.onDecision(allow(), request);
    expect(await log.close()).toBe(true);
    log.onDecision(allow(), request);
    await settled();
    expect(chunks).toHaveLength(1);
    expect(log.dropped).toBe(1);
  });

  it("does not keep the process alive, whatever its stream does", async () => {
    const script = `
      import { decisionLog } from "./src/observe/decision-log.ts";
      const log = decisionLog({ write: () => new Promise(() => {}) });
      log.onDecision({ allowed: true, principal: undefined, explain() {} }, { method: "GET", target: "/", headers: { all: () => [] } });
      let waited = false;
      setImmediate(() => setImmediate(() => {
        void log.flush().then(() => (waited = true));
      }));
      process.on("exit", (code) => console.log(code, log.dropped, waited));`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { cwd: root });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await once(child, "close");
    expect(output).toBe("0 0 false\n");
  });
});

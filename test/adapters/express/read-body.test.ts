import { createHash } from "node:crypto";
import { type EventEmitter, once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import type { RequestHandler } from "express";
import supertest from "supertest";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { GateOptions } from "../../../src/adapters/express/gate.ts";
import { guard } from "../../../src/adapters/express/guard.ts";
import { keepRawBody } from "../../../src/adapters/express/keep-raw-body.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import type { Decision } from "../../../src/decision.ts";
import { frameworks } from "./frameworks.ts";
import { dial, listen, milliseconds, received } from "./listen.ts";
import { spoken } from "./spoken.ts";

const mebibyte = 1024 * 1024;
const alice = { authorization: "Spoken alice" };

function bytesOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => index % 251));
}

function digest(bytes: Uint8Array): string {
  return `${bytes.length} bytes, ${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Answers with what a handler behind the gate reads, read in one of three ways. */
const readers: Readonly<Record<string, RequestHandler>> = {
  "for await": async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    res.send(Buffer.concat(chunks).toString("base64"));
  },
  "req.pipe()": (req, res) => {
    res.type("application/octet-stream");
    req.pipe(res);
  },
  "data events": (req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => res.send(Buffer.concat(chunks).toString("base64")));
  },
};

/** The timers of tests that stop all others. */
const later = setTimeout;

/** Stops the time that what a refused body still brings may take, so that nothing waits for it, or is cut off by it. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Waits for the first of some events; errors are events like others. */
function eitherOf(emitter: EventEmitter, ...names: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const name of names) emitter.off(name, done);
      resolve();
    };
    for (const name of names) emitter.on(name, done);
  });
}

/** Sends chunks of 1 MiB until the connection is gone, at most 300; gives their number. */
async function flood(socket: Socket): Promise<number> {
  const chunk = Buffer.from(`100000\r\n${"a".repeat(mebibyte)}\r\n`);
  let sent = 0;
  while (!socket.destroyed && sent < 300) {
    sent += 1;
    if (!socket.write(chunk)) await eitherOf(socket, "drain", "close");
  }
  return sent;
}

/** Sends a request whose body the caller writes, and gives the status and text of the answer. */
function send(
  url: string,
  headers: Record<string, string | number>,
): { req: ClientRequest; answer: Promise<[number, string]> } {
  const req = httpRequest(url, { method: "POST", headers: { ...alice, ...headers } });
  const answer = once(req, "response").then(async ([res]: IncomingMessage[]) => {
    if (res === undefined) throw new Error("no response");
    return [res.statusCode ?? 0, (await buffer(res)).toString("latin1")] as [number, string];
  });
  return { req, answer };
}

describe.each(frameworks)("a body that a gate has read, in %s", (_, express) => {
  describe.each(Object.entries(readers))("is whole behind it for %s", (name, reader) => {
    const decoded = (answer: string) =>
      name === "req.pipe()" ? Buffer.from(answer, "latin1") : Buffer.from(answer, "base64");

    async function serve() {
      const verifier = spoken(mebibyte);
      const app = express();
      app.use(guard(createAuthorizer({ verifiers: [verifier] }), "authenticated"));
      app.post("/", reader);
      return { verifier, ...(await listen(app)) };
    }

    it.each([0, 1, 1_000, 16_384, 65_536, 70_000, 700_000])("with a content-length of %i", async (length) => {
      const { verifier, url } = await serve();
      const response = await fetch(url, { method: "POST", headers: alice, body: bytesOf(length) });
      expect(response.status).toBe(200);
      const seen = Buffer.from(await response.arrayBuffer());
      expect(digest(decoded(seen.toString("latin1")))).toBe(digest(bytesOf(length)));
      expect(verifier.bodies.map(digest)).toEqual([digest(bytesOf(length))]);
    });

    it.each([0, 1, 70_000, 700_000])("in chunks, %i bytes", async (length) => {
      const { verifier, url } = await serve();
      const { req, answer } = send(url, { "transfer-encoding": "chunked" });
      const body = bytesOf(length);
      for (let at = 0; at < length; at += 9_999) req.write(body.subarray(at, at + 9_999));
      req.end();
      const [status, seen] = await answer;
      expect([status, digest(decoded(seen))]).toEqual([200, digest(bytesOf(length))]);
      expect(verifier.bodies.map(digest)).toEqual([digest(bytesOf(length))]);
    });

    it("in slow chunks", async () => {
      const { verifier, url } = await serve();
      const { req, answer } = send(url, { "transfer-encoding": "chunked" });
      for (const word of ["slow", " and", " steady"]) {
        req.write(word);
        await milliseconds(20);
      }
      req.end();
      expect((await answer)[0]).toBe(200);
      expect(verifier.bodies.map(String)).toEqual(["slow and steady"]);
    });

    it("where the end of an empty chunked body comes late", async () => {
      const { verifier, url } = await serve();
      const { req, answer } = send(url, { "transfer-encoding": "chunked" });
      req.flushHeaders();
      await milliseconds(30);
      req.end();
      expect(await answer).toEqual([200, ""]);
      expect(verifier.bodies.map(String)).toEqual([""]);
    });

    it("where the end of the chunks comes late", async () => {
      const { verifier, port } = await serve();
      const socket = await dial(port);
      const answer = received(socket);
      socket.write(
        "POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
      );
      await milliseconds(20);
      socket.write("3\r\nabc\r\n");
      await milliseconds(20);
      socket.write("0\r\n\r\n");
      expect(await answer).toMatch(/^HTTP\/1.1 200 /);
      expect(verifier.bodies.map(String)).toEqual(["abc"]);
    });

    // Node hides headers from the 1,001st on, https://nodejs.org/api/http.html#servermaxheaderscount, not what they announce.
    it.each(["content-length: 4\r\n\r\nevil", "transfer-encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n"])(
      "where Node hides the header that announces it: %j",
      async (announced) => {
        for (const cut of [0, announced.indexOf("evil"), announced.length]) {
          const { verifier, port } = await serve();
          const socket = await dial(port);
          const answer = received(socket);
          const many = "a:\r\n".repeat(1_050);
          socket.write(`POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Spoken alice\r\n${many}`);
          socket.write(announced.slice(0, cut));
          await milliseconds(30);
          socket.write(announced.slice(cut));
          expect(await answer).toMatch(/^HTTP\/1.1 200 .*(evil|ZXZpbA==)/s);
          expect(verifier.bodies.map(String)).toEqual(["evil"]);
        }
      },
    );

    it("without any announcement", async () => {
      const { verifier, url } = await serve();
      const response = await fetch(url, { method: "POST", headers: alice });
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(verifier.bodies.map(String)).toEqual([""]);
    });

    it("after Expect: 100-continue", async () => {
      const { verifier, url } = await serve();
      const { req, answer } = send(url, { expect: "100-continue", "content-length": 5 });
      req.flushHeaders();
      await once(req, "continue");
      req.end("hello");
      expect((await answer)[0]).toBe(200);
      expect(verifier.bodies.map(String)).toEqual(["hello"]);
    });
  });

  it.each([{ title: "t" }, { title: "x".repeat(90_000) }])("is whole for express.json()", async (document) => {
    const verifier = spoken(mebibyte);
    const app = express();
    app.use(guard(createAuthorizer({ verifiers: [verifier] }), "authenticated"));
    app.post("/", express.json(), (req, res) => void res.json(req.body));
    const response = await supertest(app).post("/").set(alice).send(document);
    expect([response.status, response.body]).toEqual([200, document]);
    expect(verifier.bodies.map(String)).toEqual([JSON.stringify(document)]);
  });

  it("is read once for three gates, whole and within the limit of each", async () => {
    const verifiers = [spoken(100), spoken(100), spoken(3)] as const;
    const app = express();
    for (const verifier of verifiers) app.use(guard(createAuthorizer({ verifiers: [verifier] }), "authenticated"));
    app.post("/", express.text(), (req, res) => void res.send(req.body));
    expect((await supertest(app).post("/").set(alice).type("text").send("abc")).text).toBe("abc");
    expect((await supertest(app).post("/").set(alice).type("text").send("abcd")).status).toBe(413);
    expect(verifiers.map(({ bodies }) => bodies.map(String))).toEqual([["abc", "abcd"], ["abc", "abcd"], ["abc"]]);
  });

  it("is held to the limit of each gate also where its length is not announced", async () => {
    const verifiers = [spoken(100), spoken(3)] as const;
    const app = express();
    for (const verifier of verifiers) app.use(guard(createAuthorizer({ verifiers: [verifier] }), "authenticated"));
    app.post("/", express.text(), (req, res) => void res.send(req.body));
    const { url } = await listen(app);
    const answers: [number, string][] = [];
    for (const body of ["abc", "abcd"]) {
      const { req, answer } = send(url, { "transfer-encoding": "chunked", "content-type": "text/plain" });
      req.end(body);
      answers.push(await answer);
    }
    expect(answers).toEqual([
      [200, "abc"],
      [413, expect.stringContaining('"body_too_large"')],
    ]);
    expect(verifiers.map(({ bodies }) => bodies.map(String))).toEqual([["abc", "abcd"], ["abc"]]);
  });

  it("does not keep a connection from its next request where nobody reads it behind the gate", async () => {
    const app = express();
    app.use(guard(createAuthorizer({ verifiers: [spoken(mebibyte)] }), "authenticated"));
    app.post("/", (_req, res) => void res.json({}));
    const { port } = await listen(app);
    const socket = await dial(port);
    const answers = received(socket);
    const head = "POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken ";
    socket.write(`${head}alice\r\ncontent-length: 200000\r\n\r\n${"a".repeat(200_000)}`);
    socket.write(`${head}liar\r\ncontent-length: 200000\r\n\r\n${"b".repeat(200_000)}`);
    socket.write(`${head}alice\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc`);
    expect((await answers).match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 401", "HTTP/1.1 200"]);
  });
});

describe.each(frameworks)("a body that was read ahead of the gate, in %s", (_, express) => {
  function appWith(...ahead: RequestHandler[]) {
    const verifier = spoken(mebibyte);
    const app = express();
    app.use(...ahead, guard(createAuthorizer({ verifiers: [verifier] }), "authenticated"));
    app.post("/", (req, res) => void res.json(req.body ?? {}));
    return { verifier, app };
  }

  it("is taken from keepRawBody, byte for byte", async () => {
    const { app, verifier } = appWith(express.json({ verify: keepRawBody }));
    const body = '{ "b" : 1,\n "a":"\\u00e9" }';
    const response = await supertest(app).post("/").set(alice).type("json").send(body);
    expect([response.status, response.body]).toEqual([200, { b: 1, a: "é" }]);
    expect(verifier.bodies.map(String)).toEqual([body]);
  });

  it("has a limit also where keepRawBody kept it", async () => {
    const { app } = appWith(express.text({ verify: keepRawBody, limit: "3mb" }));
    const response = await supertest(app)
      .post("/")
      .set(alice)
      .type("text")
      .send("a".repeat(mebibyte + 1));
    expect([response.status, response.body.code]).toEqual([413, "body_too_large"]);
  });

  it("is still there where the parser left it alone", async () => {
    const { app, verifier } = appWith(express.json());
    expect((await supertest(app).post("/").set(alice).type("text").send("abc")).status).toBe(200);
    expect(verifier.bodies.map(String)).toEqual(["abc"]);
  });

  it.each<[string, RequestHandler[], string]>([
    ["a parser without keepRawBody", [express.json()], "verify: keepRawBody"],
    [
      "one parser with keepRawBody and another without",
      [express.text({ verify: keepRawBody }), express.json()],
      "verify: keepRawBody",
    ],
    [
      "somebody who takes the first chunk",
      [(req, _res, next) => void req.once("readable", () => next(void req.read(1)))],
      "verify: keepRawBody",
    ],
    [
      "a listener",
      [(req, _res, next) => next(void req.on("data", () => {}))],
      "something ahead of the gate reads the body",
    ],
    ["an encoding", [(req, _res, next) => next(void req.setEncoding("utf8"))], "set an encoding"],
  ])("is a configuration error with %s", async (_name, ahead, reason) => {
    const { app } = appWith(...ahead);
    const response = await supertest(app).post("/").set(alice).send({ a: 1 });
    expect([response.status, response.body.code]).toEqual([500, "configuration_error"]);
    expect(response.body.detail).toContain(reason);
  });

  it.each<[string, RequestHandler]>([
    ["express.json()", express.json()],
    ["for await", (req, _res, next) => void buffer(req).then(() => setImmediate(next))],
  ])("is a configuration error also where it was empty and read by %s", async (_name, ahead) => {
    const { app } = appWith(ahead);
    const { url } = await listen(app);
    const { req, answer } = send(url, { "transfer-encoding": "chunked", "content-type": "application/json" });
    req.end();
    const [status, problem] = await answer;
    expect(status).toBe(500);
    expect(JSON.parse(problem)).toMatchObject({
      code: "configuration_error",
      detail: expect.stringContaining("something ahead of the gate reads the body"),
    });
  });

  it("is refused as not signed where it was decompressed, since the signature is over the compressed bytes", async () => {
    const { app } = appWith(express.json({ verify: keepRawBody }));
    const { url } = await listen(app);
    const response = await fetch(url, {
      method: "POST",
      headers: { ...alice, "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync("{}"),
    });
    const problem = await response.json();
    expect(problem).toMatchObject({ status: 401, code: "payload_not_signed" });
    expect(JSON.stringify(problem)).toContain("decompressed");
  });
});

describe.each(frameworks)("a body that is refused, in %s", (_, express) => {
  async function serve(limit = mebibyte, options = {}) {
    const decisions: Decision[] = [];
    const app = express();
    const authorizer = createAuthorizer({
      verifiers: [spoken(limit)],
      onDecision: (decision) => void decisions.push(decision),
    });
    app.use(guard(authorizer, "authenticated", options));
    app.post("/", (_req, res) => void res.json({}));
    const server = await listen(app);
    return { decisions, ...server };
  }

  it("is refused by its content-length before it is read", async () => {
    const { port } = await serve();
    const socket = await dial(port);
    const answer = received(socket);
    socket.write(
      `POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: ${mebibyte + 1}\r\n\r\n`,
    );
    await once(socket, "data");
    socket.end();
    expect(await answer).toMatch(/^HTTP\/1.1 413 .*connection: close\r\n.*"code":"body_too_large"/is);
  });

  it("is refused at once also where the method is HEAD", async () => {
    const app = express();
    app.use(guard(createAuthorizer({ verifiers: [spoken(10)] }), "authenticated"));
    const { port } = await listen(app);
    const socket = await dial(port);
    stopTimers();
    socket.write("HEAD / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 50\r\n\r\nabc");
    const [head] = await once(socket, "data");
    expect(String(head)).toMatch(/^HTTP\/1.1 413 .*\r\n\r\n$/s);
  });

  it.each(["content-length", "chunked"])("reaches the client as 413 while it sends 50 MB with %s", async (framing) => {
    const { url } = await serve();
    stopTimers();
    const total = 50_000_000;
    const { req, answer } = send(
      url,
      framing === "chunked" ? { "transfer-encoding": "chunked" } : { "content-length": total },
    );
    req.on("error", () => {});
    const piece = Buffer.alloc(100_000);
    for (let sent = 0; sent < total && !req.destroyed; sent += piece.length) {
      if (!req.write(piece)) await eitherOf(req, "drain", "close");
    }
    req.end();
    const [status, body] = await answer;
    expect([status, JSON.parse(body).code]).toEqual([413, "body_too_large"]);
  });

  it("reaches fetch as 413 while it sends 50 MB", async () => {
    const { url } = await serve();
    stopTimers();
    const response = await fetch(url, { method: "POST", headers: alice, body: Buffer.alloc(50_000_000) });
    expect([response.status, response.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ code: "body_too_large" });
  });

  it("reaches a client that reads nothing before it has sent 50 MB", async () => {
    const { port } = await serve();
    const socket = await dial(port);
    stopTimers();
    socket.pause();
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 50000000\r\n\r\n");
    await new Promise((resolve) => socket.write(Buffer.alloc(50_000_000), resolve));
    socket.resume();
    expect(await received(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  it("ends the connection with a client that does not stop sending", async () => {
    const { port } = await serve();
    const socket = await dial(port);
    const answer = received(socket);
    stopTimers();
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ntransfer-encoding: chunked\r\n\r\n");
    expect(await flood(socket)).toBeLessThan(200);
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it("bothers nobody where the client goes away with its answer", async () => {
    const { port, url } = await serve();
    const socket = await dial(port);
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 50000000\r\n\r\nabc");
    await once(socket, "data");
    socket.resetAndDestroy();
    await milliseconds(50);
    expect((await fetch(url, { method: "POST", headers: alice })).status).toBe(200);
  });

  it("is dropped at once also where something ahead paused the request", async () => {
    const app = express();
    app.use((req, _res, next) => next(void req.pause()));
    app.use(guard(createAuthorizer({ verifiers: [spoken(10)] }), "authenticated"));
    const { port } = await listen(app);
    const socket = await dial(port);
    stopTimers();
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 2000000\r\n\r\n");
    socket.write(Buffer.alloc(2_000_000));
    expect(await received(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  describe("and answered by the answer option", () => {
    const answer: GateOptions["answer"] = (_decision, _req, res) => res.status(499).json({});
    const head = "POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\n";

    it.each(["content-length", "chunked"])("is dropped, %s, and the connection serves on", async (framing) => {
      const { port } = await serve(100, { answer });
      const socket = await dial(port);
      const answers = received(socket);
      stopTimers();
      const body = "a".repeat(5_000_000);
      if (framing === "chunked")
        socket.write(`${head}transfer-encoding: chunked\r\n\r\n4c4b40\r\n${body}\r\n0\r\n\r\n`);
      else socket.write(`${head}content-length: 5000000\r\n\r\n${body}`);
      socket.write(`${head}content-length: 3\r\nconnection: close\r\n\r\nabc`);
      expect((await answers).match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 499", "HTTP/1.1 200"]);
    });

    it.each<[string, GateOptions["answer"]]>([
      ["before", answer],
      [
        "while",
        (_decision, _req, res) => {
          res.status(499).write("{");
          later(() => res.end("}"), 300);
        },
      ],
      ["after", (_decision, _req, res) => void later(() => res.status(499).json({}), 300)],
    ])("has an end where the client does not stop, answered %s the rest is dropped", async (_when, slowAnswer) => {
      const { port } = await serve(100, { answer: slowAnswer });
      const socket = await dial(port);
      const answers = received(socket);
      stopTimers();
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      expect(await flood(socket)).toBeLessThan(200);
      expect(await answers).toMatch(/^HTTP\/1.1 499 /);
    });
  });

  it("is 408 where it does not arrive in time", async () => {
    const { port } = await serve(mebibyte, { bodyTimeoutSeconds: 1 });
    const socket = await dial(port);
    const answer = received(socket);
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 10\r\n\r\nabc");
    const [first] = await once(socket, "data");
    expect(String(first)).toMatch(/^HTTP\/1.1 408 .*connection: close\r\n.*"code":"body_timeout"/is);
    socket.write("defghij");
    await answer;
  });

  it.each(["content-length: 10\r\n\r\nabc", "transfer-encoding: chunked\r\n\r\n5\r\nab"])(
    "is a decision, and nothing is written, where the client goes away (%j)",
    async (rest) => {
      const { port, decisions, server } = await serve();
      const socket = await dial(port);
      const arrived = once(server, "request");
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\n${rest}`);
      await arrived;
      await milliseconds(20);
      socket.resetAndDestroy();
      await expect
        .poll(() => decisions.map((decision) => !decision.allowed && decision.error.code), { timeout: 30_000 })
        .toEqual(["body_incomplete"]);
    },
  );

  it("goes away also where the client is gone before the gate reads", async () => {
    const decisions: Decision[] = [];
    const app = express();
    app.use((req, _res, next) => void req.once("close", () => next()));
    const authorizer = createAuthorizer({
      verifiers: [spoken(9)],
      onDecision: (decision) => void decisions.push(decision),
    });
    app.use(guard(authorizer, "authenticated"));
    const { port, server } = await listen(app);
    const socket = await dial(port);
    const arrived = once(server, "request");
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Spoken alice\r\ncontent-length: 5\r\n\r\nab");
    await arrived;
    socket.destroy();
    await expect
      .poll(() => decisions.map((decision) => !decision.allowed && decision.error.code), { timeout: 30_000 })
      .toEqual(["body_incomplete"]);
  });
});

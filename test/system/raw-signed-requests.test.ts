import { connect } from "node:net";
import { createSessions } from "poolgate";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ada, credentials } from "../signed/gate.ts";
import { sign } from "../signed/reference-signer.ts";
import { type SigningGate, startSigningGate } from "./signing-gate.ts";

// What no HTTP client sends: signed requests whose bytes were changed on the wire, against a gate on Express and Node's parser.

let gate: SigningGate;
/** What the application saw. */
const seen: string[] = [];

beforeAll(async () => {
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
  await sessions.open({ ...credentials, principal: ada, notAfter: new Date(Date.now() + 3_600_000) });
  gate = await startSigningGate({
    sessions,
    application(req, res) {
      seen.push(`${req.method} ${req.originalUrl} ${req.headers["x-amz-meta-role"] ?? "none"}`);
      res.end("done");
    },
  });
});
afterAll(() => gate?.close());
beforeEach(() => {
  seen.length = 0;
  gate.outcomes.length = 0;
});

/** The lines of a signed request, ready to be changed. */
interface Lines {
  readonly request: string;
  readonly headers: readonly string[];
  readonly body: string;
}

function signed(method = "POST", body = "text"): Lines {
  const { target, headers } = sign({ method, query: "a=1", body, host: gate.host, date: new Date() });
  return {
    request: `${method} ${target} HTTP/1.1`,
    headers: [...headers.map(([name, value]) => `${name}: ${value}`), `content-length: ${body.length}`],
    body,
  };
}
const without = (headers: readonly string[], name: string) => headers.filter((line) => !line.startsWith(`${name}:`));
const chunked = (headers: readonly string[]) => [...without(headers, "content-length"), "transfer-encoding: chunked"];
const asText = ({ request, headers, body }: Lines) => `${request}\r\n${headers.join("\r\n")}\r\n\r\n${body}`;

/**
 * Sends bytes, and gives the status of each answer.
 *
 * @param least how many answers there are to be, however long they take; for more of them it waits a moment only.
 */
async function send(text: string, least = 1): Promise<readonly number[]> {
  const [host = "", port] = gate.host.split(":");
  const socket = connect(Number(port), host);
  let answer = "";
  const statuses = () => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  await new Promise<void>((resolve) => {
    const end = () => socket.destroy();
    let timer = setTimeout(end, 60_000);
    // Latin-1, so that a test can write any byte.
    socket.setEncoding("latin1").write(text, "latin1");
    socket.on("data", (piece) => {
      answer += piece;
      if (statuses().length < least) return;
      // Who has answered keeps the connection open.
      clearTimeout(timer);
      timer = setTimeout(end, 150);
    });
    socket.on("error", end);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return statuses();
}

it("lets in what is as it was signed", async () => {
  expect(await send(asText(signed()))).toEqual([200]);
  expect(seen).toEqual(["POST /articles?a=1 none"]);
});

it.each<[string, (lines: Lines) => Partial<Lines>]>([
  [
    "the same body in chunks",
    ({ headers }) => ({ headers: chunked(headers), body: "2\r\nte\r\n2\r\nxt\r\n0\r\n\r\n" }),
  ],
  ["white space around a value", ({ headers }) => ({ headers: headers.map((line) => line.replace(": ", ": \t ")) })],
  [
    "names in upper case",
    ({ headers }) => ({ headers: headers.map((line) => line.replace(/^[^:]*/, (n) => n.toUpperCase())) }),
  ],
])("lets in %s", async (_, change) => {
  const lines = signed();
  expect(await send(asText({ ...lines, ...change(lines) }))).toEqual([200]);
});

it("shows the application nothing of what comes behind the body", async () => {
  const lines = signed();
  const body = "4\r\ntext\r\n0\r\nx-amz-meta-role: admin\r\n\r\n";
  expect(await send(asText({ ...lines, headers: chunked(lines.headers), body }))).toEqual([200]);
  expect(seen).toEqual(["POST /articles?a=1 none"]);
});

it.each<[string, (lines: Lines) => Partial<Lines>]>([
  ["a target in absolute form", () => ({ request: `POST http://${gate.host}/articles?a=1 HTTP/1.1` })],
  ["a target of another host", () => ({ request: "POST http://other.example/articles?a=1 HTTP/1.1" })],
  ["two slashes", () => ({ request: "POST //articles?a=1 HTTP/1.1" })],
  ["a fragment", () => ({ request: "POST /articles?a=1#b HTTP/1.1" })],
  ["a raw byte in the path", () => ({ request: "POST /articles\u00e9?a=1 HTTP/1.1" })],
  ["a method in lower case", () => ({ request: "post /articles?a=1 HTTP/1.1" })],
  ["another method", () => ({ request: "PUT /articles?a=1 HTTP/1.1" })],
  ["a second host", ({ headers }) => ({ headers: [...headers, `Host: ${gate.host}`] })],
  [
    "no host, in HTTP/1.0",
    ({ headers }) => ({ request: "POST /articles?a=1 HTTP/1.0", headers: without(headers, "host") }),
  ],
  ["a second time", ({ headers }) => ({ headers: [...headers, "X-Amz-Date: 20260101T000000Z"] })],
  ["a time ahead of the signed one", ({ headers }) => ({ headers: ["X-Amz-Date: 20260101T000000Z", ...headers] })],
  ["a second token", ({ headers }) => ({ headers: [...headers, "X-Amz-Security-Token: a"] })],
  ["a second proof", ({ headers }) => ({ headers: [...headers, "Authorization: Bearer a"] })],
  ["a header of AWS", ({ headers }) => ({ headers: [...headers, "x-amz-meta-role: admin"] })],
  [
    "a header of AWS behind a folded line",
    ({ headers }) => ({ headers: [...headers, "via: a\r\n x-amz-meta-role: admin"] }),
  ],
  ["a name with a space behind it", ({ headers }) => ({ headers: [...headers, "x-amz-meta-role : admin"] })],
  ["a line feed alone", ({ headers }) => ({ headers: [...headers, "via: a\nx-amz-meta-role: admin"] })],
  [
    "a no-break space",
    ({ headers }) => ({ headers: headers.map((line) => line.replace("x-amz-date: ", "x-amz-date: \u00a0")) }),
  ],
  ["another method in a header", ({ headers }) => ({ headers: [...headers, "X-HTTP-Method-Override: DELETE"] })],
  ["a second length", ({ headers }) => ({ headers: [...headers, "content-length: 4"] })],
  ["two framings", ({ headers }) => ({ headers: [...headers, "transfer-encoding: chunked"], body: "0\r\n\r\n" })],
  ["a chunk more", ({ headers }) => ({ headers: chunked(headers), body: "4\r\ntext\r\n1\r\n!\r\n0\r\n\r\n" })],
  ["a chunk less", ({ headers }) => ({ headers: chunked(headers), body: "2\r\nte\r\n0\r\n\r\n" })],
  ["a shorter length", ({ headers }) => ({ headers: [...without(headers, "content-length"), "content-length: 3"] })],
  ["no body", ({ headers }) => ({ headers: without(headers, "content-length"), body: "" })],
])("refuses %s", async (_, change) => {
  const lines = signed();
  const [status, ...more] = await send(asText({ ...lines, ...change(lines) }));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  // What is left of the bytes may be read as a further request, and is none.
  expect(more.every((one) => one >= 400)).toBe(true);
  expect(seen).toEqual([]);
  expect(gate.outcomes).not.toContain("allowed");
});

it("judges each request of a connection by itself", async () => {
  const good = asText(signed());
  const bare = `DELETE /articles?a=1 HTTP/1.1\r\nhost: ${gate.host}\r\n\r\n`;
  expect(await send(good + bare + asText(signed()), 3)).toEqual([200, 401, 200]);
  expect(seen).toEqual(["POST /articles?a=1 none", "POST /articles?a=1 none"]);
});

it("refuses a request that is put into the body of another", async () => {
  const inner = `DELETE /articles HTTP/1.1\r\nhost: ${gate.host}\r\n\r\n`;
  const lines = signed("POST", inner);
  const headers = [...without(lines.headers, "content-length"), "content-length: 0"];
  expect(await send(asText({ ...lines, headers }), 2)).toEqual([401, 401]);
  expect(seen).toEqual([]);
});

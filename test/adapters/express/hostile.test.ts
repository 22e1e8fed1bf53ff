import type { RequestHandler } from "express";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { endpoints } from "../../../src/adapters/express/endpoints.ts";
import { guard } from "../../../src/adapters/express/guard.ts";
import { principalOf } from "../../../src/adapters/express/principal-of.ts";
import { jsonAnswer } from "../../../src/answer.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { frameworks } from "./frameworks.ts";
import { dial, listen, received } from "./listen.ts";
import { spoken } from "./spoken.ts";

const policy = definePolicy({
  routes: {
    "GET /": "anyone",
    "* /open/**": "anyone",
    "* /api/:id": { group: "editors" },
    "* /own/:owner/**": { equal: [{ param: "owner" }, { userId: true }] },
  },
});

// Pieces of which the worst targets and headers are made. Bytes that Node's own parser refuses are rare among them, or little
// else would be tested.
const words = [
  "a",
  "7",
  "alice",
  "bob",
  "open",
  "api",
  "API",
  "own",
  "/",
  "/",
  "?",
  "&",
  "=",
  "+",
  "%20",
  "%c3%a9",
  ";",
  ",",
  ":",
];
const traps = [
  "//",
  "/..",
  "/.",
  "/%2e%2e/",
  "%2F",
  "%5c",
  "%41",
  "%00",
  "%",
  "%zz",
  "%c3",
  "\\",
  "#",
  "*",
  "@",
  "[]",
  "X-Amz-Signature=",
];
const piece = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...words) },
  { weight: 3, arbitrary: fc.constantFrom(...traps) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 3, unit: "binary-ascii" }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[\x80-\xff]{1,3}$/) },
);
const target = fc
  .tuple(
    fc.constantFrom("/", "/open/", "/api/", "/own/alice/", "/own/", "http://a/open/"),
    fc.array(piece, { maxLength: 5 }),
  )
  .map(([start, pieces]) => start + pieces.join(""));
const method = fc.constantFrom("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE");

const anyValue = fc.oneof(
  fc.string({ maxLength: 8, unit: fc.constantFrom(..." abcXYZ019,;:=\"'%/\\*") }),
  fc.stringMatching(/^[\t \x80-\xff]{0,5}$/),
);
const header = fc.oneof(
  ...Object.entries({
    authorization: [
      "Spoken alice editors",
      "Spoken alice",
      "Spoken bob",
      "Spoken liar",
      "Spoken",
      "Bearer x",
      "AWS4-HMAC-SHA256 x",
    ],
    "x-forwarded-for": ["10.0.0.1, 6.6.6.6", "unknown", "::", "[::]:80", "127.0.0.1", ",,"],
    origin: ["https://app.example.com", "null", "https://evil.example.com"],
    "access-control-request-method": ["GET", "*"],
    "x-http-method-override": ["DELETE"],
    "content-encoding": ["gzip"],
    cookie: ["a=b"],
    upgrade: ["websocket"],
  }).map(([name, values]) =>
    fc.tuple(fc.constant(name), fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, anyValue)),
  ),
);
const framing = fc.constantFrom(
  { headers: "", body: "" },
  { headers: "", body: "" },
  { headers: "content-length: 3\r\n", body: "abc" },
  { headers: "content-length: 5\r\n", body: "abc" },
  { headers: "content-length: 3\r\nexpect: 100-continue\r\n", body: "abc" },
  { headers: "content-length: 101\r\n", body: "a".repeat(101) },
  { headers: "transfer-encoding: chunked\r\n", body: "3\r\nabc\r\n0\r\n\r\n" },
  { headers: "transfer-encoding: chunked\r\n", body: "0\r\n\r\n" },
  { headers: "transfer-encoding: chunked\r\n", body: "ffffffffff\r\nabc" },
  { headers: "transfer-encoding: chunked\r\ncontent-length: 3\r\n", body: "0\r\n\r\n" },
  { headers: "transfer-encoding: gzip\r\n", body: "abc" },
);

describe.each(frameworks)("whatever a client sends, in %s", (_, express) => {
  it("no answer is a 500, nothing is allowed that the table does not allow, and the server stays up", async () => {
    const routed: string[] = [];
    const seen = new Set<string>();
    const sayWho: RequestHandler = (req, res) => {
      routed.push(`${principalOf(req).kind} ${req.path}`);
      res.json({});
    };
    const authorizer = createAuthorizer({ verifiers: [spoken(100)], policy });
    const app = express();
    // Faults that Express finds itself, such as an escape in a parameter that is not UTF-8, are not ours.
    app.use(endpoints({ methods: ["GET"], path: "/open/endpoint", handle: async () => jsonAnswer(200, {}) }));
    app.use(
      authorize(authorizer, {
        trustedProxies: ["127.0.0.1"],
        preflight: { origins: ["https://app.example.com"], methods: ["GET"] },
      }),
    );
    const nested = express.Router();
    nested.use(authorize(authorizer));
    nested.all("/:id", guard(authorizer, { group: "editors" }), sayWho);
    app.use("/api", nested);
    app.use("/open", guard(authorizer, "anyone"), sayWho);
    app.use("/own", guard(authorizer, "authenticated"), sayWho);
    const { port } = await listen(app);

    await fc.assert(
      fc.asyncProperty(method, target, fc.array(header, { maxLength: 3 }), framing, async (verb, path, list, frame) => {
        routed.length = 0;
        const socket = await dial(port);
        const answer = received(socket);
        const lines = list.map(([name, value]) => `${name}: ${value}\r\n`).join("");
        const head = `${verb} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${lines}${frame.headers}\r\n`;
        socket.end(Buffer.from(head + frame.body, "latin1"));
        const text = await answer;
        expect(text).toMatch(/^(?:HTTP\/1\.1 [124]\d\d |$)/);
        expect(text).not.toMatch(/\n\s+at /);
        const mayEnter = list.filter(([name, value]) => name === "authorization" && /^Spoken (?!liar)\S/.test(value));
        const open = /^\/open(?:[/?]|$)/i.test(path);
        if (routed.length > 0 && !open) expect(mayEnter).toHaveLength(1);
        for (const status of text.match(/^HTTP\/1\.1 \d+/gm) ?? []) seen.add(status.slice(-3));
      }),
      { numRuns: 600 },
    );
    // The runs were about more than Node's own refusals.
    expect([...seen]).toEqual(expect.arrayContaining(["200", "400", "401"]));
    expect((await fetch(`http://127.0.0.1:${port}/open/a`)).status).toBe(200);
  });
});

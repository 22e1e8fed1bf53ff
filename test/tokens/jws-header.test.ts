import { describe, expect, it } from "vitest";
import { readJwsHeader, rememberingHeaderReader } from "../../src/tokens/jws-header.ts";

const part = (header: unknown) => Buffer.from(JSON.stringify(header)).toString("base64url");
const good = { kid: "k", alg: "RS256", typ: "JWT" };

const refusals: readonly (readonly [reason: string, part: string])[] = [
  ["a part is not canonical base64url", ""],
  ["a part is not canonical base64url", `${part(good)}=`],
  ["a part is not canonical base64url", part(good).replace(/.$/, "*")],
  ["the header is not JSON", Buffer.from("{").toString("base64url")],
  [
    "the header has a name twice in one object",
    Buffer.from('{"kid":"k","alg":"RS256","alg":"none"}').toString("base64url"),
  ],
  ["it holds half a character", Buffer.from('{"kid":"\\ud800","alg":"RS256"}').toString("base64url")],
  ["alg is not a string", part({ kid: "k" })],
  ["kid is not a string of 1 to 128 characters", part({ alg: "RS256", kid: "" })],
  ["the header has crit", part({ ...good, crit: ["b64"] })],
  ["the header has jwk", part({ ...good, jwk: {} })],
];

describe.each([
  ["readJwsHeader", () => readJwsHeader],
  ["a reader that remembers", rememberingHeaderReader],
] as const)("%s", (_name, create) => {
  it("gives the header", () => {
    expect(create()(part(good))).toEqual(good);
  });

  it.each(refusals)("refuses where %s: %j, the second time too", (reason, header) => {
    const read = create();
    const refused = expect.objectContaining({ code: "invalid_token", options: { reason } });
    expect(() => read(header)).toThrow(refused);
    expect(() => read(header)).toThrow(refused);
  });
});

describe("a reader that remembers", () => {
  it("gives the same frozen header for the same text, and another for another", () => {
    const read = rememberingHeaderReader();
    const header = read(part(good));
    expect(read(part(good))).toBe(header);
    expect(header).toSatisfy(Object.isFrozen);
    expect(read(part({ ...good, kid: "l" }))).toEqual({ ...good, kid: "l" });
    expect(read(part(good))).toBe(header);
  });

  it("remembers the headers of 32 keys, those used last", () => {
    const read = rememberingHeaderReader();
    const parts = Array.from({ length: 33 }, (_, index) => part({ ...good, kid: String(index) }));
    const [first, second, ...others] = parts as [string, string, ...string[]];
    const headers = [first, second].map(read);
    for (const other of others.slice(0, 30)) read(other);
    expect(read(first)).toBe(headers[0]);
    for (const other of others.slice(30)) read(other);
    expect(read(first)).toBe(headers[0]);
    expect(read(second)).not.toBe(headers[1]);
  });

  it("shares no object that one token's issuer could change for the next token", () => {
    const read = rememberingHeaderReader();
    const nested = part({ ...good, x: { y: 1 } });
    expect(read(nested)).toEqual(read(nested));
    expect(read(nested).x).not.toBe(read(nested).x);
  });

  it("does not remember a header that is longer than any of Cognito", () => {
    const read = rememberingHeaderReader();
    const long = part({ ...good, x: "x".repeat(600) });
    expect(read(long)).not.toBe(read(long));
  });
});

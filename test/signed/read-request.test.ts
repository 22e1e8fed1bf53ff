import { describe, expect, it } from "vitest";
import { readRequest, signedNamesOf } from "./read-request.ts";
import { sign } from "./reference-signer.ts";

// An oracle that is blind to a part of a request would pass every fault in it.

const genuine = sign({
  method: "POST",
  path: "/a%20b/c",
  query: "a=1&b=%20",
  body: "text",
  headers: { "x-tenant": "a,b c", cookie: "a=1,b", "user-agent": "u,v" },
});
const names = signedNamesOf(genuine);
const reading = (change: Partial<typeof genuine>) => readRequest({ ...genuine, ...change }, names);
const withField = (name: string, ...values: readonly string[]) => ({
  headers: genuine.headers.flatMap(([other, value]) =>
    other === name ? values.map((one) => [other, one] as const) : [[other, value] as const],
  ),
});
const proof = genuine.headers.find(([name]) => name === "authorization")?.[1] ?? "";

describe("the reading of a request tells", () => {
  it.each([
    ["the method", { method: "PUT" }],
    ["the path", { target: "/a%20b/d?a=1&b=%20" }],
    ["an escape of an escape", { target: "/a%2520b/c?a=1&b=%20" }],
    ["a slash at the end", { target: "/a%20b/c/?a=1&b=%20" }],
    ["a value of the query", { target: "/a%20b/c?a=1&b=%2B" }],
    ["a pair less", { target: "/a%20b/c?a=1" }],
    ["a pair twice", { target: "/a%20b/c?a=1&a=1&b=%20" }],
    ["a name without a value", { target: "/a%20b/c?a=1&b=%20&=" }],
    ["bytes that are no UTF-8", { target: "/a%20b/c?a=1&b=%FF" }],
    ["a malformed escape", { target: "/a%20b/c?a=1&b=%2" }],
    ["the value of a signed header", withField("x-tenant", "a,b d")],
    ["white space that is neither space nor tab", withField("x-tenant", "a,b\u000bc")],
    ["a signed header that is gone", withField("x-tenant")],
    ["a list in another order", withField("x-tenant", "b c,a")],
    ["cookies on two lines, which Node joins by a semicolon", withField("cookie", "a=1", "b")],
    ["two lines of which Node keeps the first", withField("user-agent", "u", "v")],
    ["a header of AWS that was not there", { headers: [...genuine.headers, ["X-Amz-Meta", "1"] as const] }],
    ["the signature", withField("authorization", proof.replace(/.$/, "g"))],
    ["a second proof", withField("authorization", proof, proof)],
    ["the body", { body: "texT" }],
    ["a body that is longer by NUL", { body: "text\0" }],
  ])("%s", (_, change) => {
    expect(reading(change)).not.toBe(reading({}));
  });

  it.each([
    ["the case of an escape", { target: "/a%20b/c?a=1&b=%20" }],
    ["a plus for a space", { target: "/a%20b/c?a=1&b=+" }],
    ["pairs in another order", { target: "/a%20b/c?b=%20&a=1" }],
    ["an empty piece", { target: "/a%20b/c?a=1&&b=%20" }],
    ["white space that is folded", withField("x-tenant", " a,b \t c ")],
    ["a list on two lines", withField("x-tenant", "a", "b c")],
    ["names in upper case", { headers: genuine.headers.map(([name, value]) => [name.toUpperCase(), value] as const) }],
    ["an unsigned header", { headers: [...genuine.headers, ["via", "1"] as const] }],
    ["a body as bytes", { body: Buffer.from("text") }],
  ])("not %s", (_, change) => {
    expect(reading(change)).toBe(reading({}));
  });
});

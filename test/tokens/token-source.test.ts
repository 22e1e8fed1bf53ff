import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { cookieToken } from "../../src/tokens/cookie-token.ts";
import { tokenReader } from "../../src/tokens/token-source.ts";

const request = (...headers: readonly string[]): AuthRequest => ({
  method: "GET",
  target: "/?access_token=q",
  wire: true,
  headers: new RequestHeaders(headers),
});
const origins = ["https://app.example.com"];
const cookie = cookieToken({ name: "token", origins });
const fromProxy = ({ headers }: AuthRequest) => headers.get("x-token");
const inCookie = ["Cookie", "token=c"];
const inHeader = ["Authorization", "Bearer h"];
const atProxy = ["X-Token", "p"];
const basic = ["Authorization", "Basic eDp5"];

describe("tokenReader", () => {
  it.each<[string, unknown, readonly string[], string | undefined]>([
    ["the header", "header", inHeader, "h"],
    ["the header, and no cookie", "header", inCookie, undefined],
    ["the header whatever cookies there are", "header", [...inHeader, ...inCookie], "h"],
    ["a list of the header alone", ["header"], inHeader, "h"],
    ["a cookie", cookie, inCookie, "c"],
    ["a cookie, and no header", cookie, inHeader, undefined],
    ["a function", fromProxy, atProxy, "p"],
    ["a function that finds nothing", fromProxy, inCookie, undefined],
    ["an empty text that a function gives", () => "", [], ""],
    ["one of several: the header", ["header", cookie, fromProxy], inHeader, "h"],
    ["one of several: a cookie", ["header", cookie, fromProxy], inCookie, "c"],
    ["one of several: a function", ["header", cookie, fromProxy], atProxy, "p"],
    ["nothing from the query", ["header", cookie, fromProxy], [], undefined],
  ])("takes %s", (_, sources, headers, token) => {
    const reader = tokenReader("bearer.token", sources);
    expect(reader.read(request(...headers))).toBe(token);
    expect(reader.detects(request(...headers))).toBe(token !== undefined);
  });

  it.each<[string, unknown, readonly string[]]>([
    ["a cookie and the header", ["header", cookie], [...inCookie, ...inHeader]],
    ["a cookie and the header that is no source", cookie, [...inCookie, ...inHeader]],
    ["a cookie and a header of another scheme", ["header", cookie], [...inCookie, ...basic]],
    ["a function and the header", ["header", fromProxy], [...atProxy, ...inHeader]],
    ["a function and the header that is no source", fromProxy, [...atProxy, ...inHeader]],
    ["a function and a cookie", [fromProxy, cookie], [...atProxy, ...inCookie]],
    ["two cookies", [cookie, cookieToken({ name: "other", origins })], ["Cookie", "token=c; other=c"]],
    ["the header twice", ["header", cookie], [...inHeader, ...inHeader]],
  ])("refuses %s at once", (_, sources, headers) => {
    const reader = tokenReader("bearer.token", sources);
    expect(reader.detects(request(...headers))).toBe(true);
    expect(() => reader.read(request(...headers))).toThrow(new AuthError("ambiguous_credentials"));
  });

  it.each([null, 1, {}, Promise.resolve("t"), ["t"]])("refuses a function that gives %j", (given) => {
    const reader = tokenReader("bearer.token", () => given);
    const fault = new AuthError("configuration_error", {
      reason: "bearer.token gave neither a string nor undefined",
    });
    expect(() => reader.read(request())).toThrow(fault);
  });

  it("leaves no promise that rejects to the process where it refuses a function that gives one", async () => {
    const reader = tokenReader("bearer.token", () => Promise.reject(new Error("the function failed")));
    const unhandled: unknown[] = [];
    const note = (fault: unknown) => void unhandled.push(fault);
    process.on("unhandledRejection", note);
    expect(() => reader.detects(request())).toThrow(expect.objectContaining({ code: "configuration_error" }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("says whether more than the token counts", () => {
    expect(tokenReader("bearer.token", "header").perRequest).toBe(false);
    expect(tokenReader("bearer.token", cookie).perRequest).toBe(true);
    expect(tokenReader("bearer.token", fromProxy).perRequest).toBe(true);
  });

  it.each(
    [[], ["header", "header"], "query", "Header", null, 1, [["header"]], { name: "token", origins }].map((value) => [
      value,
    ]),
  )("refuses the sources %j", (value) => {
    expect(() => tokenReader("bearer.token", value)).toThrow(ConfigurationError);
  });

  it("says what to write where the options of a cookie are in its place", () => {
    expect(() => tokenReader("bearer.token", { cookie: "token", origins })).toThrow(
      'bearer.token: write "header", cookieToken({ name, origins }), imported from "poolgate", or a function',
    );
  });
});

describe("what is left to look at in a token that was read", () => {
  it.each(["a b", "a\tb", 'a"b', "a=b", "ä", ""])("are the characters of one from the header: %j", (token) => {
    const { read, requireForm } = tokenReader("bearer.token", "header");
    expect(read(request("authorization", `Bearer ${token}`))).toBe(token);
    expect(() => requireForm(token)).toThrow(expect.objectContaining({ code: "malformed_credentials" }));
  });

  it("is nothing where there are several places", () => {
    const { read, requireForm } = tokenReader("bearer.token", ["header", cookie]);
    expect(() => read(request("authorization", "Bearer a b"))).toThrow(
      expect.objectContaining({ code: "malformed_credentials" }),
    );
    expect(requireForm("a b")).toBeUndefined();
  });
});

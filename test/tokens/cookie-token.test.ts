import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { type CookieTokenOptions, cookieToken } from "../../src/tokens/cookie-token.ts";
import { processorTime } from "../processor-time.ts";

const origin = "https://app.example.com";
const { findToken: find } = cookieToken({ name: "__Host-token", origins: [origin, "http://localhost:5173"] });
const request = (method: string, ...headers: readonly string[]): AuthRequest => ({
  method,
  target: "/",
  wire: true,
  headers: new RequestHeaders(headers),
});
const get = (...cookies: readonly string[]) => request("GET", ...cookies.flatMap((value) => ["Cookie", value]));
const post = (...headers: readonly string[]) => request("POST", "Cookie", "__Host-token=t", ...headers);

describe("cookieToken", () => {
  it.each<[string, string, readonly string[]]>([
    ["alone", "t", ["__Host-token=t"]],
    ["among others", "t", ["a=1; __Host-token=t; b=2"]],
    ["without blanks between", "t", ["a=1;__Host-token=t;b=2"]],
    ["with blanks about it", "t", ["a=1; \t__Host-token = t \t"]],
    ["in the second header", "t", ["a=1", "__Host-token=t"]],
    ["with an equals sign in it", "t==", ["__Host-token=t=="]],
    ["in quotes, which stay", '"t"', ['__Host-token="t"']],
    ["that is empty", "", ["__Host-token="]],
  ])("reads the value of the cookie, %s", (_, value, cookies) => {
    expect(find(get(...cookies))?.()).toBe(value);
  });

  it.each<[string, readonly string[]]>([
    ["no cookie at all", []],
    ["other cookies", ["a=1; b=__Host-token"]],
    ["another case", ["__host-token=t"]],
    ["a name that ends alike", ["x__Host-token=t"]],
    ["a name that begins alike", ["__Host-token2=t"]],
    ["no equals sign", ["__Host-token"]],
    ["the name as a value", ["a=__Host-token=t"]],
    ["a space before the name that is none to a browser", ["\u00a0__Host-token=t", "\u2000__Host-token=t"]],
    ["a line break before the name", ["\n__Host-token=t", "\v__Host-token=t", "\u0085__Host-token=t"]],
  ])("finds nothing in %s", (_, cookies) => {
    expect(find(get(...cookies))).toBeUndefined();
  });

  it("takes no more time for blanks than for anything else", () => {
    const blanks = " \t".repeat(100_000);
    const start = processorTime();
    expect(find(get(`a${blanks}b=1; __Host-token=t${blanks}u; c`))?.()).toBe(`t${blanks}u`);
    expect(find(get(`${blanks}; ${blanks}=${blanks}; __Host-token${blanks}=${blanks}t${blanks}`))?.()).toBe("t");
    expect(processorTime() - start).toBeLessThan(5_000);
  });

  it.each<[string, readonly string[]]>([
    ["in one header", ["__Host-token=t; __Host-token=u"]],
    ["in two headers", ["__Host-token=t", "__Host-token=u"]],
    ["with the same value", ["__Host-token=t; a=1; __Host-token=t"]],
    ["once empty", ["__Host-token=; __Host-token=t"]],
  ])("refuses the cookie twice, %s", (_, cookies) => {
    expect(find(get(...cookies))).toThrow(new AuthError("ambiguous_credentials"));
  });

  it.each(["GET", "HEAD", "OPTIONS"])("needs no origin for %s", (method) => {
    expect(find(request(method, "Cookie", "__Host-token=t"))?.()).toBe("t");
    expect(find(request(method, "Cookie", "__Host-token=t", "Origin", "https://evil.example"))?.()).toBe("t");
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "get", "PROPFIND"])(
    "needs one of its origins for %s",
    (method) => {
      const sent = (...headers: readonly string[]) => find(request(method, "Cookie", "__Host-token=t", ...headers));
      expect(sent("Origin", origin)?.()).toBe("t");
      expect(sent("Origin", "http://localhost:5173")?.()).toBe("t");
      expect(sent()).toThrow(new AuthError("origin_not_accepted"));
    },
  );

  it.each([
    ["another site", ["Origin", "https://evil.example"]],
    ["a neighbor", ["Origin", "https://www.example.com"]],
    ["one that begins alike", ["Origin", `${origin}.evil.example`]],
    ["another port", ["Origin", `${origin}:8443`]],
    ["another scheme", ["Origin", "http://app.example.com"]],
    ["another case", ["Origin", "https://APP.example.com"]],
    ["a slash at its end", ["Origin", `${origin}/`]],
    ["null", ["Origin", "null"]],
    ["nothing", ["Origin", ""]],
    ["a list", ["Origin", `${origin} ${origin}`]],
    ["two headers", ["Origin", origin, "Origin", origin]],
    ["a Referer in its place", ["Referer", `${origin}/`]],
  ])("refuses a POST whose origin is %s", (_, headers) => {
    expect(find(post(...headers))).toThrow(new AuthError("origin_not_accepted"));
  });

  it("needs an origin for the handshake of a WebSocket", () => {
    const handshake = (...headers: readonly string[]) =>
      find(request("GET", "Cookie", "__Host-token=t", "Connection", "Upgrade", "Upgrade", "websocket", ...headers));
    expect(handshake("Origin", origin)?.()).toBe("t");
    expect(handshake("Origin", "https://evil.example")).toThrow(new AuthError("origin_not_accepted"));
    expect(handshake()).toThrow(new AuthError("origin_not_accepted"));
  });

  it("needs an origin for a GET that asks to be taken for another method", () => {
    const asking = (method: string) =>
      find(request("GET", "Cookie", "__Host-token=t", "X-HTTP-Method-Override", method));
    expect(asking("delete")).toThrow(new AuthError("origin_not_accepted"));
    expect(asking("head")?.()).toBe("t");
  });

  it("lets a cookie only read where there are no origins", () => {
    const { findToken: reading } = cookieToken({ name: "t", origins: [] });
    expect(reading(request("GET", "Cookie", "t=1"))?.()).toBe("1");
    expect(reading(request("POST", "Cookie", "t=1", "Origin", origin))).toThrow(new AuthError("origin_not_accepted"));
  });

  it.each<[string, unknown, string]>([
    ["no options", undefined, ""],
    ["no name", { origins: [] }, ".name"],
    ["an empty name", { name: "", origins: [] }, ".name"],
    ["a name with a value", { name: "a=b", origins: [] }, ".name"],
    ["a name with a blank", { name: "a b", origins: [] }, ".name"],
    ["a name that is no text", { name: 1, origins: [] }, ".name"],
    ["no origins", { name: "a" }, ".origins"],
    ["one origin outside of a list", { name: "a", origins: origin }, ".origins"],
    ["an origin with a path", { name: "a", origins: [`${origin}/`] }, ".origins"],
    ["an origin with its default port", { name: "a", origins: [`${origin}:443`] }, ".origins"],
    ["an origin in capitals", { name: "a", origins: ["https://App.example.com"] }, ".origins"],
    ["a host", { name: "a", origins: ["app.example.com"] }, ".origins"],
    ["every origin", { name: "a", origins: ["*"] }, ".origins"],
    ["the opaque origin", { name: "a", origins: ["null"] }, ".origins"],
    ["a number", { name: "a", origins: [1] }, ".origins"],
    ["an unknown option", { name: "a", origins: [], Origins: [] }, ".Origins"],
  ])("refuses %s", (_, options, option) => {
    let thrown: unknown;
    try {
      cookieToken(options as CookieTokenOptions);
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ option: `cookieToken${option}` });
  });
});

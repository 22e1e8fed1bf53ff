import { describe, expect, it } from "vitest";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { PolicyError } from "../../../src/policy/policy-error.ts";

function unreachable(keys: readonly string[], options: { readonly strict?: boolean } = {}): readonly string[] {
  const routes = Object.fromEntries(keys.map((key) => [key, "guest" as const]));
  try {
    definePolicy({ routes, ...options });
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where }) => where.slice('routes["'.length, -2));
  }
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

describe("a route that no request reaches", () => {
  it.each([
    ["behind a parameter", ["GET /a/:id", "GET /a/*"], ["GET /a/*"]],
    ["behind a wildcard for all methods", ["* /a/:id", "POST /a/*"], ["POST /a/*"]],
    ["behind all methods by name", ["* /a", ...methods.map((method) => `${method} /a`)], ["* /a"]],
    ["behind a rest that begins sooner", ["GET /:a/**", "GET /*/b", "GET /*/*rest"], ["GET /*/b", "GET /*/*rest"]],
    ["behind two that share its requests", ["GET /:a/*rest", "GET /:a", "GET /*/**"], ["GET /*/**"]],
    ["behind one of another name", ["GET /{a}/{rest+}", "GET /*/c/:d"], ["GET /*/c/:d"]],
    ["behind text that looks like the one that is tried", ["GET /other/:id", "GET /other/*"], ["GET /other/*"]],
  ])("is found: %s", (_, keys, expected) => {
    expect(unreachable(keys)).toEqual(expected);
    expect(unreachable([...keys].reverse())).toEqual([...expected].reverse());
  });

  it.each([
    [["GET /a/:id", "POST /a/*", "* /a/**", "GET /**"]],
    [["GET /:a/:b", "GET /:a/**", "GET /*/**"].slice(0, 2)],
    [["GET /:a/b", "GET /*/c"]],
    [["GET /*", "GET /*rest"]],
    [["GET /:a", "GET /**"]],
    [["* /a", ...methods.slice(1).map((method) => `${method} /a`)]],
    [["GET /other", "GET /:a", "GET /other-1/**"]],
    [["GET /"]],
  ])("is none of %j", (keys) => {
    expect(unreachable(keys)).toEqual([]);
  });

  it("depends on trailing slashes where these make another path", () => {
    const keys = ["GET /:a", "GET /*/"];
    expect(unreachable(keys)).toEqual(["GET /*/"]);
    expect(unreachable(keys, { strict: true })).toEqual([]);
    expect(unreachable(["GET /:a", "GET /:a/", "GET /", "GET /*rest"], { strict: true })).toEqual([]);
    expect(unreachable(["GET /:a", "GET /:a/**", "GET /*/", "GET /**"], { strict: true })).toEqual(["GET /*/"]);
  });
});

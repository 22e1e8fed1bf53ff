import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import { decodeQueryText, parseTarget, rawQueryPairs, targetOf } from "../src/target.ts";

const accepted: readonly (readonly [
  target: string,
  segments: readonly string[],
  trailingSlash: boolean,
  query: string | undefined,
])[] = [
  ["/", [], false, undefined],
  ["/articles", ["articles"], false, undefined],
  ["/articles/", ["articles"], true, undefined],
  ["/a%20b/c?x=1", ["a%20b", "c"], false, "x=1"],
  ["/caf%C3%A9", ["caf%C3%A9"], false, undefined],
  ["/a!b'()*;v=1,@:$&+", ["a!b'()*;v=1,@:$&+"], false, undefined],
  ["/a|b", ["a|b"], false, undefined],
  ["/100%25", ["100%25"], false, undefined],
  ["/.well-known/x", [".well-known", "x"], false, undefined],
  ["/...", ["..."], false, undefined],
  ["/a.b/.c", ["a.b", ".c"], false, undefined],
  ["/?", [], false, ""],
  ["/a?x=//..%2F", ["a"], false, "x=//..%2F"],
];

const refused: readonly (readonly [target: string, why: string])[] = [
  ["", "empty"],
  ["*", "asterisk-form"],
  ["http://example.com/a", "absolute-form"],
  ["example.com:443", "authority-form"],
  ["a", "no leading slash"],
  ["//", "empty segment"],
  ["//a", "network path"],
  ["/a//b", "empty segment"],
  ["/a//", "empty segment at the end"],
  ["/.", "dot segment"],
  ["/..", "dot segment"],
  ["/a/../b", "dot segment"],
  ["/API/../admin", "dot segment"],
  ["/a/./b", "dot segment"],
  ["/a/..", "dot segment at the end"],
  ["/a/../", "dot segment before the last slash"],
  [`/${"a/".repeat(64)}..`, "dot segment behind many others"],
  ["/a|b/..", "dot segment beside an unusual character"],
  ["/%2e%2e/b", "escaped dots"],
  ["/.%2E/b", "half escaped dots"],
  ["/a%2fb", "escaped slash"],
  ["/a%2Fb", "escaped slash, upper case"],
  ["/a%5cb", "escaped backslash"],
  ["/a\\b", "backslash"],
  ["/a%00", "escaped NUL"],
  ["/a%0a", "escaped control character"],
  ["/a%7F", "escaped DEL"],
  ["/%61dmin", "escaped letter"],
  ["/%41", "escaped capital"],
  ["/%30", "escaped digit"],
  ["/a%2Db", "escaped hyphen"],
  ["/a%5Fb", "escaped underscore"],
  ["/a%7eb", "escaped tilde"],
  ["/%", "lone percent"],
  ["/%2", "short escape"],
  ["/%zz", "no hexadecimal digits"],
  ["/%u0061", "foreign escape"],
  ["/%C3", "half a UTF-8 sequence"],
  ["/%ff", "no UTF-8"],
  ["/%C0%AF", "overlong slash"],
  ["/a#b", "fragment"],
  ["/a?b#c", "fragment in the query"],
  ["/a b", "space"],
  ["/a\tb", "tab"],
  ["/caf\u00e9", "not ASCII"],
  ["/a?caf\u00e9", "not ASCII in the query"],
  ["/a?b\\c", "backslash in the query"],
  ["/a?b=%", "lone percent in the query"],
  ["/a?b=%0", "short escape in the query"],
  ["/a?b=%00", "escaped NUL in the query"],
];

const codeOf = (target: string): string => {
  try {
    parseTarget(target);
    return "accepted";
  } catch (error) {
    return error instanceof AuthError ? error.code : "another error";
  }
};

describe("parseTarget", () => {
  it.each(accepted)("reads %s", (target, segments, trailingSlash, query) => {
    expect(parseTarget(target)).toEqual({ path: target.split("?")[0], segments, trailingSlash, query });
  });

  it.each([1, 62, 63, 64, 65, 1_000])("splits a path of %i segments, and knows its trailing slash", (count) => {
    const segments = Array.from({ length: count }, (_, index) => `s${index}`);
    const path = `/${segments.join("/")}`;
    expect(parseTarget(path)).toEqual({ path, segments, trailingSlash: false, query: undefined });
    expect(parseTarget(`${path}/`)).toEqual({ path: `${path}/`, segments, trailingSlash: true, query: undefined });
    for (const hostile of [`${path}/..`, `${path}/./a`, `${path}//`, `${path}/%2e`]) {
      expect(codeOf(hostile), hostile.slice(-20)).toBe("target_not_canonical");
    }
  });

  it("splits a path whose segments end beyond sixteen bits", () => {
    const segments = ["a".repeat(0xfffe), "b", "c"];
    const path = `/${segments.join("/")}`;
    expect(parseTarget(path).segments).toEqual(segments);
  });

  it.each(refused)("refuses %s (%s)", (target) => {
    expect(codeOf(target)).toBe("target_not_canonical");
  });

  it("accepts no path that another parser would change", () => {
    const piece = fc.constantFrom(
      "/",
      ".",
      "a",
      "B",
      "~",
      "%",
      "2",
      "F",
      "e",
      "%2e",
      "%2F",
      "%C3%A9",
      "\\",
      ";",
      "//",
      "..",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = `/${pieces.join("")}`;
        fc.pre(codeOf(target) === "accepted");
        expect(new URL(target, "http://h").pathname).toBe(target);
        const decoded = target.split("/").map(decodeURIComponent);
        expect(decoded.some((segment) => /[/\\]/.test(segment) || segment === "." || segment === "..")).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it("answers or refuses whatever text it is given, and throws nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(["accepted", "target_not_canonical"]).toContain(codeOf(text));
        expect(["accepted", "target_not_canonical"]).toContain(codeOf(`/${text}`));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("rawQueryPairs", () => {
  it("splits at & and at the first =, and keeps the order and every occurrence", () => {
    expect(rawQueryPairs("b=1&a=2=3&&c&b=")).toEqual([
      ["b", "1"],
      ["a", "2=3"],
      ["c", ""],
      ["b", ""],
    ]);
  });

  it("has no pairs where the query is empty or absent", () => {
    expect(rawQueryPairs("")).toEqual([]);
    expect(rawQueryPairs(undefined)).toEqual([]);
  });
});

describe("decodeQueryText", () => {
  it("reads + as a space and %2B as a plus", () => {
    expect(decodeQueryText("a+b%2Bc")).toBe("a b+c");
  });

  it("gives undefined for bytes that are not UTF-8", () => {
    expect(decodeQueryText("%ff")).toBeUndefined();
  });
});

describe("targetOf", () => {
  const request: AuthRequest = { method: "GET", target: "/a?b=1", wire: true, headers: new RequestHeaders([]) };

  it("splits the target of a request once", () => {
    expect(targetOf(request)).toEqual(parseTarget("/a?b=1"));
    expect(targetOf(request)).toBe(targetOf(request));
  });

  it("splits another target of the same object anew", () => {
    const changing: { -readonly [Name in keyof AuthRequest]: AuthRequest[Name] } = { ...request };
    expect(targetOf(changing).path).toBe("/a");
    changing.target = "/c";
    expect(targetOf(changing).path).toBe("/c");
  });

  it("refuses each time what it refuses", () => {
    const bad = { ...request, target: "/a/../b" };
    for (const _ of [1, 2]) expect(() => targetOf(bad)).toThrow(AuthError);
  });
});

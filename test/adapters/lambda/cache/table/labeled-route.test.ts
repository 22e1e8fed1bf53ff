import { describe, expect, it } from "vitest";
import { labeledRoutes } from "../../../../../src/adapters/lambda/cache/table/labeled-route.ts";
import type { Grant } from "../../../../../src/policy/grants.ts";
import { placeOf } from "../../../../../src/policy/policy-error.ts";
import { type RouteSegment, readRouteKey } from "../../../../../src/policy/route-key.ts";

type Granted = "always" | "never" | readonly Readonly<Record<string, string>>[];

/** What is granted of one route. */
function grantOf(path: string, granted: Granted): Grant {
  const route = `GET ${path}`;
  const segments = readRouteKey(route, placeOf("routes", []))?.segments as readonly RouteSegment[];
  const base = { route, method: "GET", segments } as const;
  if (typeof granted === "string") return { ...base, granted };
  return { ...base, granted: "where", where: granted.map((values) => new Map(Object.entries(values))) };
}

/** The routes as texts: in any case `a~`, and granted with a plus. */
function labeled(grants: readonly Grant[], caseSensitive = true): readonly string[] {
  return labeledRoutes(grants, caseSensitive).routes.map(({ route, tokens, granted }) => {
    const parts = tokens.map((token) => {
      if (token.kind === "text") return token.anyCase ? `${token.text}~` : token.text;
      return token.kind === "one" ? ":" : `**${token.atLeast}`;
    });
    return `${granted ? "+" : "-"} ${route} = /${parts.join("/")}`;
  });
}

describe("the routes of a caller", () => {
  it.each<[string, Granted, readonly string[]]>([
    ["/a", "always", ["+ GET /a = /a"]],
    ["/a", "never", ["- GET /a = /a"]],
    ["/", "always", ["+ GET / = /"]],
    ["/a/:id", "always", ["+ GET /a/:id = /a/:"]],
    ["/a/*", "always", ["+ GET /a/* = /a/:"]],
    ["/a/**", "always", ["+ GET /a/** = /a/**0"]],
    ["/a/{proxy+}", "always", ["+ GET /a/{proxy+} = /a/**1"]],
    ["/a/*rest", "never", ["- GET /a/*rest = /a/**1"]],
  ])("of %s, granted %j, are %j", (path, granted, expected) => {
    expect(labeled([grantOf(path, granted)])).toEqual(expected);
  });

  it("ignore the case of static segments where the policy does, and never that of a value", () => {
    expect(labeled([grantOf("/A/:t", [{ t: "Acme" }])], false)).toEqual([
      "+ GET /A/:t = /A~/Acme",
      "- GET /A/:t = /A~/:",
    ]);
  });

  it("hold for each set of values by itself, and for no other, in whatever place", () => {
    expect(labeled([grantOf("/:t/a/:u/*rest", [{ t: "x", rest: "z" }, { u: "y" }])])).toEqual([
      "+ GET /:t/a/:u/*rest = /x/a/:/z",
      "+ GET /:t/a/:u/*rest = /:/a/y/**1",
      "- GET /:t/a/:u/*rest = /:/a/:/**1",
    ]);
    expect(labeled([grantOf("/:t/:t2", [{ t: "x" }])])[0]).toBe("+ GET /:t/:t2 = /x/:");
  });

  it("stay in their order, each behind its own values", () => {
    expect(labeled([grantOf("/:t", [{ t: "x" }]), grantOf("/**", "always")])).toEqual([
      "+ GET /:t = /x",
      "- GET /:t = /:",
      "+ GET /** = /**0",
    ]);
  });

  it("are not granted where no values are", () => {
    expect(labeled([grantOf("/:t", [])])).toEqual(["- GET /:t = /:"]);
  });
});

describe("a value that cannot stand in an ARN", () => {
  it.each([
    "",
    ".",
    "..",
    "*",
    "?",
    "$",
    "a*",
    "a?b",
    `$${"{aws:username}"}`,
    "a/b",
    "/",
    "%",
    "%41",
    "a b",
    "a\n",
    "\na",
    "a\u0000",
    "é",
    "a#",
    "a\\b",
    '"',
    "<",
    "[a]",
    "{a}",
    "a|b",
    "a^",
    "`",
    "\u212a",
  ])("grants nothing, and is told by route and parameter alone: %j", (value) => {
    const grants = [grantOf("/:t/:u", [{ t: value, u: "x" }, { t: "good" }])];
    expect(labeled(grants)).toEqual(["+ GET /:t/:u = /good/:", "- GET /:t/:u = /:/:"]);
    expect(labeledRoutes(grants, true).refused).toEqual([{ route: "GET /:t/:u", param: "t" }]);
  });

  it("is told for each of its parameters", () => {
    const { refused } = labeledRoutes([grantOf("/:t/:u", [{ t: "*", u: "?" }]), grantOf("/b/:v", [{ v: "$" }])], true);
    expect(refused).toEqual([
      { route: "GET /:t/:u", param: "t" },
      { route: "GET /:t/:u", param: "u" },
      { route: "GET /b/:v", param: "v" },
    ]);
  });

  it.each(["a", "A-Z_0.9~", "a!&'()+,;=:@b", "...", ".a", "a..", "x".repeat(300)])(
    "is not one that is plain: %j",
    (value) => {
      const grants = [grantOf("/:t", [{ t: value }])];
      expect(labeled(grants)).toEqual([`+ GET /:t = /${value}`, "- GET /:t = /:"]);
      expect(labeledRoutes(grants, true).refused).toEqual([]);
    },
  );
});

import { describe, expect, it } from "vitest";
import { type ArnTable, arnTable } from "../../../../../src/adapters/lambda/cache/table/arn-table.ts";
import { definePolicy, type PolicyInit } from "../../../../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal } from "../../../../../src/principal.ts";
import { processorTime } from "../../../../processor-time.ts";

const ada = createPrincipal({
  kind: "user",
  id: "user:ada",
  issuer: "pool",
  verifiedBy: "test",
  groups: closedGroups(["editors"]),
  tags: new Map([["tenant", "acme"]]),
});
const editors = { group: "editors" };
const admins = { group: "admins" };
const own = { equal: [{ tag: "tenant" }, { param: "t" }] };

/** The table of one caller, for GET alone: HEAD has the same. */
function tableOf(routes: object, init: object = { caseSensitive: true }, unrouted = true): object {
  const policy = definePolicy({ ...init, routes } as PolicyInit);
  const table = arnTable(policy.grants(ada), { caseSensitive: policy.document.caseSensitive, unrouted });
  if ("denied" in table) return table;
  const get = (patterns: readonly string[]) =>
    patterns.filter((text) => text.startsWith("GET/")).map((text) => text.slice(4));
  return { allow: get(table.allow), deny: get(table.deny) };
}

describe("a table of ARNs", () => {
  it("takes no time without end where its wildcards are at odds everywhere", () => {
    const user = { equal: [{ param: "p2" }, { tag: "tenant" }] };
    const routes = {
      "GET /:p0/a": { equal: [{ tag: "tenant" }, { param: "p0" }] },
      "GET /:p0/b/:p1/:p2/**": user,
      "GET /c/:p0/a/:p1/**": { not: { group: "suspended" } },
      "GET /d/:p0/*rest": "guest",
      "GET /:p0/e/:p2/**": user,
      "GET /:p0/f/:p1/:p2/g": user,
      "GET /:p0/:p1/h/:p2/**": user,
      "GET /i/:p1/:p2/*rest": user,
    };
    for (const unrouted of [true, false]) {
      const start = processorTime();
      expect(tableOf(routes, { caseSensitive: false }, unrouted)).toHaveProperty("denied");
      // It was tens of seconds, for each caller.
      expect(processorTime() - start).toBeLessThan(10_000);
    }
  });

  it.each<[string, object, object]>([
    ["the root", { "GET /": editors }, { allow: [""], deny: [] }],
    ["everything", { "GET /**": editors }, { allow: ["", "?*"], deny: [] }],
    ["everything but the root", { "GET /*rest": editors }, { allow: ["?*"], deny: [] }],
    ["a static path, with a slash and without", { "GET /a/b": editors }, { allow: ["a/b", "a/b/"], deny: [] }],
    ["a parameter, which is one segment", { "GET /a/:id": editors }, { allow: ["a/?*"], deny: ["a/*/?*"] }],
    [
      "a parameter in the midst",
      { "GET /a/:id/b": editors },
      { allow: ["a/*/b", "a/*/b/"], deny: ["a/*/*/b", "a/*/*/b/"] },
    ],
    ["any segment", { "GET /a/*": editors }, { allow: ["a/?*"], deny: ["a/*/?*"] }],
    ["a rest that may be empty", { "GET /a/**": editors }, { allow: ["a", "a/*"], deny: [] }],
    ["a rest that is not empty", { "GET /a/{proxy+}": editors }, { allow: ["a/?*"], deny: [] }],
    ["a parameter and a rest", { "GET /a/:id/**": editors }, { allow: ["a/?*"], deny: [] }],
    ["a value in the place of a parameter", { "GET /t/:t/**": own }, { allow: ["t/acme", "t/acme/*"], deny: [] }],
    ["a value in the place of a rest", { "GET /t/*t": own }, { allow: ["t/acme", "t/acme/"], deny: [] }],
    [
      "a denied route within an allowed one",
      { "GET /a/**": editors, "GET /a/secret/**": admins },
      { allow: ["a", "a/*"], deny: ["a/secret", "a/secret/*"] },
    ],
    [
      "an allowed route within a denied one",
      { "GET /a/**": admins, "GET /a/open": editors },
      { allow: ["a/open", "a/open/"], deny: [] },
    ],
    [
      "an allowed route beside a denied one of other segments",
      { "GET /a/:id/c": editors, "GET /a/:id/:of": admins },
      { allow: ["a/*/c", "a/*/c/"], deny: ["a/*/*/c", "a/*/*/c/"] },
    ],
    ["nothing", { "GET /a": admins }, { allow: [], deny: [] }],
  ])("holds %s", (_, routes, expected) => {
    expect(tableOf(routes)).toEqual(expected);
  });

  it("denies a static segment in every case where the policy ignores it, and allows it as it is written", () => {
    expect(tableOf({ "GET /Ab/:id": editors, "GET /Ab/x1-y": admins }, {})).toEqual({
      allow: ["Ab/?*"],
      deny: ["Ab/x1-y", "Ab/x1-y/", "Ab/X1-?", "Ab/X1-?/", "Ab/?1-Y", "Ab/?1-Y/", "Ab/*/?*"],
    });
  });

  it("needs less where the gateway answers what has no route", () => {
    const routes = { "GET /a/:id": editors, "GET /a/:id/notes": editors, "GET /a/:id/raw": admins };
    expect(tableOf(routes)).toEqual({ denied: undefined, granted: "GET /a/:id/notes" });
    expect(tableOf(routes, { caseSensitive: true }, false)).toEqual({ allow: ["a/?*"], deny: ["a/*/raw", "a/*/raw/"] });
  });

  it("cannot deny one route within another that goes deeper", () => {
    expect(tableOf({ "GET /a/**": editors, "GET /a/:id/raw": admins })).toEqual({
      denied: "GET /a/:id/raw",
      granted: "GET /a/**",
    });
  });

  it("allows methods by their names, and denies them by as few patterns as it can", () => {
    const routes = { "* /a": "authenticated", "PUT /b": "authenticated", "* /c/**": "authenticated", "* /c/d": admins };
    const policy = definePolicy({ caseSensitive: true, routes } as PolicyInit);
    const table = arnTable(policy.grants(ada), { caseSensitive: true, unrouted: true }) as ArnTable;
    const without = (patterns: readonly string[]) =>
      patterns.filter((text) => !/\/c|\/$/.test(text) || text.endsWith("/c/d"));
    expect(without(table.allow)).toEqual([
      "GET/a",
      "HEAD/a",
      "POST/a",
      "PUT/a",
      "PATCH/a",
      "DELETE/a",
      "OPTIONS/a",
      "PUT/b",
    ]);
    expect(without(table.deny)).toEqual(["???/c/d", "????/c/d", "PATCH/c/d", "DELETE/c/d", "OPTIONS/c/d"]);
  });
});

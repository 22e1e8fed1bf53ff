import { describe, expect, it } from "vitest";
import { createTables } from "../../../../../src/adapters/lambda/cache/table/table-of.ts";
import { definePolicy, type PolicyInit } from "../../../../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal, type Principal } from "../../../../../src/principal.ts";

const caller = (tenant: string, groups: readonly string[] = []): Principal =>
  createPrincipal({
    ...{ kind: "user", id: `user:${tenant}`, issuer: "x", verifiedBy: "x" },
    groups: closedGroups(groups),
    tags: new Map([["tenant", tenant]]),
  });
const own = { equal: [{ tag: "tenant" }, { param: "t" }] };
const policyOf = (routes: object, more: object = { caseSensitive: true }) =>
  definePolicy({ ...more, routes } as PolicyInit);
const policy = policyOf({ "GET /t/:t/**": own, "GET /e": { group: "editors" } });

/** What is allowed of GET, as a text. */
function allowed(table: object): string {
  if (!("allow" in table)) return "no table";
  return (table.allow as readonly string[]).filter((text) => text.startsWith("GET/")).join(" ");
}

describe("the tables of callers", () => {
  it("are one for callers to whom the same is granted, and another for each other", () => {
    const tableFor = createTables(true);
    const of = (principal: Principal) => tableFor(policy, policy.grants(principal));
    const acme = of(caller("acme"));
    expect(allowed(acme)).toBe("GET/t/acme GET/t/acme/*");
    expect(of(caller("acme", ["readers"]))).toBe(acme);
    expect(allowed(of(caller("zeta")))).toBe("GET/t/zeta GET/t/zeta/*");
    expect(allowed(of(caller("acme", ["editors"])))).toBe("GET/e GET/e/ GET/t/acme GET/t/acme/*");
    expect(of(caller("acme"))).toBe(acme);
  });

  it.each<[string, string]>([
    ["always", "never"],
    ["a,b", 'a","b'],
    ["", "t"],
    ["[]", '[["t","x"]]'],
  ])("are not mixed up for the tenants %j and %j", (one, other) => {
    const tableFor = createTables(true);
    const alone = (tenant: string) => createTables(true)(policy, policy.grants(caller(tenant)));
    for (const tenant of [one, other, one]) {
      expect(tableFor(policy, policy.grants(caller(tenant)))).toEqual(alone(tenant));
    }
  });

  it("tell which parameter a value is of", () => {
    const two = policyOf({ "GET /:t/:u": { anyOf: [own, { equal: [{ tag: "other" }, { param: "u" }] }] } });
    const with1 = (name: string) =>
      createPrincipal({ ...{ kind: "user", id: "u", issuer: "x", verifiedBy: "x" }, tags: new Map([[name, "v"]]) });
    const tableFor = createTables(false);
    expect(allowed(tableFor(two, two.grants(with1("tenant"))))).toBe("GET/v/?*");
    expect(allowed(tableFor(two, two.grants(with1("other"))))).toBe("GET/*/v GET/*/v/");
  });

  it("are those of one policy, whatever another grants alike", () => {
    const tableFor = createTables(true);
    const [first, second] = [policyOf({ "GET /a": "authenticated" }), policyOf({ "GET /b": "authenticated" })];
    const grants = (by: typeof first) => by.grants(caller("acme"));
    expect(allowed(tableFor(first, grants(first)))).toBe("GET/a GET/a/");
    expect(allowed(tableFor(second, grants(second)))).toBe("GET/b GET/b/");
    expect(allowed(tableFor(first, grants(first)))).toBe("GET/a GET/a/");
  });

  it("go by what the policy and the gateway say of paths", () => {
    const routes = { "GET /a/:id": "authenticated", "GET /a/:id/b": "authenticated" };
    const of = (unrouted: boolean, more?: object) => {
      const made = policyOf(routes, more);
      return allowed(createTables(unrouted)(made, made.grants(caller("acme"))));
    };
    expect(of(true)).toBe("no table");
    expect(of(false)).toBe("GET/a/?*");
    const cased = { "GET /A/:id": "authenticated", "GET /A/x": { group: "editors" } };
    const denied = (more: object) => {
      const made = policyOf(cased, more);
      const table = createTables(false)(made, made.grants(caller("acme")));
      return "deny" in table && table.deny.includes("GET/A/X");
    };
    expect(denied({ caseSensitive: true })).toBe(false);
    expect(denied({ caseSensitive: false })).toBe(true);
  });

  it("are remembered two hundred at a time, those longest not asked for forgotten first", () => {
    const tableFor = createTables(true);
    const of = (tenant: number) => tableFor(policy, policy.grants(caller(`t${tenant}`)));
    const tables = Array.from({ length: 200 }, (_, tenant) => of(tenant));
    // The first is asked for again, and so the second is the one that was not for the longest time.
    expect(of(0)).toBe(tables[0]);
    of(200);
    expect(of(0)).toBe(tables[0]);
    expect(of(2)).toBe(tables[2]);
    expect(of(1)).not.toBe(tables[1]);
    expect(of(1)).toEqual(tables[1]);
  });
});

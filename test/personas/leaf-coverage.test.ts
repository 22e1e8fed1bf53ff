import { allOf, anyOf, anyone, definePolicy, group, not, rule, scope } from "poolgate";
import { type PolicyTests, testPolicy } from "poolgate/testing";
import { describe, expect, it } from "vitest";

const policy = definePolicy({
  require: not(group("suspended")),
  rules: { writer: anyOf(group("editors"), scope("write")), unused: group("nobody") },
  routes: { "GET /health": anyone, "POST /a": allOf(rule("writer"), group("staff")), "POST /b": rule("writer") },
});

async function uncovered(table: NonNullable<PolicyTests["table"]>): Promise<readonly string[]> {
  const personas = {
    ada: { groups: ["editors", "staff"], scopes: ["write"] },
    eve: { groups: ["suspended"], scopes: [] },
  };
  const { coverage } = await testPolicy(policy, { personas, table });
  return coverage.leaves.map(({ where, held, failed }) => `${where} ${held ? "held" : "-"} ${failed ? "failed" : "-"}`);
}

describe("leaf coverage", () => {
  it("counts both outcomes of each leaf, those of a named rule wherever it is used", async () => {
    expect(await uncovered({ "POST /a": { ada: "allow" } })).toEqual([
      "require.not - failed",
      "rules.writer.anyOf[0] held -",
      "rules.writer.anyOf[1] held -",
      "rules.unused - -",
      'routes["POST /a"].allOf[1] held -',
    ]);
    expect(await uncovered({ "POST /a": { ada: "allow" }, "POST /b": { eve: "deny" } })).toEqual([
      "require.not held failed",
      "rules.writer.anyOf[0] held failed",
      "rules.writer.anyOf[1] held failed",
      "rules.unused - -",
      'routes["POST /a"].allOf[1] held -',
    ]);
  });

  it("counts what cannot be told as not held", async () => {
    expect(await uncovered({ "POST /b": { guest: "deny" } })).toContain("rules.writer.anyOf[1] - failed");
  });

  it("sees nothing in a route for anyone, in no route, and in a request that is refused before", async () => {
    const table = {
      "GET /health": { eve: "allow" },
      "GET /c": { eve: "no_route" },
      "GET //": { eve: "deny" },
    } as const;
    expect((await uncovered(table)).filter((line) => !line.endsWith(" - -"))).toEqual([]);
    const { coverage } = await testPolicy(policy, { table: { "GET /health": { guest: "allow" } } });
    expect(coverage).toMatchObject({ seen: 0, total: 10, untested: ["POST /a", "POST /b"] });
  });
});

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

  it("counts the leaves of fields and connect, each field by the key that takes it", async () => {
    const graph = definePolicy({
      require: not(group("suspended")),
      fields: { "Mutation.*": group("editors"), "Mutation.free": anyone, "User.email": group("staff") },
      connect: group("live"),
    });
    const personas = { ada: { groups: ["editors", "live"] }, eve: { groups: ["suspended"] } };
    const first = await testPolicy(graph, {
      personas,
      table: { "fields Mutation.a Mutation.free": { ada: "allow", eve: "access_denied" }, connect: { ada: "allow" } },
    });
    expect(first.failures).toEqual([]);
    expect(first.coverage.leaves).toEqual([
      { where: "require.not", leaf: { group: "suspended" }, held: true, failed: true },
      { where: 'fields["Mutation.*"]', leaf: { group: "editors" }, held: true, failed: true },
      { where: 'fields["User.email"]', leaf: { group: "staff" }, held: false, failed: false },
      { where: 'fields["*"]', leaf: "authenticated", held: false, failed: false },
      { where: "connect", leaf: { group: "live" }, held: true, failed: false },
    ]);
    expect(first.coverage.untested).toEqual(["fields User.email", "fields *"]);
    const more = await testPolicy(graph, {
      personas,
      table: {
        "fields Query.a": { ada: "allow", anonymous: "no_credentials" },
        "fields User.email": { ada: "access_denied" },
        connect: { eve: "access_denied", anonymous: "no_credentials" },
      },
    });
    expect(more.failures).toEqual([]);
    expect(more.coverage.untested).toEqual(["fields Mutation.*", "fields Mutation.free"]);
    expect(more.coverage.leaves.at(-2)).toMatchObject({ where: 'fields["*"]', held: true, failed: true });
    expect(more.coverage.leaves.at(-1)).toMatchObject({ where: "connect", held: false, failed: true });
  });

  it("sees nothing in fields or a connection that the policy has no rules for", async () => {
    const { failures, coverage } = await testPolicy(policy, {
      table: { "fields Query.a": { guest: "no_route" }, connect: { guest: "no_route" } },
    });
    expect(failures).toEqual([]);
    expect(coverage).toMatchObject({ seen: 0, untested: ["GET /health", "POST /a", "POST /b"] });
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

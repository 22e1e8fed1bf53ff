import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cedarEngine } from "../../../../src/policy/engines/cedar/cedar-engine.ts";
import { failOnUnknownGroups } from "../../../../src/policy/engines/cedar/unknown-groups.ts";
import { closedGroups, createPrincipal, type Groups, openGroups } from "../../../../src/principal.ts";
import { outcomeOf } from "../ask-engine.ts";

const groups = ["a", "b", "c"];
const callerWith = (known: Groups) =>
  createPrincipal({ kind: "user", id: "user:pool:1", issuer: "pool", verifiedBy: "user-pool", groups: known });

const group = fc.constantFrom(...groups).map((name) => `Group::"${name}"`);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("true", "false", "context.flag", "principal.userId == context.flag", "principal has scopes"),
    group.map((name) => `principal in ${name}`),
    fc.tuple(group, group).map((names) => `principal in [${names.join(", ")}]`),
    group.map((name) => `principal is User in ${name}`),
    group.map((name) => `resource.owner in ${name}`),
    group.map((name) => `resource in ${name}`),
    fc.constantFrom("principal in resource.readers", "resource.other in resource.readers"),
    tie("condition").map((part) => `!(${part})`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map(([test, yes, no]) => `(if ${test} then ${yes} else ${no})`),
  ),
}));
const head = fc.oneof(
  fc.constantFrom("principal", "principal is User", 'principal == User::"user:pool:1"'),
  group.map((name) => `principal in ${name}`),
  group.map((name) => `principal is User in ${name}`),
);
const policy = fc
  .tuple(
    fc.constantFrom("permit", "forbid"),
    head,
    fc.constantFrom("resource", 'resource in Group::"a"'),
    fc.constantFrom("when", "unless"),
    condition,
  )
  .map(([effect, who, what, kind, test]) => `${effect}(${who}, action, ${what}) ${kind} { ${test} };`);

const supersets = (known: readonly string[]) =>
  Array.from({ length: 2 ** groups.length }, (_, bits) => groups.filter((_name, index) => (bits >> index) & 1)).filter(
    (set) => known.every((name) => set.includes(name)),
  );

describe("policies for callers whose groups are not all known", () => {
  it("never say what they would not say of every caller that he could be", async () => {
    const seen = { true: 0, false: 0, undefined: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { minLength: 1, maxLength: 4 }),
        fc.subarray(groups),
        fc.boolean(),
        fc.boolean(),
        async (policies, known, flag, mine) => {
          const engine = cedarEngine({
            policies: policies.join("\n"),
            entities: [
              {
                uid: { type: "Route", id: "GET /" },
                attrs: {
                  owner: { __entity: { type: "User", id: "user:pool:1" } },
                  other: { __entity: { type: "User", id: "user:pool:2" } },
                  readers: { __entity: { type: "Group", id: "b" } },
                },
                parents: mine ? [{ type: "User", id: "user:pool:1" }] : [],
              },
              { uid: { type: "Group", id: "c" }, parents: [{ type: "Group", id: "a" }] },
            ],
          });
          const ask = (held: Groups) => outcomeOf(engine, { principal: callerWith(held), arguments: { flag } });
          const said = await ask(openGroups(known));
          seen[`${said}`] += 1;
          if (said === undefined) return;
          for (const world of supersets(known)) expect(await ask(closedGroups(world))).toBe(said);
        },
      ),
      { numRuns: 300 },
    );
    // Or the property would hold of an engine that never says anything.
    expect(Math.min(seen.true, seen.false, seen.undefined)).toBeGreaterThan(0);
  });

  const withCondition = (body: unknown): PolicyJson =>
    ({
      effect: "permit",
      principal: { op: "All" },
      action: { op: "All" },
      resource: { op: "All" },
      conditions: [{ kind: "when", body }],
    }) as PolicyJson;

  it.each<[string, unknown]>([
    ["no expression", {}],
    ["two in one", { Var: "principal", Value: 1 }],
    ["a number", { future: 1 }],
    ["nothing", { future: null }],
    ["a text in its place", { future: { left: "a" } }],
    ["a list with no expression", { Set: [{ Var: "principal" }, {}] }],
    ["a record with no expression", { Record: { a: { future: 1 } } }],
    ["a slot", { Slot: "?principal" }],
    ["a number that is not kept exactly, far inside", { Value: { a: [1, { b: 2 ** 53 }] } }],
  ])("are not written again where one has a part that nobody understands: %s", (_, body) => {
    expect(failOnUnknownGroups(withCondition(body))).toBeUndefined();
    expect(failOnUnknownGroups(withCondition({ "!": { arg: body } }))).toBeUndefined();
  });

  it("are written again with values as they are", () => {
    const body = { Value: { in: { left: 1, right: 2 }, list: [true, "in"] } };
    expect(failOnUnknownGroups(withCondition(body))).toEqual(withCondition(body));
  });
});

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CedarRecord } from "../../../../src/policy/engines/cedar-value.ts";
import { attributeValues } from "../../../../src/policy/engines/verified-permissions/attribute-value.ts";
import { verifiedPermissionsEngine } from "../../../../src/policy/engines/verified-permissions/verified-permissions-engine.ts";
import { closedGroups, createPrincipal } from "../../../../src/principal.ts";
import { editor } from "../../rule-input.ts";
import { outcomeOf } from "../ask-engine.ts";
import { type StandIn, startStandIn } from "./stand-in.ts";

let store: StandIn;

beforeAll(async () => {
  store = await startStandIn("permit(principal, action, resource);");
});
afterAll(() => store[Symbol.asyncDispose]());

describe("a value on its way to Verified Permissions", () => {
  it("carries its type", () => {
    const extension = (fn: string, arg: string) => ({ __extn: { fn, arg } });
    const record: CedarRecord = {
      text: "5",
      number: 5,
      truth: true,
      list: ["a", 1, []],
      record: { string: "x" },
      entity: { __entity: { type: "Api::User", id: 'a"b' } },
      address: extension("ip", "10.0.0.0/8"),
      price: extension("decimal", "1.5"),
      time: extension("datetime", "2026-01-01"),
      age: extension("duration", "1d"),
    };
    expect(attributeValues(record)).toEqual({
      text: { string: "5" },
      number: { long: 5 },
      truth: { boolean: true },
      list: { set: [{ string: "a" }, { long: 1 }, { set: [] }] },
      record: { record: { string: { string: "x" } } },
      entity: { entityIdentifier: { entityType: "Api::User", entityId: 'a"b' } },
      address: { ipaddr: "10.0.0.0/8" },
      price: { decimal: "1.5" },
      time: { datetime: "2026-01-01" },
      age: { duration: "1d" },
    });
  });

  const hostile = [
    '"',
    "::",
    'User::"x"',
    "__proto__",
    "constructor",
    "\n",
    "\r\n",
    "\u0000",
    "\u2028",
    "\u202e",
    "é\u{1f600}",
    "",
  ];
  const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...hostile));

  it("arrives as it is, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.uniqueArray(anyText, { maxLength: 4 }),
        fc.uniqueArray(fc.tuple(anyText, anyText), { maxLength: 4, selector: ([name]) => name }),
        anyText,
        async (id, groups, tags, argument) => {
          store.calls.length = 0;
          const principal = createPrincipal({ ...editor, id, groups: closedGroups(groups), tags: new Map(tags) });
          const engine = verifiedPermissionsEngine({ client: store.client, policyStoreId: "PS1" });
          const given = {
            principal,
            arguments: { action: argument, resourceType: "A", resourceId: argument, argument },
          };
          expect(await outcomeOf(engine, given)).toBe(true);
          const input = store.calls[0]?.input;
          expect(input).toMatchObject({
            principal: { entityType: "User", entityId: id },
            action: { actionType: "Action", actionId: argument },
            resource: { entityType: "A", entityId: argument },
            context: { contextMap: { argument: { string: argument } } },
          });
          const caller = input?.entities.entityList[0];
          expect(caller?.parents).toEqual(groups.map((entityId) => ({ entityType: "Group", entityId })));
          const arrived = Object.entries(caller?.tags ?? {}).sort();
          expect(arrived).toEqual(tags.map(([name, string]) => [name, { string }]).sort());
        },
      ),
      { numRuns: 150, examples: [["__proto__", ["__proto__"], [["__proto__", "x"]], "__proto__"]] },
    );
  });

  it("arrives whole where there are a great many", async () => {
    const tags = new Map(Array.from({ length: 5000 }, (_, index) => [`tag ${index}`, "x".repeat(100)]));
    const groups = Array.from({ length: 5000 }, (_, index) => `group ${index}`);
    const principal = createPrincipal({ ...editor, tags, groups: closedGroups(groups) });
    store.calls.length = 0;
    const engine = verifiedPermissionsEngine({ client: store.client, policyStoreId: "PS1" });
    expect(await outcomeOf(engine, { principal })).toBe(true);
    const caller = store.calls[0]?.input.entities.entityList[0];
    expect(Object.keys(caller?.tags ?? {})).toHaveLength(5000);
    expect(caller?.parents).toHaveLength(5000);
  });
});

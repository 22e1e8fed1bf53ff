import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../src/configuration.ts";
import { type MappingOptions, readMapping } from "../../../src/policy/engines/mapping-options.ts";
import { inquiryWith, noSignal } from "./ask-engine.ts";

describe("readMapping", () => {
  it.each<[object, string]>([
    [{ namespace: "" }, 'engine.namespace: write such as "Api"'],
    [{ namespace: "a-b" }, "engine.namespace"],
    [{ namespace: "Api::" }, "engine.namespace"],
    [{ namespace: "in" }, "engine.namespace"],
    [{ types: null }, "engine.types: write such as"],
    [{ types: ["User"] }, "engine.types: write such as"],
    [{ types: { users: "User" } }, "engine.types.users: there is no such type; there are user, client,"],
    [{ types: { constructor: "User" } }, "engine.types.constructor: there is no such type"],
    [{ types: { user: 'User"' } }, "engine.types.user: must be the name of a type"],
    [{ types: { user: undefined } }, "engine.types.user: must be the name of a type"],
    [{ types: { guest: "User" } }, "engine.types: two of them have one name"],
    [{ groups: "none" }, "engine.groups: must be true or false"],
    [{ attributes: "scopes" }, "engine.attributes: must be a list of issuer,"],
    [{ attributes: ["scope"] }, "engine.attributes: must be a list of issuer,"],
    [{ claims: "email" }, "engine.claims: must be a list"],
    [{ claims: [""] }, "engine.claims"],
    [{ claims: [1] }, "engine.claims"],
    [{ claims: ["__entity"] }, "engine.claims"],
    [{ claims: ["\ud800"] }, "engine.claims"],
    [{ request: ["headers"] }, "engine.request: must be a list of method, path, route, params, ip, now"],
    [{ request: {} }, "engine.request"],
    [{ entities: {} }, "engine.entities: must be a list of entities; or write a function"],
    [{ entities: [{ uid: { type: "A", id: "" } }, 1] }, "engine.entities: [1]: write { uid:"],
  ])("refuses %j", (options, message) => {
    expect(() => readMapping("engine", options as MappingOptions)).toThrow(ConfigurationError);
    expect(() => readMapping("engine", options as MappingOptions)).toThrow(message);
  });

  it("keeps a copy of the entities", () => {
    const entities = [{ uid: { type: "Article", id: "7" }, attrs: { open: false } }];
    const mapping = readMapping("engine", { entities });
    (entities[0] as { attrs: { open: boolean } }).attrs.open = true;
    expect(mapping.entities(inquiryWith({}), noSignal())).toEqual([
      { uid: { type: "Article", id: "7" }, attrs: { open: false } },
    ]);
  });
});

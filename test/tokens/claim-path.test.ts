import { describe, expect, it } from "vitest";
import { findClaim, readClaimPath, readNames } from "../../src/tokens/claim-path.ts";

describe("readClaimPath", () => {
  it("takes a name or a path", () => {
    expect(readClaimPath("x", "https://example.com/roles")).toEqual(["https://example.com/roles"]);
    expect(readClaimPath("x", ["realm_access", "roles"])).toEqual(["realm_access", "roles"]);
  });

  it.each([[""], [[]], [["a", ""]], [7], [null], [["a", 7]]])("refuses %j", (value) => {
    expect(() => readClaimPath("x", value)).toThrow(expect.objectContaining({ code: "invalid_option", option: "x" }));
  });
});

describe("findClaim", () => {
  it("finds a claim at the top and inside others", () => {
    expect(findClaim({ roles: ["a"] }, ["roles"])).toEqual(["a"]);
    expect(findClaim({ realm: { roles: ["a"] } }, ["realm", "roles"])).toEqual(["a"]);
    expect(findClaim({ "realm.roles": ["a"] }, ["realm.roles"])).toEqual(["a"]);
  });

  it.each([
    [{}, ["roles"]],
    [{ realm: "x" }, ["realm", "length"]],
    [{ realm: [["a"]] }, ["realm", "0"]],
    [{ realm: null }, ["realm", "roles"]],
    [{ realm: {} }, ["realm", "constructor"]],
    [{}, ["__proto__"]],
    [{ "realm.roles": ["a"] }, ["realm", "roles"]],
  ])("finds nothing in %j at %j", (payload, path) => {
    expect(findClaim(payload, path)).toBeUndefined();
  });
});

describe("readNames", () => {
  it("reads a list, and a text where names are separated by spaces", () => {
    expect(readNames({ roles: ["a", "b c"] }, ["roles"], "groups", false)).toEqual(["a", "b c"]);
    expect(readNames({ scope: "a  b" }, ["scope"], "scopes", true)).toEqual(["a", "b"]);
    expect(readNames({ scp: ["a"] }, ["scp"], "scopes", true)).toEqual(["a"]);
    expect(readNames({ scope: "" }, ["scope"], "scopes", true)).toEqual([]);
    expect(readNames({}, ["roles"], "groups", false)).toBeUndefined();
  });

  it.each([["admins"], [["admins", 7]], [{ admins: true }], [null], [true]])("refuses groups that are %j", (roles) => {
    expect(() => readNames({ roles }, ["roles"], "groups", false)).toThrow(
      expect.objectContaining({
        code: "invalid_token",
        options: { reason: "the claim of the groups is of the wrong type" },
      }),
    );
  });

  it.each([[7], [["a", 7]], [{}]])("refuses scopes that are %j", (scope) => {
    expect(() => readNames({ scope }, ["scope"], "scopes", true)).toThrow(
      expect.objectContaining({ code: "invalid_token" }),
    );
  });
});

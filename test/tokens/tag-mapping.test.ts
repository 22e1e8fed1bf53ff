import { describe, expect, it } from "vitest";
import { compileNaming } from "../../src/tokens/naming.ts";
import { mapTags, readTagMapping } from "../../src/tokens/tag-mapping.ts";

const asIs = compileNaming("x.tags", "as-is");

describe("readTagMapping", () => {
  it("is empty where nothing is said", () => {
    expect(readTagMapping("x.principalTags", undefined, asIs, '"team"')).toEqual([]);
  });

  it("names tags as it is told, and drops those without a name", () => {
    const rename = compileNaming("x.tags", { map: { tenant: "partnerTenant" } });
    expect(readTagMapping("x.principalTags", { tenant: "t", plan: "p" }, rename, '"team"')).toEqual([
      ["partnerTenant", "t"],
    ]);
  });

  it.each([["tenant"], [["tenant"]], [null], [new Map([["tenant", "team"]])], [{ tenant: "" }], [{ tenant: 7 }]])(
    "refuses %j",
    (value) => {
      expect(() => readTagMapping("x.principalTags", value, asIs, '"team"')).toThrow(
        expect.objectContaining({ code: "invalid_option" }),
      );
    },
  );

  it("refuses two tags with the same name", () => {
    const rename = compileNaming("x.tags", { map: { a: "same", b: "same" } });
    expect(() => readTagMapping("x.principalTags", { a: "1", b: "2" }, rename, '"team"')).toThrow(
      "x.principalTags: two tags get the same name",
    );
  });
});

describe("mapTags", () => {
  it("leaves out what is absent or no string, inherited names included", () => {
    const names = ["team", "list", "constructor", "toString", "__proto__"];
    const mapping = names.map((name) => [name, name] as const);
    expect(mapTags({ team: "data", list: ["a"], other: "x" }, mapping)).toEqual(new Map([["team", "data"]]));
    expect(mapTags(JSON.parse('{"__proto__":"own"}'), mapping)).toEqual(new Map([["__proto__", "own"]]));
  });
});

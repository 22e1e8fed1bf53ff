import { describe, expect, it } from "vitest";
import { always, type Cases, inAll, inAny, never, whereParam } from "../../src/policy/cases.ts";

const red = whereParam("color", ["red"]);
const warm = whereParam("color", ["red", "yellow"]);
const large = whereParam("size", ["large"]);
const open: Cases = { open: ["ip"] };

/** As plain data. */
function shown(cases: Cases): unknown {
  return "open" in cases ? cases : cases.cases.map((one) => Object.fromEntries(one));
}

describe("inAll", () => {
  it.each<[string, readonly Cases[], unknown]>([
    ["nothing", [], [{}]],
    ["what always holds", [always, always], [{}]],
    ["what never holds, whatever else", [never, open, red], []],
    ["one case", [always, red], [{ color: "red" }]],
    [
      "cases of two parameters",
      [warm, large],
      [
        { color: "red", size: "large" },
        { color: "yellow", size: "large" },
      ],
    ],
    ["cases of one parameter", [red, warm], [{ color: "red" }]],
    ["cases that exclude each other", [red, whereParam("color", ["blue"])], []],
    ["what is open, named once", [red, open, { open: ["ip", "query"] }], { open: ["ip", "query"] }],
  ])("joins %s", (_, parts, expected) => {
    expect(shown(inAll(parts))).toEqual(expected);
  });

  it("counts out no more than 256 combinations", () => {
    const values = Array.from({ length: 17 }, (_, index) => `${index}`);
    expect(inAll([whereParam("a", values), whereParam("b", values)])).toEqual({
      open: ["more than 256 combinations of parameters"],
    });
  });
});

describe("inAny", () => {
  it.each<[string, readonly Cases[], unknown]>([
    ["nothing", [], []],
    ["what always holds, whatever else", [open, red, always], [{}]],
    ["what never holds", [never, never], []],
    ["cases, each once", [warm, red, large], [{ color: "red" }, { color: "yellow" }, { size: "large" }]],
    ["what is open", [red, open], { open: ["ip"] }],
  ])("joins %s", (_, parts, expected) => {
    expect(shown(inAny(parts))).toEqual(expected);
  });
});

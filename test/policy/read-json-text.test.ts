import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJsonText } from "../../src/policy/read-json-text.ts";
import { dataOf } from "../../src/policy/source-node.ts";

function read(text: string) {
  const faults: [start: number, end: number, fault: string][] = [];
  const root = readJsonText(text, ({ start, end }, fault) => void faults.push([start, end, fault]));
  return { faults, data: root && dataOf(root), root };
}

function parsed(text: string): { readonly data?: unknown } {
  try {
    return { data: JSON.parse(text) };
  } catch {
    return {};
  }
}

describe("the text of a JSON document", () => {
  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6, noUnicodeString: false } as object),
        fc.constantFrom(undefined, 1, "\t", "\r\n"),
        (json, space) => {
          const text = JSON.stringify(JSON.parse(json), undefined, space);
          const { data, faults } = read(text);
          fc.pre(faults.every(([, , fault]) => !fault.startsWith("parsers lose digits")));
          expect(faults).toEqual([]);
          expect(data).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it("is refused exactly where JSON.parse refuses it, after any change", () => {
    const base = '{"a": [1, -2.5e3, "x\\n\\u00e9", true, null, {}], "b": {"c": []}, "d": "\\"" }';
    const piece = fc.constantFrom(
      ..."{}[],:\"'\\0123456789.eE+-/* \t\n\0tfnu",
      "true",
      "nul",
      "//",
      "\u00a0",
      "\ud800",
      "\\u00",
    );
    let valid = 0;
    fc.assert(
      fc.property(fc.nat(base.length), fc.nat(3), fc.array(piece, { maxLength: 3 }), (at, removed, pieces) => {
        const text = base.slice(0, at) + pieces.join("") + base.slice(at + removed);
        const expected = parsed(text);
        const { data, faults } = read(text);
        const told = faults.filter(([, , fault]) => fault.startsWith("this is no JSON"));
        expect([text, told.length]).toEqual([text, "data" in expected ? 0 : 1]);
        if (faults.length > 0) return;
        expect(data).toEqual(expected.data);
        valid++;
      }),
      { numRuns: 5_000 },
    );
    expect(valid).toBeGreaterThan(300);
  });

  it.each<[text: string, start: number, fault: string]>([
    ["", 0, "this is no JSON: the text ends where a value is wanted"],
    ["  ", 2, "this is no JSON: the text ends where a value is wanted"],
    ["nul", 0, "this is no JSON: a value is wanted here"],
    ["[1 2]", 3, "this is no JSON: a comma or a closing bracket is wanted here"],
    ["[1", 2, "this is no JSON: the text ends where a comma or a closing bracket is wanted"],
    ["[1,]", 3, "this is no JSON: nothing follows the last comma; take the comma away"],
    ['{"a" 1}', 5, "this is no JSON: a colon is wanted here"],
    ['{"a":1 "b":2}', 7, "this is no JSON: a comma or a closing brace is wanted here"],
    ["{a:1}", 1, "this is no JSON: a key in double quotes is wanted here"],
    ["{1:1}", 1, "this is no JSON: a key in double quotes is wanted here"],
    ['{"a":1,', 7, "this is no JSON: the text ends where a key in double quotes is wanted"],
    ['"a\nb"', 0, "this is no JSON: the string does not end on its line, or has a faulty escape"],
    ['"\\x41"', 0, "this is no JSON: the string does not end on its line, or has a faulty escape"],
    ["012", 0, "this is no JSON: a value is wanted here"],
    ["1.", 0, "this is no JSON: a value is wanted here"],
    ["NaN", 0, "this is no JSON: a value is wanted here"],
    ["{} {}", 3, "this is no JSON: the end of the text is wanted here"],
    ["# a", 0, "this is no JSON: JSON has no comments"],
    ["[/* a */]", 1, "this is no JSON: JSON has no comments"],
    ["['a']", 1, "this is no JSON: strings are in double quotes"],
    ['{"a":1,"a":2}', 7, 'the key "a" occurs twice'],
    [
      "9007199254740993",
      0,
      "parsers lose digits of the number 9007199254740993; put it in quotes, or write a smaller one",
    ],
    ["[-1e400]", 1, "parsers lose digits of the number -1e400; put it in quotes, or write a smaller one"],
    ["[".repeat(200), 100, "this is no JSON: the document is nested deeper than 100 levels; make it flatter"],
  ])("is refused as %.30j", (text, start, fault) => {
    expect(read(text).faults.map(([at, , told]) => [at, told])).toEqual([[start, fault]]);
  });

  it("keeps the place of each value and key", () => {
    const { root } = read(' {"a": [true] } ');
    expect(root).toMatchObject({ kind: "map", start: 1, end: 15 });
    const entry = root?.kind === "map" ? root.entries.get("a") : undefined;
    expect(entry).toMatchObject({ key: { start: 2, end: 5 }, value: { kind: "list", start: 7, end: 13 } });
  });

  it("is left alone where whoever asked stops at a fault", () => {
    const stop = () => {
      throw new RangeError("enough");
    };
    expect(() => readJsonText("{'a': 1}", stop)).toThrow(new RangeError("enough"));
  });

  it("may hold a long string and many values", () => {
    const long = "x\\n".repeat(500_000);
    expect(read(`"${long}"`).faults).toEqual([]);
    expect(read(`[${"1,".repeat(200_000)}1]`).faults).toEqual([]);
  });
});

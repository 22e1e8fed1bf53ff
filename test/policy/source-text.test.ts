import { describe, expect, it } from "vitest";
import { createSourceText } from "../../src/policy/source-text.ts";

const excerptOf = (text: string, start: number, end: number) =>
  createSourceText(text, undefined).locate({ start, end }).excerpt.split("\n");

describe("a position in a text", () => {
  it("is a line and a column from 1 up, also behind the last character", () => {
    const source = createSourceText("ab\n\ncd", "p.yaml");
    const at = (offset: number) => {
      const { line, column } = source.locate({ start: offset, end: offset });
      return [line, column];
    };
    expect([0, 1, 2, 3, 4, 5, 6].map(at)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
    expect(source.locate({ start: 4, end: 6 })).toEqual({
      file: "p.yaml",
      line: 3,
      column: 1,
      excerpt: "3 | cd\n  | ^^",
    });
    expect(createSourceText("", undefined).locate({ start: 0, end: 1 })).toEqual({
      line: 1,
      column: 1,
      excerpt: "1 |\n  | ^",
    });
  });

  it("is shown on its first line only, and with one caret at least", () => {
    expect(excerptOf("a: [b,\n c]\n", 3, 10)).toEqual(["1 | a: [b,", "  |    ^^^"]);
    expect(excerptOf("a:\r\nb\r\n", 2, 2)).toEqual(["1 | a:", "  |   ^"]);
    expect(excerptOf(`${"\n".repeat(9)}abc`, 10, 11)).toEqual(["10 | abc", "   |  ^"]);
  });

  it("is shown with a character for each character that could move the cursor", () => {
    expect(excerptOf("\ta\u001b[31m\u202eb", 8, 9)).toEqual(["1 |  a\ufffd[31m\ufffdb", "  |         ^"]);
  });

  it("is shown with a part of a line that is long", () => {
    const text = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
    const [line = "", carets = ""] = excerptOf(text, 500, 504);
    expect(line).toBe(`1 | …${"a".repeat(60)}HERE${"b".repeat(36)}…`);
    expect(line.slice(carets.indexOf("^"))).toMatch(/^HERE/);
    expect(carets.trim()).toBe("| ".concat(" ".repeat(61), "^^^^"));
    expect(excerptOf(text, 0, 504)).toEqual([`1 | ${"a".repeat(100)}…`, `  | ${"^".repeat(100)}`]);
    expect(excerptOf(text, 1_003, 1_004)[0]).toBe(`1 | …${"b".repeat(61)}`);
  });
});

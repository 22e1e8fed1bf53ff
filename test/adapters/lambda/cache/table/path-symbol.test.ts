import { expect, it } from "vitest";
import { isText, type PathSymbol, spells } from "../../../../../src/adapters/lambda/cache/table/path-symbol.ts";

const exactly = (text: string): PathSymbol => ({ text, otherCase: false });
const otherwise = (text: string): PathSymbol => ({ text, otherCase: true });

it.each<[string, boolean, PathSymbol, boolean]>([
  ["a", false, exactly("a"), true],
  ["a", false, exactly("A"), false],
  ["a", false, otherwise("a"), false],
  ["a", false, exactly("b"), false],
  ["a", false, exactly("ab"), false],
  ["a", false, "other", false],
  ["a", true, exactly("a"), true],
  ["a", true, exactly("A"), true],
  ["A", true, exactly("a"), true],
  ["a", true, otherwise("A"), true],
  ["a", true, otherwise("b"), false],
  ["a", true, "other", false],
  ["other", false, "other", false],
  ["other", true, "other", false],
])("the text %j, in any case: %j, is the segment %j: %s", (text, anyCase, symbol, expected) => {
  expect(spells({ text, anyCase }, symbol)).toBe(expected);
});

it("tells a text that is written somewhere from one that is not", () => {
  expect(isText(exactly("other"))).toBe(true);
  expect(isText("other")).toBe(false);
});

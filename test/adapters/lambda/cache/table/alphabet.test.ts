import { describe, expect, it } from "vitest";
import { alphabetOf } from "../../../../../src/adapters/lambda/cache/table/alphabet.ts";
import type { LabeledRoute, Token } from "../../../../../src/adapters/lambda/cache/table/labeled-route.ts";
import type { Shape } from "../../../../../src/adapters/lambda/cache/table/shape.ts";

const text = (value: string, anyCase = false) => ({ kind: "text", text: value, anyCase }) as const;
const one: Token = { kind: "one" };
const rest: Token = { kind: "rest", atLeast: 0 };
const many = { kind: "many" } as const;
const routeOf = (...tokens: readonly Token[]): LabeledRoute => ({ route: "GET /", tokens, granted: true });

/** The segments, those in another case as `~text`. */
const symbolsOf = (routes: readonly LabeledRoute[], shapes: readonly Shape[] = []) =>
  alphabetOf(routes, shapes).map(({ symbol }) =>
    symbol === "other" ? "other" : `${symbol.otherCase ? "~" : ""}${symbol.text}`,
  );

describe("the segments that are told apart", () => {
  it.each<[string, readonly LabeledRoute[], readonly Shape[], readonly string[]]>([
    ["nothing", [], [], ["other"]],
    ["wildcards alone", [routeOf(one, rest)], [[many]], ["other"]],
    ["a text", [routeOf(text("a"))], [], ["other", "a"]],
    ["a text in any case", [routeOf(text("a", true))], [], ["other", "a", "~a"]],
    ["a text in any case that has no letters", [routeOf(text("7-_", true))], [], ["other", "7-_"]],
    ["a text in any case of large letters", [routeOf(text("AZ", true))], [], ["other", "AZ", "~AZ"]],
    ["one text twice", [routeOf(text("a"), text("a")), routeOf(text("a"))], [[text("a")]], ["other", "a"]],
    ["a text of a pattern", [], [[many, text("b")]], ["other", "b"]],
    ["a text of a pattern in any case", [], [[text("b", true)]], ["other", "b", "~b"]],
    ["two spellings of one text", [routeOf(text("a")), routeOf(text("A"))], [], ["other", "a", "A"]],
    [
      "two spellings of one text in any case",
      [routeOf(text("a", true), text("A", true))],
      [],
      ["other", "a", "~A", "A"],
    ],
    ["the empty text and the word other", [routeOf(text("other"), text(""))], [], ["other", "other", ""]],
  ])("in %s are few, any other one ahead of all", (_, routes, shapes, expected) => {
    expect(symbolsOf(routes, shapes)).toEqual(expected);
  });
});

describe("a segment", () => {
  const routes = [routeOf(text("a", true), one, text("b"), rest), routeOf(text("b"))];
  const shapes: readonly Shape[] = [[many, text("a"), text("b", true)]];
  const letters = alphabetOf(routes, shapes);
  const letter = (name: string) => {
    const found = letters.find(({ symbol }) =>
      symbol === "other" ? name === "other" : `${symbol.otherCase ? "~" : ""}${symbol.text}` === name,
    );
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };

  it.each<[string, readonly number[], readonly number[]]>([
    ["other", [0b1010, 0b0], [0b001]],
    ["a", [0b1011, 0b0], [0b011]],
    ["~a", [0b1011, 0b0], [0b001]],
    ["b", [0b1110, 0b1], [0b101]],
    ["~b", [0b1010, 0b0], [0b101]],
  ])("%s may stand at these places of routes and patterns", (name, ofRoutes, ofShapes) => {
    expect([...letter(name).routes]).toEqual(ofRoutes);
    expect([...letter(name).shapes]).toEqual(ofShapes);
  });

  it.each<[string, readonly number[], readonly number[]]>([
    ["other", [0, 0], [0]],
    ["a", [0b0001, 0], [0b010]],
    ["~a", [0b0001, 0], [0]],
    ["b", [0b0100, 0b1], [0b100]],
    ["~b", [0, 0], [0b100]],
  ])("%s is written at these of them", (name, ofRoutes, ofShapes) => {
    expect([...letter(name).routeTexts]).toEqual(ofRoutes);
    expect([...letter(name).shapeTexts]).toEqual(ofShapes);
  });

  it("has a place for every step of a pattern that may be as long as 29", () => {
    const [, last] = alphabetOf([], [[...Array.from({ length: 28 }, () => many), text("z")]]);
    expect([...(last?.shapes ?? [])]).toEqual([2 ** 29 - 1]);
    expect([...(last?.shapeTexts ?? [])]).toEqual([2 ** 28]);
  });
});

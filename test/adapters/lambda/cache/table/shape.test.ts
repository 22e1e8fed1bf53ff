import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Token } from "../../../../../src/adapters/lambda/cache/table/labeled-route.ts";
import type { PathSymbol } from "../../../../../src/adapters/lambda/cache/table/path-symbol.ts";
import {
  hasWithin,
  type Shape,
  shapeKey,
  shapeOfPath,
  shapesOf,
  shapeTexts,
  takesIn,
} from "../../../../../src/adapters/lambda/cache/table/shape.ts";

const text = (value: string, anyCase = false) => ({ kind: "text", text: value, anyCase }) as const;
const many = { kind: "many" } as const;
const one: Token = { kind: "one" };

const step = fc.oneof(
  fc.constant(many),
  fc.tuple(fc.constantFrom("a", "bc", "x-1"), fc.boolean()).map(([value, anyCase]) => text(value, anyCase)),
);
const shape: fc.Arbitrary<Shape> = fc.array(step, { maxLength: 4 });
const path = fc.array(fc.constantFrom("a", "bc", "x-1", "A", "Bc", "bC", "X-1", "zz", "7"), { maxLength: 5 });

/** A segment as routes and patterns see it. */
function symbolOf(segment: string): PathSymbol {
  if (!["a", "bc", "x-1"].includes(segment.toLowerCase())) return "other";
  return { text: segment.toLowerCase(), otherCase: segment !== segment.toLowerCase() };
}

/** Whether a pattern, as it stands in an ARN, takes in a text. */
function matches(pattern: string, given: string): boolean {
  const source = pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]");
  return new RegExp(`^${source}$`).test(given);
}

describe("the patterns of a shape", () => {
  it("take in every path that the shape does, with a slash at the end and without", () => {
    fc.assert(
      fc.property(shape, path, fc.boolean(), (steps, segments, slash) => {
        if (!takesIn(steps, segments.map(symbolOf))) return;
        const given = `${segments.join("/")}${slash && segments.length > 0 ? "/" : ""}`;
        expect(shapeTexts(steps).some((pattern) => matches(pattern, given))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("take in no other path, where each text is in one case", () => {
    fc.assert(
      fc.property(shape, path, fc.boolean(), (steps, segments, slash) => {
        const exact = steps.map((own) => (own.kind === "text" ? { ...own, anyCase: false } : own));
        const given = `${segments.join("/")}${slash && segments.length > 0 ? "/" : ""}`;
        const taken = shapeTexts(exact).some((pattern) => matches(pattern, given));
        expect(taken).toBe(takesIn(exact, segments.map(symbolOf)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("are those of the paths within another", () => {
    fc.assert(
      fc.property(shape, shape, path, (wide, narrow, segments) => {
        if (!hasWithin(wide, narrow)) return;
        const symbols = segments.map(symbolOf);
        if (takesIn(narrow, symbols)) expect(takesIn(wide, symbols)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[Shape, readonly string[]]>([
    [[], [""]],
    [[many], ["?*"]],
    [[text("a"), many, many], ["a/*/?*"]],
    [[text("a")], ["a", "a/"]],
    [[text("aB", true)], ["aB", "aB/", "A?", "A?/", "?b", "?b/"]],
    [[text("7-", true), many], ["7-/?*"]],
    [
      [text("a", true), many, text("b", true)],
      ["a/*/b", "a/*/b/", "A/*/?", "A/*/?/", "?/*/B", "?/*/B/"],
    ],
  ])("of %j are %j", (steps, expected) => {
    expect(shapeTexts(steps)).toEqual(expected);
  });
});

describe("the shapes of a route", () => {
  it.each<[readonly Token[], readonly Shape[]]>([
    [[], [[]]],
    [[text("a", true), one], [[text("a"), many]]],
    [[text("a"), { kind: "rest", atLeast: 1 }], [[text("a"), many]]],
    [
      [text("a"), { kind: "rest", atLeast: 0 }],
      [[text("a")], [text("a"), many]],
    ],
    [[one, { kind: "rest", atLeast: 0 }], [[many]]],
    [[{ kind: "rest", atLeast: 0 }], [[], [many]]],
  ])("%j", (tokens, expected) => {
    expect(shapesOf(tokens)).toEqual(expected);
  });
});

it("names a shape by all that tells it from others", () => {
  const keys = [[], [many], [text("a")], [text("a", true)], [text("A")], [text("a"), many]].map((steps) =>
    shapeKey(steps),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

it("makes the narrowest shape of a path", () => {
  expect(shapeOfPath([{ text: "a", otherCase: false }, "other", { text: "b", otherCase: true }])).toEqual([
    text("a"),
    many,
    text("b", true),
  ]);
});

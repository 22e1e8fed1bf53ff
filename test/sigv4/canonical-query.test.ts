import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalQuery, otherQueries, refuseRepeatedAmzNames } from "../../src/sigv4/canonical-query.ts";
import { queryForms } from "../signed/reference-signer.ts";

const formsOf = (query: string) => [canonicalQuery(query), ...otherQueries(query, canonicalQuery(query))];

const piece = fc.constantFrom(
  "a",
  "b",
  "=",
  "&",
  "+",
  "%2B",
  "%2b",
  "%20",
  "%26",
  "%3D",
  "%25",
  "%252B",
  "!",
  "%21",
  "%C3%A9",
  "a-b",
);
const query = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

describe("canonicalQuery", () => {
  it.each([
    [undefined, ""],
    ["", ""],
    ["&", ""],
    ["a", "a="],
    ["=", "="],
    ["a=1&&b=2", "a=1&b=2"],
    ["b=1&a=2", "a=2&b=1"],
    ["a=2&a=1", "a=1&a=2"],
    ["a=2&a=2", "a=2&a=2"],
    ["a-b=1&a=2", "a=2&a-b=1"],
    ["z=1&%C3%A9=2", "%C3%A9=2&z=1"],
    ["b=1&B=2", "B=2&b=1"],
    ["a=b+c", "a=b%20c"],
    ["a=b%2Bc", "a=b%2Bc"],
    ["a=b%2bc", "a=b%2Bc"],
    ["a=b=c", "a=b%3Dc"],
    ["a=!'()*", "a=%21%27%28%29%2A"],
    ["a=-._~", "a=-._~"],
    ["a=%7E%41", "a=~A"],
    ["%61=/?:@", "a=%2F%3F%3A%40"],
  ])("of %j is %j", (text, canonical) => {
    expect(canonicalQuery(text)).toBe(canonical);
  });

  it.each(["a=%FF", "%C3=1", "a=%ED%A0%80", "a=%C0%80"])("refuses %s, which is not UTF-8", (text) => {
    expect(() => canonicalQuery(text)).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
  });

  it("is what the specification says, found by other means", () => {
    fc.assert(
      fc.property(query, (text) => {
        expect(canonicalQuery(text)).toBe(queryForms.strict(text));
      }),
    );
  });
});

describe("otherQueries", () => {
  it.each([
    [undefined, []],
    ["", []],
    ["a=1&b=2", []],
    ["b=2&a=1", ["b=2&a=1"]],
    ["a=b+c", ["a=b+c"]],
    ["b=!&a=+", ["a=+&b=!", "b=!&a=+"]],
    ["b&a", ["b&a"]],
    ["b=!&a", ["a=&b=!", "b=!&a"]],
  ])("of %j are %j", (text, others) => {
    expect([...otherQueries(text, canonicalQuery(text))]).toEqual(others);
  });

  it("are the sorted raw pairs, then the query as it came, without repetition", () => {
    fc.assert(
      fc.property(query, (text) => {
        const forms = [queryForms.strict(text), queryForms.sorted(text), text];
        expect(formsOf(text)).toEqual([...new Set(forms)]);
      }),
    );
  });

  it("share no form with a query that has other pairs", () => {
    const pairsOf = (text: string) =>
      JSON.stringify([...new URLSearchParams(text)].map((pair) => pair.join("\n")).sort());
    fc.assert(
      fc.property(fc.array(query, { minLength: 50, maxLength: 100 }), (texts) => {
        const owners = new Map<string, string>();
        for (const text of texts) {
          for (const form of formsOf(text)) {
            expect(owners.get(form) ?? pairsOf(text)).toBe(pairsOf(text));
            owners.set(form, pairsOf(text));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("refuseRepeatedAmzNames", () => {
  it.each(["", "a=1&a=2", "X-Amz-Date=1", "X-Amz-A=1&X-Amz-B=2&a=1&a=2", "a=X-Amz-Date&b=X-Amz-Date"])(
    "lets %j pass",
    (canonical) => {
      expect(() => refuseRepeatedAmzNames(canonical)).not.toThrow();
    },
  );

  it.each(["X-Amz-Date=1&x-amz-date=2", "x-amz-date=1&x-amz-date=1"])("refuses %j", (canonical) => {
    expect(() => refuseRepeatedAmzNames(canonical)).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
  });
});

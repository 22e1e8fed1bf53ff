import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";

// What follows is as long as a document may be, about. Where the work grew with the square of it, each would take minutes.
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const object = (entries: readonly (readonly [string, unknown])[]): never => Object.fromEntries(entries) as never;

function refusalOf(init: object): PolicyError {
  try {
    definePolicy(init as never);
  } catch (thrown) {
    if (thrown instanceof PolicyError) return thrown;
    throw thrown;
  }
  throw new Error("the policy was defined");
}

describe("a document of the most that is read", () => {
  it("may have a rule of two hundred thousand parts", () => {
    const policy = definePolicy({ routes: { "GET /a": { anyOf: many(200_000, () => "guest") } } } as never);
    expect(policy.match("GET", { path: "/a", segments: ["a"], trailingSlash: false, query: undefined })).toBeDefined();
  });

  it("tells what a list of two hundred thousand names holds twice", () => {
    const group = [...many(200_000, (index) => `g${index}`), "g199999"];
    expect(refusalOf({ routes: { "GET /a": { group } } }).faults).toEqual([
      { where: 'routes["GET /a"].group[200000]', fault: "it is in the list already; write each once" },
    ]);
  });

  it("tells of ten thousand names that no rule has, without the names of ten thousand rules beside each", () => {
    const { faults } = refusalOf({
      rules: object(many(10_000, (index) => [`rule${index}`, "guest"])),
      routes: object(many(10_000, (index) => [`GET /a${index}`, { rule: `ruel${index}` }])),
    });
    expect(faults).toHaveLength(10_000);
    expect(faults[0]?.fault).toMatch(
      /^there is no rule of the name "ruel0" \(did you mean "rule0"\?\) in rules; it has "rule0", .*"rule19" and 9980 more$/,
    );
    expect(faults[100]?.fault).toBe('there is no rule of the name "ruel100" in rules');
    expect(faults.reduce((sum, { fault }) => sum + fault.length, 0)).toBeLessThan(1_000_000);
  });

  it("tells of levels that it has not, without all that it has beside each", () => {
    const { faults } = refusalOf({
      acrLevels: many(10_000, (index) => `level${index}`),
      routes: object(many(10_000, (index) => [`GET /a${index}`, { stepUp: { acr: `other${index}` } }])),
    });
    expect(faults).toHaveLength(10_000);
    expect(faults[0]?.fault).toMatch(/least first, "level0", .* and 9980 more$/);
  });

  it("is told where each of many faults is", async () => {
    const text = `version: 1\nroutes:\n${many(4_000, (index) => `  GET /a${index}: nobody\n`).join("")}`;
    const faults = await parsePolicy(text).then(
      () => [],
      (thrown: PolicyError) => thrown.faults,
    );
    expect(faults).toHaveLength(4_000);
    expect(faults.at(-1)?.location).toMatchObject({ line: 4_002, column: 15 });
  });
});

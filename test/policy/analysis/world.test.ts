import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cognitoAcrLevels } from "../../../src/policy/acr-levels.ts";
import { anyCallers } from "../../../src/policy/analysis/any-callers.ts";
import { type BoundRule, opaqueKey } from "../../../src/policy/analysis/bound-rule.ts";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import type { CallerProfile } from "../../../src/policy/analysis/caller-profile.ts";
import { partsOfPattern } from "../../../src/policy/analysis/path-parts.ts";
import type { WitnessFacts } from "../../../src/policy/analysis/witness-facts.ts";
import { presentOperands, witnessInput } from "../../../src/policy/analysis/witness-input.ts";
import { createWorld } from "../../../src/policy/analysis/world.ts";
import { compileRule } from "../../../src/policy/compile.ts";
import { placeOf } from "../../../src/policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../../src/policy/route-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { anyCaller, anyInput, anyRule } from "./generated.ts";

const pattern = readRouteKey("GET /:a/:b", placeOf("", [])) as RoutePattern;
const parts = partsOfPattern(pattern);

function bound(rule: Rule): BoundRule {
  return { rule: compileRule(rule).source, rules: {}, acrLevels: cognitoAcrLevels, parts };
}

/** Who passes the first rule and not the second. */
function between(profiles: readonly CallerProfile[], passes: Rule, fails: Rule): WitnessFacts | undefined {
  const [one, other] = [bound(passes), bound(fails)];
  const world = createWorld(profiles, [one, other]);
  return world.find(world.and(world.condition(one).yes, world.not(world.condition(other).yes)));
}

function inputOf(facts: WitnessFacts) {
  const segments = ["other-1", "other-1"];
  for (const { operand, value } of presentOperands(facts)) {
    if ("path" in operand) segments[Number(operand.path.key)] = encodeURIComponent(String(value));
  }
  const [a, b] = segments.map(decodeURIComponent);
  return { ...witnessInput(facts, "GET", `/${segments.join("/")}`), params: { a, b } };
}

const never: Rule = { not: "anyone" };

describe.each([
  ["the verifiers of poolgate", callerProfiles],
  ["any verifiers", anyCallers],
])("the world of %s", (_, profiles) => {
  it("has somebody who passes one rule and not another, wherever such a caller is met, and then names one", () => {
    const seen = { some: 0, none: 0, met: 0 };
    const inputs = fc.array(anyInput(anyCaller(profiles)), { minLength: 30, maxLength: 30 });
    const rule = anyRule({ params: true });
    const pair = fc.oneof(
      fc.tuple(rule, rule),
      fc.tuple(rule, fc.constant(never)),
      fc.tuple(rule, rule).map(([one, other]): [Rule, Rule] => [one, { anyOf: [other, { not: { not: one } }] }]),
    );
    fc.assert(
      fc.property(pair, inputs, ([passes, fails], met) => {
        const found = between(profiles, passes, fails);
        const [one, other] = [compileRule(passes), compileRule(fails)];
        if (found !== undefined) {
          const input = inputOf(found);
          expect(one.evaluate(input)).toBe(true);
          expect(other.evaluate(input)).not.toBe(true);
        }
        const differs = met.some((input) => one.evaluate(input) === true && other.evaluate(input) !== true);
        if (differs) expect(found).toBeDefined();
        seen[found === undefined ? "none" : "some"]++;
        if (differs) seen.met++;
      }),
      { numRuns: 400 },
    );
    expect(seen.none).toBeGreaterThan(80);
    expect(seen.met).toBeGreaterThan(40);
    expect(seen.some - seen.met).toBeGreaterThan(5);
  });
});

describe("a leaf that nobody can foresee", () => {
  const asked = (name: string): BoundRule => ({
    rule: { allOf: [{ custom: name }, { group: "a" }] },
    rules: {},
    acrLevels: cognitoAcrLevels,
    parts: new Map(),
  });

  it("can come out any way, and the same way each time", () => {
    const [one, same, other] = [asked("x"), asked("x"), asked("y")];
    const world = createWorld(callerProfiles, [one, same, other]);
    const [own, again, another] = [one, same, other].map((bound) => world.condition(bound).yes);
    if (own === undefined || again === undefined || another === undefined) throw new Error("not asked");
    expect(again).toBe(own);
    expect(world.find(own)?.opaque.get(opaqueKey({ custom: "x" }, one as BoundRule))).toBe(true);
    expect(world.find(world.and(own, world.not(another)))?.groups?.names).toEqual(["a"]);
    expect(world.find(world.whateverOpaque(own))).toBeUndefined();
    expect(
      world.find(world.and(world.condition(one).no, another))?.opaque.get(opaqueKey({ custom: "x" }, one as BoundRule)),
    ).toBe(false);
  });
});

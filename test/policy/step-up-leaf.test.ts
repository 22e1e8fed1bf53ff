import { describe, expect, it } from "vitest";
import { allOf, anyOf, group, not, scope, stepUp } from "../../src/policy/combinators.ts";
import { compileRule } from "../../src/policy/compile.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { explainText } from "../../src/policy/explain.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule, StepUpNeeds } from "../../src/policy/rule.ts";
import { anonymous, createPrincipal, type Principal } from "../../src/principal.ts";
import { editor, editorRole, machine, ruleInput, signedEditor, visitor } from "./rule-input.ts";

const now = Date.UTC(2026, 0, 1, 12);
const level = (number: number) => `urn:cognito:loa:${number}`;

/** The editor with other claims, and the time of his sign-in in seconds before now. */
function signedIn(claims: Readonly<Record<string, unknown>>, secondsAgo?: number): Principal {
  return createPrincipal({
    ...editor,
    claims,
    ...(secondsAgo !== undefined && { authenticatedAt: new Date(now - secondsAgo * 1000) }),
  });
}

const judge = (rule: Rule, principal: Principal) => compileRule(rule).evaluate(ruleInput({ principal, now }));
const remedy = (rule: Rule, principal: Principal) => compileRule(rule).remedy(ruleInput({ principal, now }));

function faultsOf(rule: unknown): readonly string[] {
  try {
    compileRule(rule as Rule);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where, fault }) => `${where}: ${fault}`);
  }
}

const seconds = "write a whole number of seconds from 1 up, or one with a unit such as 90s, 15m, 12h or 7d";

describe("stepUp", () => {
  it.each<
    [needs: StepUpNeeds, claims: Readonly<Record<string, unknown>>, secondsAgo: number | undefined, value: unknown]
  >([
    [{ acr: level(3) }, { acr: level(3) }, undefined, true],
    [{ acr: level(3) }, { acr: level(4) }, undefined, true],
    [{ acr: level(3) }, { acr: level(2) }, undefined, false],
    [{ acr: level(1) }, { acr: level(1) }, undefined, true],
    [{ acr: level(1) }, {}, undefined, undefined],
    [{ acr: level(1) }, { acr: "urn:cognito:loa:5" }, undefined, undefined],
    [{ acr: level(1) }, { acr: "URN:COGNITO:LOA:4" }, undefined, undefined],
    [{ acr: level(1) }, { acr: "" }, undefined, undefined],
    [{ acr: level(1) }, { acr: 4 }, undefined, undefined],
    [{ acr: level(1) }, { acr: [level(4)] }, undefined, undefined],
    [{ acr: level(1) }, { acr: null }, undefined, undefined],

    [{ amr: "mfa" }, { amr: ["pwd", "mfa"] }, undefined, true],
    [{ amr: "mfa" }, { amr: ["pwd"] }, undefined, false],
    [{ amr: "mfa" }, { amr: [] }, undefined, false],
    [{ amr: ["hwk", "swk"] }, { amr: ["swk"] }, undefined, true],
    [{ amr: ["hwk", "swk"] }, { amr: ["otp"] }, undefined, false],
    [{ amr: "mfa" }, {}, undefined, undefined],
    [{ amr: "mfa" }, { amr: "mfa" }, undefined, undefined],
    [{ amr: "mfa" }, { amr: ["mfa", 1] }, undefined, undefined],
    [{ amr: "mfa" }, { amr: { 0: "mfa", length: 1 } }, undefined, undefined],

    [{ maxAge: 60 }, {}, 0, true],
    [{ maxAge: 60 }, {}, 60, true],
    [{ maxAge: 60 }, {}, 60.001, false],
    [{ maxAge: 60 }, {}, 86_400, false],
    [{ maxAge: 60 }, {}, -300, true],
    [{ maxAge: 60 }, {}, -300.001, undefined],
    [{ maxAge: 60 }, {}, Number.NaN, undefined],
    [{ maxAge: 60 }, { auth_time: now / 1000 }, undefined, undefined],

    [{ acr: level(2), amr: "mfa", maxAge: 60 }, { acr: level(2), amr: ["mfa"] }, 1, true],
    [{ acr: level(2), amr: "mfa", maxAge: 60 }, { acr: level(2), amr: ["mfa"] }, 61, false],
    [{ acr: level(2), amr: "mfa", maxAge: 60 }, { acr: level(2) }, 1, undefined],
    [{ acr: level(2), amr: "mfa", maxAge: 60 }, { acr: level(1) }, undefined, false],
    [{ acr: level(2), amr: "mfa", maxAge: 60 }, { amr: ["pwd"] }, undefined, false],
  ])("%j of %j, signed in %s s ago, is %s", (needs, claims, secondsAgo, value) => {
    const principal = signedIn(claims, secondsAgo);
    expect(judge(stepUp(needs), principal)).toBe(value);
    const opposite = value === undefined ? undefined : !value;
    expect(judge(not(stepUp(needs)), principal)).toBe(opposite);
    expect(remedy(stepUp(needs), principal) === undefined).toBe(value === true);
  });

  it("takes a clock that is no number for no knowledge, also under not", () => {
    const input = ruleInput({ principal: signedIn({}, 1), now: Number.NaN });
    expect(compileRule(stepUp({ maxAge: 60 })).evaluate(input)).toBeUndefined();
    expect(compileRule(not(stepUp({ maxAge: 60 }))).evaluate(input)).toBeUndefined();
  });

  it.each([
    ["anonymous", anonymous],
    ["a guest", visitor],
    ["a machine", machine],
    ["a role", editorRole],
    ["a signed user", signedEditor],
  ])("is unknown of %s, and so is its opposite", (_, principal) => {
    const rule = stepUp({ acr: level(1), amr: ["pwd", "fed"], maxAge: 1_000_000 });
    expect(judge(rule, principal)).toBeUndefined();
    expect(judge(not(rule), principal)).toBeUndefined();
  });

  it.each(["client", "role", "guest", "anonymous"] as const)(
    "is unknown of a %s, whatever its credential tells",
    (kind) => {
      const principal = createPrincipal({ ...signedIn({ acr: level(4), amr: ["mfa"] }, 1), kind });
      for (const needs of [{ acr: level(1) }, { amr: "mfa" }, { maxAge: 60 }]) {
        expect(judge(stepUp(needs), principal)).toBeUndefined();
        expect(judge(not(stepUp(needs)), principal)).toBeUndefined();
      }
    },
  );

  it("knows how long ago a signed user authenticated at the broker", () => {
    const principal = createPrincipal({ ...signedEditor, authenticatedAt: new Date(now - 60_000) });
    expect(judge(stepUp({ maxAge: 60 }), principal)).toBe(true);
    expect(judge(stepUp({ maxAge: 59 }), principal)).toBe(false);
  });
});

describe("what stepUp asks for", () => {
  it("is all that the rule demands, with every level that suffices", () => {
    expect(remedy(stepUp({ acr: level(3), maxAge: 900 }), signedIn({ acr: level(4) }, 901))).toEqual({
      scopes: [],
      stepUp: { acrValues: [level(3), level(4)], maxAge: 900 },
    });
    expect(remedy(stepUp({ amr: "mfa" }), editor)).toEqual({
      scopes: [],
      stepUp: { acrValues: [], maxAge: undefined },
    });
  });

  it.each([
    ["anonymous", anonymous],
    ["a guest", visitor],
    ["a machine", machine],
    ["a role", editorRole],
  ])("is nothing of %s, who has no user to ask", (_, principal) => {
    expect(remedy(stepUp({ maxAge: 60 }), principal)).toBeUndefined();
  });

  const want = (first: number | undefined, maxAge: number | undefined, ...scopes: string[]) => ({
    scopes,
    stepUp: { acrValues: [1, 2, 3, 4].filter((number) => number >= (first ?? 5)).map(level), maxAge },
  });

  it.each<[rule: Rule, wanted: ReturnType<typeof remedy>]>([
    [allOf(stepUp({ acr: level(2) }), stepUp({ acr: level(3) })), want(3, undefined)],
    [allOf(stepUp({ acr: level(3) }), stepUp({ acr: level(2) })), want(3, undefined)],
    [allOf(stepUp({ acr: level(3) }), stepUp({ maxAge: 60 })), want(3, 60)],
    [allOf(stepUp({ maxAge: 60 }), stepUp({ acr: level(3), maxAge: 900 })), want(3, 60)],
    [allOf(stepUp({ maxAge: 900 }), stepUp({ maxAge: 60 })), want(undefined, 60)],
    [allOf(stepUp({ amr: "mfa" }), stepUp({ amr: "hwk" })), want(undefined, undefined)],
    [allOf(stepUp({ acr: level(4) }), scope("w")), want(4, undefined, "w")],
    [allOf(group("editors"), stepUp({ maxAge: 60 })), want(undefined, 60)],
    [allOf(group("admins"), stepUp({ maxAge: 60 })), undefined],
    [anyOf(group("admins"), stepUp({ maxAge: 60 })), want(undefined, 60)],
    [anyOf(stepUp({ maxAge: 60 }), scope("w")), { scopes: ["w"], stepUp: undefined }],
    [anyOf(stepUp({ maxAge: 60 }), stepUp({ acr: level(2) })), want(undefined, 60)],
    [not(not(stepUp({ maxAge: 60 }))), undefined],
    [anyOf(group("editors"), stepUp({ maxAge: 60 })), undefined],
  ])("%j wants %j of an editor", (rule, wanted) => {
    expect(remedy(rule, editor)).toEqual(wanted);
  });
});

describe("an explanation of stepUp", () => {
  const text = (needs: StepUpNeeds, principal: Principal) =>
    explainText(compileRule(stepUp(needs)).explain(ruleInput({ principal, now })));

  it("shows what it saw", () => {
    const principal = signedIn({ acr: level(2), amr: ["pwd", "otp"] }, 61.5);
    expect(text({ acr: level(3), amr: ["mfa", "hwk"], maxAge: 60 }, principal)).toBe(
      '✗ stepUp({ acr: "urn:cognito:loa:3", amr: ["mfa", "hwk"], maxAge: 60 }) ' +
        '[acr = "urn:cognito:loa:2", amr = ["pwd", "otp"], age = 61]',
    );
  });

  it("tells who cannot sign in", () => {
    expect(text({ maxAge: 60 }, machine)).toBe(
      '? stepUp({ maxAge: 60 }) [kind = "client"]: a client verified by user-pool is no user, and so did not sign in',
    );
  });

  it("tells what the credential does not tell", () => {
    expect(text({ acr: level(3), amr: "mfa", maxAge: 60 }, signedEditor)).toBe(
      '? stepUp({ acr: "urn:cognito:loa:3", amr: "mfa", maxAge: 60 }) [acr is missing, amr is missing, age is missing]: ' +
        "the credential of a signed caller does not tell acr and amr and age",
    );
    expect(text({ acr: level(3), amr: "mfa", maxAge: 60 }, signedIn({ acr: "gold", amr: "mfa" }, -900))).toMatch(
      /\[acr is unreadable, amr is unreadable, age is unreadable\]/,
    );
    expect(text({ acr: level(1), amr: "mfa" }, signedIn({ acr: level(1) }))).toMatch(/does not tell amr$/);
  });
});

describe("a rule with stepUp", () => {
  const levels = [1, 2, 3, 4].map((number) => `"${level(number)}"`).join(", ");

  it.each<[needs: unknown, ...faults: string[]]>([
    [undefined, "rule.stepUp: write an object with acr, amr or maxAge, not undefined"],
    [900, "rule.stepUp: write an object with acr, amr or maxAge, not a number"],
    [[{ maxAge: 1 }], "rule.stepUp: write an object with acr, amr or maxAge, not a list"],
    [{}, "rule.stepUp: it demands nothing; write acr, amr or maxAge"],
    [{ maxage: 900 }, 'rule.stepUp: there is no "maxage" in stepUp (did you mean "maxAge"?); write acr, amr or maxAge'],
    [
      { acr: level(3), max_age: 1 },
      'rule.stepUp: there is no "max_age" in stepUp (did you mean "maxAge"?); write acr, amr or maxAge',
    ],
    [{ acr: undefined, maxAge: 1 }, "rule.stepUp.acr: write a level of authentication as a string, not undefined"],
    [{ acr: "" }, "rule.stepUp.acr: write a level of authentication; an empty string matches nothing"],
    [{ acr: [level(3)] }, "rule.stepUp.acr: write a level of authentication as a string, not a list"],
    [
      { acr: "3" },
      `rule.stepUp.acr: there is no level "3" in acrLevels of the policy, which are, least first, ${levels}`,
    ],
    [{ amr: [] }, "rule.stepUp.amr: the list is empty; write one item at least"],
    [{ amr: ["mfa", ""] }, "rule.stepUp.amr[1]: write a method of authentication; an empty string matches nothing"],
    [{ amr: undefined, maxAge: 1 }, "rule.stepUp.amr: write a method of authentication as a string, not undefined"],
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "900", "15 m", "1.5h", null, undefined].map(
      (maxAge) => [{ maxAge }, `rule.stepUp.maxAge: ${seconds}`] as const,
    ),
    [
      { acr: 1, amr: 2, maxAge: 0 },
      "rule.stepUp.acr: write a level of authentication as a string, not a number",
      "rule.stepUp.amr: write a method of authentication as a string, not a number",
      `rule.stepUp.maxAge: ${seconds}`,
    ],
  ] as [unknown, ...string[]][])("is refused with %j", (needs, ...faults) => {
    expect(faultsOf({ stepUp: needs })).toEqual(faults);
  });

  it("is a frozen copy of what was written", () => {
    const amr: [string, ...string[]] = ["mfa"];
    const compiled = compileRule({ stepUp: { maxAge: 60, amr } });
    amr.push("pwd");
    const { source } = compiled as { source: { stepUp: { amr: unknown } } };
    expect(source).toStrictEqual({ stepUp: { amr: ["mfa"], maxAge: 60 } });
    expect([source, source.stepUp, source.stepUp.amr].every(Object.isFrozen)).toBe(true);
    expect(compiled.evaluate(ruleInput({ principal: signedIn({ amr: ["pwd"] }, 1), now }))).toBe(false);
  });
});

describe("acrLevels of a policy", () => {
  const policy = definePolicy({ acrLevels: ["bronze", "silver", "gold"], routes: {} });
  const evaluate = (acr: string, held: unknown) =>
    policy.compile(stepUp({ acr })).evaluate(ruleInput({ principal: signedIn({ acr: held }), now }));

  it("order the levels, least first", () => {
    expect([evaluate("silver", "gold"), evaluate("silver", "silver"), evaluate("silver", "bronze")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(evaluate("bronze", level(4))).toBeUndefined();
    expect(() => policy.compile(stepUp({ acr: level(1) }))).toThrow(PolicyError);
  });

  it("are in its document, frozen", () => {
    expect(policy.document.acrLevels).toEqual(["bronze", "silver", "gold"]);
    expect(Object.isFrozen(policy.document.acrLevels)).toBe(true);
    expect(definePolicy(policy.document).document).toEqual(policy.document);
  });

  it("hold in named rules, in require and in routes", () => {
    const source = { stepUp: { acr: "gold" } };
    const given = { acrLevels: ["gold"] as const, require: source, rules: { a: source }, routes: { "GET /": source } };
    expect(definePolicy(given).document).toMatchObject(given);
    expect(() => definePolicy({ ...given, acrLevels: ["silver"] })).toThrow(/3 faults/);
  });

  it.each<[levels: unknown, fault: string]>([
    [undefined, "acrLevels: write a list, not undefined"],
    ["gold", "acrLevels: write a list, not a string"],
    [[], "acrLevels: the list is empty; write one item at least"],
    [["gold", 2], "acrLevels[1]: write a level of authentication as a string, not a number"],
    [["a b"], 'acrLevels[0]: "a b" is no level; write it in ASCII without spaces, quotes or backslashes'],
    [['a"'], 'acrLevels[0]: "a\\"" is no level; write it in ASCII without spaces, quotes or backslashes'],
    [["a\r\nb"], 'acrLevels[0]: "a\\r\\nb" is no level; write it in ASCII without spaces, quotes or backslashes'],
    [["gold", "gold"], "acrLevels: write each level once, least first"],
  ])("are refused as %j", (acrLevels, fault) => {
    const define = () => definePolicy({ acrLevels, routes: {} } as unknown as Parameters<typeof definePolicy>[0]);
    expect(define).toThrow(`policy: 1 fault\n  ${fault}`);
  });
});

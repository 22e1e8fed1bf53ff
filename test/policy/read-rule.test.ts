import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRule } from "../../src/policy/compile.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";

function faultsOf(rule: unknown): readonly string[] {
  try {
    compileRule(rule as Rule);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where, fault }) => `${where}: ${fault}`);
  }
}

function nested(depth: number): unknown {
  let rule: unknown = "guest";
  for (let level = 1; level < depth; level++) rule = level % 2 ? { not: rule } : { allOf: [rule] };
  return rule;
}

const shape = "a rule is a string or an object with one key";
const known =
  "the rules are anyone, authenticated, guest, group, scope, role, account, issuer, client, ip, equal, oneOf, stepUp, custom, delegate, allOf, anyOf, not, rule";
const roleForms = "write 123456789012/Name or arn:aws:iam::123456789012:role/Name";
const digits = 'write the twelve digits of an AWS account as a string, such as "123456789012"';
const pair = "write a list of two: an operand, and an operand or a value";
const operands = "an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId";

describe("a rule", () => {
  it.each<[rule: unknown, ...faults: string[]]>([
    [undefined, `rule: ${shape}, not undefined`],
    [null, `rule: ${shape}, not null`],
    [true, `rule: ${shape}, not a boolean`],
    [1, `rule: ${shape}, not a number`],
    [() => true, `rule: ${shape}, not a function`],
    [["guest"], `rule: ${shape}, not a list`],
    [{}, `rule: the object is empty; ${shape}`],
    ["", `rule: there is no rule ""; ${known}`],
    ["Guest", `rule: there is no rule "Guest" (did you mean "guest"?); ${known}`],
    ["constructor", `rule: there is no rule "constructor"; ${known}`],
    [{ guest: true }, `rule: there is no rule "guest"; ${known}`],
    [{ groups: "a" }, `rule: there is no rule "groups" (did you mean "group"?); ${known}`],
    [{ constructor: "a" }, `rule: there is no rule "constructor"; ${known}`],
    [JSON.parse('{"__proto__":"a"}'), `rule: there is no rule "__proto__"; ${known}`],
    [{ tag: "tenant" }, "rule: tag is an operand and no rule; compare it with equal or oneOf"],
    [{ userId: true }, "rule: userId is an operand and no rule; compare it with equal or oneOf"],
    [
      { group: "a", scope: "b" },
      'rule: it has 2 keys ("group", "scope") and must have one; join rules with allOf or anyOf',
    ],
    [
      { group: "a", comment: undefined },
      'rule: it has 2 keys ("group", "comment") and must have one; join rules with allOf or anyOf',
    ],

    [{ group: undefined }, "rule.group: write the name of a group as a string, not undefined"],
    [{ group: "" }, "rule.group: write the name of a group; an empty string matches nothing"],
    [{ group: [] }, "rule.group: the list is empty; write one item at least"],
    [{ group: 1 }, "rule.group: write the name of a group as a string, not a number"],
    [{ group: { name: "a" } }, "rule.group: write the name of a group as a string, not an object"],
    [
      { group: ["a", 1, ["b"]] },
      "rule.group[1]: write the name of a group as a string, not a number",
      "rule.group[2]: write the name of a group as a string, not a list",
    ],
    [
      { group: Object.assign(["a"], { 2: "b" }) },
      "rule.group[1]: write the name of a group as a string, not undefined",
    ],

    [{ scope: [] }, "rule.scope: the list is empty; write one item at least"],
    [{ scope: null }, "rule.scope: write a scope as a string, not null"],
    [
      { scope: "a b" },
      'rule.scope: "a b" is no single scope; write a list of scopes that have no spaces, quotes or backslashes',
    ],
    [
      { scope: ["a", 'b"'] },
      'rule.scope[1]: "b\\"" is no single scope; write a list of scopes that have no spaces, quotes or backslashes',
    ],
    [
      { scope: "é" },
      'rule.scope: "é" is no single scope; write a list of scopes that have no spaces, quotes or backslashes',
    ],

    [{ role: 1 }, "rule.role: write a role as a string, not a number"],
    [
      { role: "Editor" },
      `rule.role: "Editor" names no role; ${roleForms}, with * in the name for any run of characters`,
    ],
    [
      { role: "12345/Editor" },
      `rule.role: "12345/Editor" names no role; ${roleForms}, with * in the name for any run of characters`,
    ],
    [
      { role: "*/Editor" },
      `rule.role: "*/Editor" names no role; ${roleForms}, with * in the name for any run of characters`,
    ],
    [
      { role: "arn:aws:sts::123456789012:assumed-role/Editor/session" },
      `rule.role: "arn:aws:sts::123456789012:assumed-role/Editor/session" names no role; ${roleForms}, with * in the name for any run of characters`,
    ],
    [
      { role: "123456789012/team/Editor" },
      `rule.role: "123456789012/team/Editor" has an IAM path, but assumed-role ARNs carry no path; ${roleForms}`,
    ],
    [
      { role: ["arn:aws:iam::123456789012:role/service-role/Editor"] },
      `rule.role[0]: "arn:aws:iam::123456789012:role/service-role/Editor" has an IAM path, but assumed-role ARNs carry no path; ${roleForms}`,
    ],

    [{ account: 123456789012 }, `rule.account: ${digits}`],
    [
      { account: ["123456789012", "12345678901", "1234567890123"] },
      `rule.account[1]: ${digits}`,
      `rule.account[2]: ${digits}`,
    ],
    [{ account: "*" }, `rule.account: ${digits}`],
    [{ account: "123456789012\n" }, `rule.account: ${digits}`],

    [{ issuer: "" }, "rule.issuer: write an issuer; an empty string matches nothing"],
    [{ issuer: [] }, "rule.issuer: the list is empty; write one item at least"],

    [{ group: ["a", "b", "a"] }, "rule.group[2]: it is in the list already; write each once"],
    [{ scope: ["a", "a"] }, "rule.scope[1]: it is in the list already; write each once"],
    [{ stepUp: { amr: ["mfa", "mfa"] } }, "rule.stepUp.amr[1]: it is in the list already; write each once"],

    [{ client: "" }, "rule.client: write the id of an OAuth client; an empty string matches nothing"],
    [{ client: [] }, "rule.client: the list is empty; write one item at least"],
    [{ client: ["a", 1] }, "rule.client[1]: write the id of an OAuth client as a string, not a number"],
    [{ client: ["a", "a"] }, "rule.client[1]: it is in the list already; write each once"],

    [{ ip: [] }, "rule.ip: the list is empty; write one item at least"],
    [{ ip: 10 }, "rule.ip: write an address or a range as a string, not a number"],
    [{ ip: "" }, "rule.ip: write an address or a range; an empty string matches nothing"],
    [
      { ip: ["10.0.0.0/8", "office", "10.0.0.1/8"] },
      'rule.ip[1]: "office": write an address or a range, such as "10.0.0.0/8"',
      'rule.ip[2]: "10.0.0.1/8": it has bits behind its length; write "10.0.0.0/8" or the address alone',
    ],
    [{ ip: ["2001:db8::1", "::1", "2001:DB8:0::1/128"] }, "rule.ip[2]: it is in the list already; write each once"],

    [
      { equal: [{ param: "id" }, 5] },
      'rule.equal[1]: param("id") is always text, and never equal to a number; write "5"',
    ],
    [
      { equal: [{ userId: true }, true] },
      'rule.equal[1]: userId is always text, and never equal to a boolean; write "true"',
    ],
    [
      { oneOf: [{ tag: "level" }, ["1", 2]] },
      'rule.oneOf[1][1]: tag("level") is always text, and never equal to a number; write "2"',
    ],
    [{ oneOf: [{ claim: "level" }, [1, "1", 1]] }, "rule.oneOf[1][2]: it is in the list already; write each once"],
    [{ equal: { tag: "a" } }, `rule.equal: ${pair}`],
    [{ equal: [] }, `rule.equal: ${pair}`],
    [{ equal: [{ tag: "a" }] }, `rule.equal: ${pair}`],
    [{ equal: [{ tag: "a" }, 1, 2] }, `rule.equal: ${pair}`],
    [{ equal: ["a", "a"] }, `rule.equal[0]: ${operands}, not a string`],
    [{ equal: [1, { tag: "a" }] }, `rule.equal[0]: ${operands}, not a number`],
    [{ equal: [{ tag: "a" }, null] }, `rule.equal[1]: ${operands}, not null`],
    [{ equal: [{ tag: "a" }, Number.NaN] }, `rule.equal[1]: ${operands}, not a number`],
    [{ equal: [{ tag: "a" }, Number.POSITIVE_INFINITY] }, `rule.equal[1]: ${operands}, not a number`],
    [
      { equal: [{ group: "a" }, { tag: "" }] },
      'rule.equal[0]: there is no operand "group"; the operands are claim, tag, param, query, header, userId, identityId',
      "rule.equal[1].tag: write a name; an empty string matches nothing",
    ],

    [{ oneOf: [{ tag: "a" }] }, "rule.oneOf: write a list of two: an operand, and a list of values"],
    [{ oneOf: [{ tag: "a" }, "b", "c"] }, "rule.oneOf: write a list of two: an operand, and a list of values"],
    [{ oneOf: [{ tag: "a" }, "b"] }, "rule.oneOf[1]: write a list, not a string"],
    [{ oneOf: [{ tag: "a" }, []] }, "rule.oneOf[1]: the list is empty; write one item at least"],
    [
      { oneOf: ["a", [null, { tag: "b" }, Number.NaN]] },
      `rule.oneOf[0]: ${operands}, not a string`,
      "rule.oneOf[1][0]: write a string, a number or a boolean, not null",
      "rule.oneOf[1][1]: write a string, a number or a boolean, not an object",
      "rule.oneOf[1][2]: write a string, a number or a boolean, not a number",
    ],

    [{ allOf: [] }, "rule.allOf: the list is empty; write one item at least"],
    [{ anyOf: [] }, "rule.anyOf: the list is empty; write one item at least"],
    [{ allOf: "guest" }, "rule.allOf: write a list, not a string"],
    [{ anyOf: { group: "a" } }, "rule.anyOf: write a list, not an object"],
    [{ allOf: new Array(1) }, `rule.allOf[0]: ${shape}, not undefined`],
    [
      { allOf: ["guest", { anyOf: ["x"] }, { not: [] }] },
      `rule.allOf[1].anyOf[0]: there is no rule "x"; ${known}`,
      `rule.allOf[2].not: ${shape}, not a list`,
    ],
    [{ not: undefined }, `rule.not: ${shape}, not undefined`],
    [{ rule: 1 }, "rule.rule: write the name of a rule in rules as a string, not a number"],
    [{ rule: "" }, "rule.rule: write the name of a rule in rules; an empty string matches nothing"],
  ])("cannot be %j", (rule, ...faults) => {
    expect(faultsOf(rule)).toEqual(faults);
  });

  it("may have 32 levels and no more", () => {
    expect(faultsOf(nested(32))).toEqual([]);
    expect(faultsOf(nested(33))).toEqual([
      expect.stringContaining("the rule is nested deeper than 32 levels, named rules included; make it flatter"),
    ]);
    expect(faultsOf(nested(100_000))).toHaveLength(1);
  });

  it("may not hold itself", () => {
    const circle: { not?: unknown } = {};
    circle.not = circle;
    expect(faultsOf(circle)).toHaveLength(1);
  });

  it("is read once: what a getter says later does not count", () => {
    let reads = 0;
    const compiled = compileRule({
      get group() {
        reads++;
        return reads === 1 ? "editors" : "everybody";
      },
    });
    expect([reads, compiled.source]).toEqual([1, { group: "editors" }]);
  });

  it("takes nothing from a prototype", () => {
    expect(faultsOf(Object.create({ group: "a" }))).toEqual([`rule: the object is empty; ${shape}`]);
  });

  it("is either compiled or refused with a fault, whatever it is", () => {
    const key = fc.constantFrom(
      "group",
      "scope",
      "role",
      "equal",
      "oneOf",
      "allOf",
      "anyOf",
      "not",
      "rule",
      "tag",
      "param",
      "x",
    );
    const { anything } = fc.letrec((tie) => ({
      anything: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>("anyone", "guest", "", "a", "123456789012/A", 0, true, null, undefined, Number.NaN),
        fc.array(tie("anything"), { maxLength: 3 }),
        fc.dictionary(key, tie("anything"), { maxKeys: 2 }),
      ),
    }));
    fc.assert(
      fc.property(anything, (value) => {
        const faults = faultsOf(value);
        if (faults.length === 0) expect(faultsOf(compileRule(value as Rule).source)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

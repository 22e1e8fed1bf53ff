import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { allOf, anyOf, custom, delegate, group, not, rule, scope, stepUp } from "../../src/policy/combinators.ts";
import { compileWith } from "../../src/policy/compile.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import type { CompiledRule, RuleInput, Ternary } from "../../src/policy/evaluation.ts";
import { explainText } from "../../src/policy/explain.ts";
import { readExtensions } from "../../src/policy/extensions.ts";
import { noPolicy } from "../../src/policy/named-rules.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import { createAsker } from "../../src/policy/replies.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { editor, ruleInput, signedEditor } from "./rule-input.ts";

const down = new AuthError("store_unavailable");
const asked: string[] = [];
const answering = (name: string, value: Ternary) => () => {
  asked.push(name);
  return value;
};
const context = {
  ...noPolicy,
  ...readExtensions({
    functions: {
      yes: answering("yes", true),
      no: answering("no", false),
      unsure: answering("unsure", undefined),
      broken: () => {
        throw new Error("token=secret");
      },
      down: () => {
        throw down;
      },
      owns: ({ arguments: { article, owner } }) => article === "7" && owner === editor.userId,
    },
    engines: {
      cedar: { decide: answering("cedar", true) },
      telling: { decide: ({ arguments: { value } }) => ({ value: value === true, decidedBy: ["editors write"] }) },
    },
  }),
};

const compile = (source: unknown): CompiledRule => compileWith(source, context, undefined);

/** The input with the answers to all that the rule has to ask. */
async function answered(compiled: CompiledRule, input: RuleInput): Promise<RuleInput> {
  const replies = await createAsker().ask(compiled.questions(input) ?? []);
  return { ...input, replies };
}

function faultsOf(source: unknown): readonly string[] {
  try {
    compile(source);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where, fault }) => `${where}: ${fault}`);
  }
}

const form = "write a name, or an object with name and arguments";
const names = '"yes", "no", "unsure", "broken", "down", "owns"';

describe("a rule that asks", () => {
  it.each<[source: unknown, ...faults: string[]]>([
    [{ custom: "" }, "rule.custom: write a name; an empty string matches nothing"],
    [{ custom: 1 }, `rule.custom: ${form}, not a number`],
    [{ custom: ["yes"] }, `rule.custom: ${form}, not a list`],
    [{ custom: "maybe" }, `rule.custom: there is no function of the name "maybe"; there are ${names}`],
    [
      { custom: "Owns" },
      `rule.custom: there is no function of the name "Owns" (did you mean "owns"?); there are ${names}`,
    ],
    [{ custom: "constructor" }, `rule.custom: there is no function of the name "constructor"; there are ${names}`],
    [{ custom: "cedar" }, `rule.custom: there is no function of the name "cedar"; there are ${names}`],
    [{ delegate: "yes" }, 'rule.delegate: there is no engine of the name "yes"; there are "cedar", "telling"'],
    [{ custom: { name: "yes", args: {} } }, `rule.custom: there is no "args" here; ${form}`],
    [{ custom: { name: "yes" } }, "rule.custom.arguments: write an object of operands and values, not undefined"],
    [{ custom: { name: "yes", arguments: {} } }, "rule.custom.arguments: it is empty; write the name alone"],
    [
      { custom: { arguments: { a: null, b: { group: "x" }, c: 1 } } },
      "rule.custom.name: write a name as a string, not undefined",
      "rule.custom.arguments.a: an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId, not null",
      'rule.custom.arguments.b: there is no operand "group"; the operands are claim, tag, param, query, header, userId, identityId',
    ],
    [
      { delegate: { name: "cedar", arguments: { a: ["x"] } } },
      "rule.delegate.arguments.a: an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId, not a list",
    ],
  ])("is refused: %j", (source, ...faults) => {
    expect(faultsOf(source)).toEqual(faults);
  });

  it("says how to register somebody where there is nobody", () => {
    expect(() => definePolicy({ routes: { "GET /": delegate("cedar") } })).toThrow(
      'there is no engine of the name "cedar"; pass { engines: { ... } } beside the policy: to definePolicy, ',
    );
  });

  it("keeps its JSON, frozen, in a copy of its own", () => {
    const args = { article: { param: "id" }, kind: "draft" };
    const source = compile({ custom: { name: "yes", arguments: args } }).source;
    args.kind = "other";
    expect(source).toStrictEqual({ custom: { name: "yes", arguments: { article: { param: "id" }, kind: "draft" } } });
    expect(source).toStrictEqual(custom("yes", { article: { param: "id" }, kind: "draft" }));
    const { custom: call } = source as { custom: { arguments: object } };
    expect(Object.isFrozen(source) && Object.isFrozen(call) && Object.isFrozen(call.arguments)).toBe(true);
  });

  it.each<[source: Rule, value: Ternary]>([
    [custom("yes"), true],
    [custom("no"), false],
    [custom("unsure"), undefined],
    [custom("broken"), undefined],
    [custom("down"), undefined],
    [delegate("cedar"), true],
    [not(custom("no")), true],
    [not(custom("broken")), undefined],
    [allOf(custom("yes"), delegate("cedar")), true],
    [anyOf(custom("no"), custom("yes")), true],
    [not(anyOf(custom("no"), custom("no"))), true],
    [not(allOf(custom("yes"), custom("no"))), true],
  ])("%j comes to %s, and is indeterminate before", async (source, value) => {
    const compiled = compile(source);
    const input = ruleInput({ principal: editor });
    expect(compiled.asks).toBe(true);
    expect(compiled.evaluate(input)).toBeUndefined();
    expect(compiled.evaluate(await answered(compiled, input))).toBe(value);
  });

  it.each<[source: Rule, asking: readonly string[] | undefined]>([
    [custom("yes"), ["yes"]],
    [anyOf(group("editors"), custom("yes")), []],
    [allOf(group("editors"), custom("yes")), ["yes"]],
    [allOf(custom("yes"), group("admins")), undefined],
    [allOf(scope("x"), custom("yes")), undefined],
    [not(allOf(scope("x"), custom("no"))), ["no"]],
    [not(anyOf(scope("x"), custom("no"))), undefined],
    [not(anyOf(group("admins"), custom("no"))), ["no"]],
    [not(custom("no")), ["no"]],
    [anyOf(allOf(group("admins"), custom("no")), custom("yes"), delegate("cedar")), ["yes", "cedar"]],
    [anyOf(custom("yes", { tenant: { tag: "absent" } }), group("admins")), undefined],
    [group("editors"), []],
    [group("admins"), undefined],
  ])("%j asks whom it must, and no one else", async (source, expected) => {
    const compiled = compile(source);
    const input = ruleInput({ principal: signedEditor });
    const questions = compiled.questions(input);
    expect(questions === undefined).toBe(expected === undefined);
    asked.length = 0;
    for (const question of questions ?? []) await question.ask();
    expect(asked).toEqual(expected ?? []);
  });

  it("hands over what the operands come to, and asks nobody where one is not known", async () => {
    const compiled = compile(custom("owns", { article: { param: "id" }, owner: { userId: true } }));
    const mine = ruleInput({ principal: editor, params: { id: "7" } });
    expect(compiled.evaluate(await answered(compiled, mine))).toBe(true);
    const foreign = ruleInput({ principal: editor, params: { id: "8" } });
    expect(compiled.evaluate(await answered(compiled, foreign))).toBe(false);
    const unknown = ruleInput({ principal: editor });
    expect(compiled.questions(unknown)).toBeUndefined();
    expect(compiled.explain(unknown)).toEqual({
      rule: 'custom("owns", { article: param("id"), owner: userId })',
      value: "indeterminate",
      operands: [
        { operand: 'param("id")', state: "missing" },
        { operand: "userId", state: "present", value: editor.userId },
      ],
      missing: 'the route has no parameter "id"',
    });
  });

  it("tells which headers and parameters it reads", () => {
    const compiled = compile(custom("yes", { beta: { header: "X-Beta" }, "a b": "c" }));
    expect([...compiled.headers]).toEqual(["x-beta"]);
    expect(compiled.explain(ruleInput({ headers: ["x-beta", "secret"] }))).toMatchObject({
      rule: 'custom("yes", { beta: header("X-Beta"), "a b": "c" })',
      operands: [{ operand: 'header("X-Beta")', state: "present" }],
    });
    const routes = { "GET /a": custom("yes", { id: { param: "id" } }) };
    expect(() => definePolicy({ routes }, { functions: { yes: () => true } })).toThrow('its rule reads param("id")');
  });

  it.each<[source: Rule, value: Ternary | "indeterminate", missing: string | undefined]>([
    [custom("yes"), true, undefined],
    [custom("no"), false, undefined],
    [custom("unsure"), "indeterminate", 'the function "unsure" could not tell'],
    [custom("broken"), "indeterminate", 'the function "broken" threw an error'],
    [custom("down"), "indeterminate", 'the function "down" was not available'],
  ])("%j explains itself by the answer, and asks nobody for that", async (source, value, missing) => {
    const compiled = compile(source);
    const input = await answered(compiled, ruleInput({ principal: editor }));
    asked.length = 0;
    const explained = compiled.explain(input);
    expect(explained).toMatchObject({ value, operands: [] });
    expect(explained.missing).toBe(missing);
    expect(asked).toEqual([]);
  });

  it.each([true, false])("shows what an engine went by where it came to %s", async (value) => {
    const compiled = compile(delegate("telling", { value }));
    const input = await answered(compiled, ruleInput({}));
    expect(compiled.explain(input)).toMatchObject({
      value,
      operands: [{ operand: "decided by", state: "present", value: ["editors write"] }],
    });
    expect(explainText(compiled.explain(input))).toContain('[decided by = ["editors write"]]');
  });

  it("says where nobody was asked", () => {
    expect(compile(delegate("cedar")).explain(ruleInput({}))).toEqual({
      rule: 'delegate("cedar")',
      value: "indeterminate",
      operands: [],
      missing: 'the engine "cedar" was not asked',
    });
  });

  it("asks the same once, by whatever name and in whatever place", async () => {
    const policy = definePolicy(
      { rules: { own: custom("owns") }, routes: { "GET /": allOf(rule("own"), not(not(custom("owns")))) } },
      { functions: { owns: answering("owns", true) } },
    );
    const compiled = policy.match("GET", ruleInput({}).target)?.rule as CompiledRule;
    asked.length = 0;
    expect(compiled.evaluate(await answered(compiled, ruleInput({})))).toBe(true);
    expect(asked).toEqual(["owns"]);
  });

  it("counts an outage as an open question, with its fault, and any other failure as none", async () => {
    const input = ruleInput({ principal: editor });
    const outage = compile(anyOf(custom("down"), custom("broken")));
    const open = outage.questions(await answered(outage, input));
    expect(open?.map((question) => question.outage)).toEqual([down]);
    expect(outage.questions(input)?.map((question) => question.outage.code)).toEqual([
      "decision_unavailable",
      "decision_unavailable",
    ]);
    const failure = compile(custom("broken"));
    expect(failure.questions(await answered(failure, input))).toBeUndefined();
  });
});

describe("what a refused caller could gain", () => {
  const input = ruleInput({ principal: editor });
  const write = { scopes: ["articles/write"], stepUp: undefined };

  it("leaves out what nobody has been asked about", () => {
    expect(compile(allOf(scope("articles/write"), custom("no"))).remedy(input)).toEqual(write);
    expect(compile(allOf(scope("articles/write"), not(custom("yes")))).remedy(input)).toEqual(write);
    expect(compile(allOf(scope("articles/write"), anyOf(custom("no"), stepUp({ maxAge: 1 })))).remedy(input)).toEqual(
      write,
    );
    expect(compile(custom("no")).remedy(input)).toBeUndefined();
  });

  it("is nothing where somebody has said no", async () => {
    const compiled = compile(allOf(anyOf(custom("no"), scope("articles/write")), custom("no")));
    expect(compiled.remedy(await answered(compiled, input))).toBeUndefined();
  });

  it("is nothing where an argument is not known", () => {
    const unknown = custom("owns", { tenant: { tag: "absent" } });
    expect(compile(allOf(scope("articles/write"), unknown)).remedy(input)).toBeUndefined();
  });
});

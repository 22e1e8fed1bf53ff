import { describe, expect, it } from "vitest";
import {
  type Found,
  foundText,
  hiddenOperand,
  literalNode,
  literalText,
  missing,
  repeated,
  shownOperand,
  unreadable,
} from "../../src/policy/operand-node.ts";
import { ruleInput } from "./rule-input.ts";

const input = ruleInput({});
const present: Found = { state: "present", value: "s3cret" };

describe("foundText", () => {
  it("is missing where there is no text, and present where it is empty", () => {
    expect(foundText(undefined)).toBe(missing);
    expect(foundText("")).toEqual({ state: "present", value: "" });
    expect(foundText("acme")).toEqual({ state: "present", value: "acme" });
  });
});

describe("the states without a value", () => {
  it.each([
    [missing, "missing"],
    [repeated, "repeated"],
    [unreadable, "unreadable"],
  ] as const)("%o cannot be changed by one request for the next", (found, state) => {
    expect(found).toEqual({ state });
    expect(Object.isFrozen(found)).toBe(true);
  });
});

describe("shownOperand", () => {
  const facts = { source: { tag: "tenant" }, text: 'tag("tenant")' };
  const lack = { state: "missing", lack: "there is no tag" } as const;
  const nodeOf = (value: string | undefined) =>
    shownOperand(
      facts,
      () => value,
      () => lack,
    );

  it("keeps its facts and comes to the value that it is told", () => {
    const node = nodeOf("acme");
    expect(node).toMatchObject({ source: { tag: "tenant" }, text: 'tag("tenant")' });
    expect(node.value(input)).toBe("acme");
  });

  it("freezes what it was read from", () => {
    expect(Object.isFrozen(nodeOf("acme").source)).toBe(true);
  });

  it.each(["acme", ""])("shows its value where it has one: %j", (value) => {
    expect(nodeOf(value).observe?.(input)).toEqual({ shown: { operand: 'tag("tenant")', state: "present", value } });
  });

  it("says why it has none", () => {
    expect(nodeOf(undefined).observe?.(input)).toEqual({
      shown: { operand: 'tag("tenant")', state: "missing" },
      lack: "there is no tag",
    });
  });

  it("hands the request to both", () => {
    const seen: unknown[] = [];
    const node = shownOperand(
      facts,
      (given) => {
        seen.push(given);
        return undefined;
      },
      (given) => {
        seen.push(given);
        return lack;
      },
    );
    node.observe?.(input);
    expect(seen).toHaveLength(2);
    expect(seen.every((given) => given === input)).toBe(true);
  });
});

describe("hiddenOperand", () => {
  const facts = { source: { header: "x-api-key" }, text: 'header("x-api-key")', header: "x-api-key" };
  const nodeOf = (found: Found) => hiddenOperand(facts, 'header "x-api-key"', () => found);

  it("keeps its facts, comes to its value, and freezes what it was read from", () => {
    const node = nodeOf(present);
    expect(node).toMatchObject(facts);
    expect(node.value(input)).toBe("s3cret");
    expect(Object.isFrozen(node.source)).toBe(true);
  });

  it("shows that it has a value, and never which", () => {
    expect(nodeOf(present).observe?.(input)).toStrictEqual({
      shown: { operand: 'header("x-api-key")', state: "present" },
    });
  });

  it.each([
    [missing, 'the request has no header "x-api-key"'],
    [repeated, 'the header "x-api-key" occurs more than once'],
    [unreadable, 'the header "x-api-key" cannot be read in one way only'],
  ] as const)("says why it has none: %o", (found, lack) => {
    expect(nodeOf(found).value(input)).toBeUndefined();
    expect(nodeOf(found).observe?.(input)).toEqual({
      shown: { operand: 'header("x-api-key")', state: found.state },
      lack,
    });
  });
});

describe("literalNode", () => {
  it.each([
    ["acme", '"acme"'],
    ["", '""'],
    [7, "7"],
    [-1.5, "-1.5"],
    [true, "true"],
    [false, "false"],
    ["7", '"7"'],
  ] as const)("of %j comes to itself, and is %s in the text of the rule", (literal, text) => {
    const node = literalNode(literal);
    expect(node).toMatchObject({ source: literal, text });
    expect(node.value(input)).toBe(literal);
  });

  it("has no part in the operands of an explanation", () => {
    expect(literalNode("acme")).not.toHaveProperty("observe");
  });

  it("turns negative zero into zero", () => {
    const node = literalNode(-0);
    expect(node.source).toBe(0);
    expect(node.value(input)).toBe(0);
    expect(node.text).toBe("0");
  });
});

describe("literalText", () => {
  it.each([
    ['say "hi"', String.raw`"say \"hi\""`],
    ["a\nb", String.raw`"a\nb"`],
    ["\u202eevil", String.raw`"\u202eevil"`],
  ])("of %j escapes what could mislead a reader", (literal, text) => {
    expect(literalText(literal)).toBe(text);
  });
});

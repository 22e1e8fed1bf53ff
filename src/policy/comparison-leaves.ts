import type { Principal } from "../principal.ts";
import { type Cases, whereParam } from "./cases.ts";
import type { RuleInput, Ternary } from "./evaluation.ts";
import { literalNode, literalText, type OperandNode } from "./operand-node.ts";
import { isLiteral, readOperand } from "./operands.ts";
import type { Place } from "./policy-error.ts";
import { distinct, itemsOf, readList, typeText } from "./read-json.ts";
import type { Literal, Operand } from "./rule.ts";
import { anyRequestOf, type LeafKind, type LeafProgram, leafNode, type Observation } from "./rule-node.ts";

/** `{ equal: [operand, operand or literal] }`: values of two types are not comparable, so neither equal nor different. */
export const equal: LeafKind = (argument, at) => {
  const items = itemsOf(argument);
  if (items?.length !== 2) return at.report("write a list of two: an operand, and an operand or a value");
  const left = readOperand(items[0], at.inside("[0]"));
  const right = isLiteral(items[1])
    ? readComparable(items[1], at.inside("[1]"), left)
    : readOperand(items[1], at.inside("[1]"));
  if (left === undefined || right === undefined) return undefined;
  const evaluate = (input: RuleInput) => compare(left.value(input), right.value(input));
  return leafNode({
    source: Object.freeze({ equal: Object.freeze([left.source, right.source] as const) }),
    text: `equal(${left.text}, ${right.text})`,
    ...readBy(left, right),
    ...compared(left, right),
    evaluate,
    observe: (input, value) => observe([left, right], input, value),
  });
};

/** `{ oneOf: [operand, values] }`: the same as any of `equal` with each value. */
export const oneOf: LeafKind = (argument, at) => {
  const items = itemsOf(argument);
  if (items?.length !== 2) return at.report("write a list of two: an operand, and a list of values");
  const operand = readOperand(items[0], at.inside("[0]"));
  const list = distinct(
    readList(items[1], at.inside("[1]"), (item, place) => readLiteral(item, place, operand)),
    at.inside("[1]"),
  );
  if (operand === undefined || list === undefined) return undefined;
  const values: ReadonlySet<Literal> = new Set(list);
  const types = new Set(list.map((value) => typeof value));
  return leafNode({
    source: Object.freeze({ oneOf: Object.freeze([operand.source, Object.freeze(list)] as const) }),
    text: `oneOf(${operand.text}, [${list.map(literalText).join(", ")}])`,
    ...readBy(operand),
    ...compared(operand, ...list.map((value) => literalNode(value))),
    evaluate(input) {
      const value = operand.value(input);
      if (value === undefined) return undefined;
      if (values.has(value)) return true;
      return types.size === 1 && types.has(typeof value) ? false : undefined;
    },
    observe: (input, value) => observe([operand], input, value),
  });
};

/** Of what a comparison of an operand with others depends, beside who calls. */
function compared(first: OperandNode, ...others: readonly OperandNode[]): Pick<LeafProgram, "varies" | "holdsWhere"> {
  const nodes = [first, ...others];
  const read = nodes.filter(({ param }) => param !== undefined);
  // No list of cases says that two parameters are the same.
  if (read.length > 1 || nodes.some(isOfRequest)) return { varies: true };
  const [{ param } = { param: undefined }] = read;
  if (param === undefined) return {};
  const compared = nodes.filter((node) => node.param === undefined);
  return {
    holdsWhere(caller: Principal): Cases | undefined {
      const values = compared.map((node) => node.value(anyRequestOf(caller))).filter(isText);
      return values.length === 0 ? undefined : whereParam(param, values);
    },
  };
}

function isOfRequest({ source }: OperandNode): boolean {
  return typeof source === "object" && ("query" in source || "header" in source);
}

/** A parameter is text, so that whatever is not is neither equal to it nor different. */
function isText(value: Literal | undefined): value is string {
  return typeof value === "string";
}

function compare(left: Literal | undefined, right: Literal | undefined): Ternary {
  if (left === undefined || right === undefined) return undefined;
  return typeof left === typeof right ? left === right : undefined;
}

function observe(nodes: readonly OperandNode[], input: RuleInput, value: Ternary): Observation {
  const seen = nodes.flatMap((node) => node.observe?.(input) ?? []);
  const operands = seen.map(({ shown }) => shown);
  if (value !== undefined) return { operands };
  const lacks = seen.map(({ lack }) => lack).filter((lack) => lack !== undefined);
  return { operands, missing: lacks.join("; ") || "values of different types are not compared" };
}

function readLiteral(item: unknown, at: Place, other: OperandNode<Operand> | undefined): Literal | undefined {
  if (!isLiteral(item)) return at.report(`write a string, a number or a boolean, not ${typeText(item)}`);
  return readComparable(item, at, other)?.source;
}

/** Claims alone can be other than text; whatever else is compared with a number or a boolean would never be known. */
function readComparable(
  literal: Literal,
  at: Place,
  other: OperandNode<Operand> | undefined,
): OperandNode<Literal> | undefined {
  if (other === undefined || typeof literal === "string" || "claim" in other.source) return literalNode(literal);
  return at.report(`${other.text} is always text, and never equal to a ${typeof literal}; write "${literal}"`);
}

function readBy(...nodes: readonly OperandNode[]): { readonly headers: string[]; readonly params: string[] } {
  return {
    headers: nodes.flatMap(({ header }) => header ?? []),
    params: nodes.flatMap(({ param }) => param ?? []),
  };
}

import type { Principal } from "../principal.ts";

/** What became of an operand: `unreadable` is of the wrong type, not decodable, or under a name that parsers read differently. */
export type OperandState = "present" | "missing" | "repeated" | "unreadable";

/** An operand as a rule found it. */
export interface ExplainedOperand {
  /** The operand as text, such as `tag("tenant")`, or the part of the principal that was looked at, such as `groups`. */
  readonly operand: string;
  readonly state: OperandState;
  /** Its value where it is present; never that of a header or a query parameter. */
  readonly value?: string | number | boolean | readonly string[];
}

/** A rule with its value and those of its parts, as plain data. */
export interface ExplainedRule {
  /** The rule as text, in the spelling of the combinators. */
  readonly rule: string;
  readonly value: boolean | "indeterminate";
  /** Why it is indeterminate: what was missing, and from which kind of caller. Leaves only. */
  readonly missing?: string;
  /** What the rule looked at. Leaves only. */
  readonly operands?: readonly ExplainedOperand[];
  /** How the parts are joined; absent for leaves and for named rules. */
  readonly combinator?: "allOf" | "anyOf" | "not";
  /** The parts, each evaluated on its own; one for `not` and for a named rule. */
  readonly children?: readonly ExplainedRule[];
}

/** Spells an explained rule as lines for a person: ✓ true, ✗ false, ? indeterminate, parts indented below their whole. */
export function explainText(explained: ExplainedRule): string {
  return linesOf(explained, "").join("\n");
}

/** A text with everything escaped that could move a cursor or turn the direction of writing. */
export function printable(text: string): string {
  return quote(text).slice(1, -1);
}

/** A text between quotes, escaped as {@link printable} does. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    // What shows nothing, without the property of Unicode, which takes longer to ask.
    /[\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]|[\u034f\u180b-\u180d\u180f\ufe00-\ufe0f]|\udb40[\udc00-\udfff]/g,
    escapeUnits,
  );
}

function escapeUnits(found: string): string {
  const units = Array.from({ length: found.length }, (_, index) => found.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** What a sentence calls the caller. */
export function callerText({ kind, verifiedBy }: Principal): string {
  if (kind === "anonymous") return "an anonymous caller";
  if (kind === "guest") return "a guest";
  if (verifiedBy === "signed-request") return "a signed caller";
  return `a ${kind} verified by ${verifiedBy}`;
}

function linesOf(
  { rule, value, missing, operands, combinator, children = [] }: ExplainedRule,
  indent: string,
): string[] {
  const mark = value === "indeterminate" ? "?" : value ? "✓" : "✗";
  const seen = operands?.map(operandText).join(", ");
  const found = seen ? ` [${seen}]` : "";
  const reason = missing === undefined ? "" : `: ${missing}`;
  return [
    `${indent}${mark} ${combinator ?? rule}${found}${reason}`,
    ...children.flatMap((child) => linesOf(child, `${indent}  `)),
  ];
}

function operandText({ operand, state, value }: ExplainedOperand): string {
  return value === undefined ? `${operand} is ${state}` : `${operand} = ${valueText(value)}`;
}

function valueText(value: string | number | boolean | readonly string[]): string {
  if (typeof value === "object") return `[${value.map(quote).join(", ")}]`;
  return typeof value === "string" ? quote(value) : String(value);
}

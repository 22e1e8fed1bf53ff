import type { PrincipalKind } from "../principal.ts";
import { type ExplainedOperand, type ExplainedRule, quote } from "./explain.ts";
import { literalText, type OperandNode } from "./operand-node.ts";
import { isLiteral, readOperand } from "./operands.ts";
import { placeOf } from "./policy-error.ts";
import type { EqualRule, LeafRule, Literal, OneOfRule, OneOrMore, Operand, StepUpNeeds } from "./rule.ts";

/** What a leaf would need to come out in a certain way. */
export interface Demand {
  /** In words; undefined where it never does. */
  readonly step: string | undefined;
  /** The kinds of caller for whom it can. */
  readonly kinds: ReadonlySet<PrincipalKind>;
}

const everyone: ReadonlySet<PrincipalKind> = new Set(["user", "client", "role", "guest", "anonymous"]);
const known: ReadonlySet<PrincipalKind> = new Set(["user", "client", "role", "guest"]);
const authenticated: ReadonlySet<PrincipalKind> = new Set(["user", "client", "role"]);
const unauthenticated: ReadonlySet<PrincipalKind> = new Set(["guest", "anonymous"]);
const tokenHolders: ReadonlySet<PrincipalKind> = new Set(["user", "client"]);
const users: ReadonlySet<PrincipalKind> = new Set(["user"]);
const guests: ReadonlySet<PrincipalKind> = new Set(["guest"]);
const noGuests: ReadonlySet<PrincipalKind> = new Set(["user", "client", "role", "anonymous"]);

/** What the leaf would need to be true, or to be false. */
export function demandOf(leaf: LeafRule, explained: ExplainedRule, wanted: boolean): Demand {
  const { step, kinds } = wanted ? toHold(leaf, explained) : toFail(leaf, explained);
  // Why the leaf is indeterminate belongs beside what would settle it.
  const reason = explained.missing === undefined || step === undefined ? "" : ` (${explained.missing})`;
  return { step: step && `${step}${reason}`, kinds };
}

function toHold(leaf: LeafRule, explained: ExplainedRule): Demand {
  if (leaf === "anyone") return { step: undefined, kinds: everyone };
  if (leaf === "authenticated") return { step: "come as a user, a client or a role", kinds: authenticated };
  if (leaf === "guest") return { step: "come as a guest", kinds: guests };
  if ("group" in leaf) return { step: `be in the group ${anyOf(leaf.group)}`, kinds: authenticated };
  if ("scope" in leaf) {
    const step = explained.missing === undefined ? "have" : "come with a token that has";
    return { step: `${step} the scope ${anyOf(leaf.scope)}`, kinds: tokenHolders };
  }
  if ("role" in leaf) return { step: `act in the role ${anyOf(leaf.role)}`, kinds: known };
  if ("account" in leaf) return { step: `act in a role of the account ${anyOf(leaf.account)}`, kinds: known };
  if ("issuer" in leaf) return { step: `be vouched for by ${anyOf(leaf.issuer)}`, kinds: known };
  if ("client" in leaf) return { step: `come through the OAuth client ${anyOf(leaf.client)}`, kinds: tokenHolders };
  if ("ip" in leaf) return { step: `call from ${anyOf(leaf.ip)}`, kinds: everyone };
  if ("equal" in leaf) return toBeEqual(leaf, explained);
  if ("oneOf" in leaf) return toBeOneOf(leaf);
  if ("stepUp" in leaf) return { step: stepUpText(leaf.stepUp), kinds: users };
  return { step: `have ${explained.rule} come out true`, kinds: everyone };
}

function toFail(leaf: LeafRule, explained: ExplainedRule): Demand {
  if (leaf === "anyone") return { step: undefined, kinds: everyone };
  if (leaf === "authenticated") return { step: "come as a guest or as nobody", kinds: unauthenticated };
  if (leaf === "guest") return { step: "come as another than a guest", kinds: noGuests };
  if ("group" in leaf) {
    const credential = explained.missing === undefined ? "" : "come with a credential that tells all groups, and ";
    return { step: `${credential}not be in the group ${anyOf(leaf.group)}`, kinds: everyone };
  }
  return { step: `have ${explained.rule} come out false`, kinds: everyone };
}

function toBeEqual({ equal: [left, right] }: EqualRule, explained: ExplainedRule): Demand {
  if (isLiteral(right)) return { step: bring(left, literalText(right)), kinds: kindsOf(left) };
  const [first, second] = explained.operands as readonly [ExplainedOperand, ExplainedOperand];
  const other = bring(left, valueOr(second, textOf(right)));
  const own = bring(right, valueOr(first, textOf(left)));
  // What is in the request is easier to change than who is calling.
  const step = isOfRequest(right) && !isOfRequest(left) ? `${own}, or ${other}` : `${other}, or ${own}`;
  const kinds = [...kindsOf(left)].filter((kind) => kindsOf(right).has(kind));
  return { step, kinds: new Set(kinds) };
}

function toBeOneOf({ oneOf: [operand, values] }: OneOfRule): Demand {
  return { step: bring(operand, values.map(literalText).join(" or ")), kinds: kindsOf(operand) };
}

function bring(operand: Operand, value: string): string {
  return `${isOfRequest(operand) ? "ask with" : "have"} ${textOf(operand)} = ${value}`;
}

function valueOr({ value }: ExplainedOperand, text: string): string {
  return value === undefined ? text : literalText(value as Literal);
}

function textOf(operand: Operand): string {
  return (readOperand(operand, placeOf("", [])) as OperandNode).text;
}

function isOfRequest(operand: Operand): boolean {
  return "param" in operand || "query" in operand || "header" in operand;
}

function kindsOf(operand: Operand): ReadonlySet<PrincipalKind> {
  if (isOfRequest(operand)) return everyone;
  return "userId" in operand ? users : known;
}

function anyOf(names: OneOrMore<string>): string {
  return typeof names === "string" ? quote(names) : names.map(quote).join(" or ");
}

function stepUpText({ acr, amr, maxAge }: StepUpNeeds): string {
  const parts = [
    ...(acr === undefined ? [] : [`with acr ${quote(acr)} or higher`]),
    ...(amr === undefined ? [] : [`by ${anyOf(amr)}`]),
    ...(maxAge === undefined ? [] : [`${maxAge} seconds ago at most`]),
  ];
  return `have signed in ${parts.join(", ")}`;
}

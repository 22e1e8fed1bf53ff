import type { Literal, OneOrMore, Operand, Rule, StepUpNeeds } from "../rule.ts";
import { type BoundRule, ruleEntry } from "./bound-rule.ts";

/** How many parts of a rule are looked at, named ones as often as they are used. */
const maximumParts = 500;

/**
 * Whether it can be told at a glance that some user passes a rule: one of whom everything is known, and of whom the rule asks
 * about each thing once. It is so of most rules, and spares the whole question.
 */
export function isPlainlyPassable({ rule, rules }: BoundRule): boolean {
  let left = maximumParts;

  /** Makes a part come out as wanted; where that fits beside what is settled, it is settled too. */
  function fits(part: Rule, wanted: boolean, settled: Settled): boolean {
    left -= 1;
    if (left < 0) return false;
    const [key, argument] = ruleEntry(part);
    if (key === "not") return fits(argument as Rule, !wanted, settled);
    if (key === "rule") return fits(rules[argument as string] as Rule, wanted, settled);
    if (key !== "allOf" && key !== "anyOf") return fitsLeaf(key, argument, wanted, settled);
    const parts = argument as readonly Rule[];
    if ((key === "allOf") === wanted) return parts.every((inner) => fits(inner, wanted, settled));
    return parts.some((inner) => {
      const own = new Map(settled);
      if (!fits(inner, wanted, own)) return false;
      for (const [thing, value] of own) settled.set(thing, value);
      return true;
    });
  }

  return fits(rule, true, new Map());
}

/** What is known of the user already: which groups and scopes he has and lacks, and which other things were asked about. */
type Settled = Map<string, boolean>;

function fitsLeaf(key: string, argument: unknown, wanted: boolean, settled: Settled): boolean {
  if (key === "anyone" || key === "authenticated") return wanted;
  if (key === "guest") return !wanted;
  if (key === "group" || key === "scope") {
    const things = [argument as OneOrMore<string>].flat().map((name) => `${key}:${name}`);
    const chosen = wanted ? things.filter((thing) => settled.get(thing) !== false).slice(0, 1) : things;
    if (chosen.length === 0 || chosen.some((thing) => settled.get(thing) === !wanted)) return false;
    for (const thing of chosen) settled.set(thing, wanted);
    return true;
  }
  const things = thingsOf(key, argument, wanted);
  if (things === undefined || things.some((thing) => settled.has(thing))) return false;
  for (const thing of things) settled.set(thing, true);
  return true;
}

/** What a leaf asks about that can come out as wanted, whatever it compares it with; undefined where a closer look is needed. */
function thingsOf(key: string, argument: unknown, wanted: boolean): readonly string[] | undefined {
  // There is always another role, account, issuer and client, but no address outside all ranges, and no level below the least.
  if (key === "role" || key === "account") return ["role"];
  if (key === "issuer" || key === "client") return [key];
  if (key === "ip") return wanted ? [key] : undefined;
  if (key === "stepUp") return wanted ? Object.keys(argument as StepUpNeeds).map((need) => `claim:${need}`) : undefined;
  if (key !== "equal" && key !== "oneOf") return undefined;
  const [left, right] = argument as readonly [Operand, Operand | OneOrMore<Literal>];
  const own = freeOperand(left);
  if (!isOperand(right)) return [right].flat().every((value) => typeof value === "string") ? own : undefined;
  if ("param" in right) return own;
  const other = freeOperand(right);
  return own && other && own[0] !== other[0] ? [...own, ...other] : undefined;
}

/** Tags and claims can be any text; of other operands some values are never there. */
function freeOperand(operand: Operand): readonly [string] | undefined {
  if ("tag" in operand) return [`tag:${operand.tag}`];
  return "claim" in operand ? [`claim:${operand.claim}`] : undefined;
}

function isOperand(value: Operand | OneOrMore<Literal>): value is Operand {
  return typeof value === "object" && !Array.isArray(value);
}

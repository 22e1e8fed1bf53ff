import type { RuleInput, Ternary } from "../../src/policy/evaluation.ts";
import type { Dice } from "./dice.ts";
import { type ReferenceWorld, referenceValues } from "./reference-evaluator.ts";

// Few names, so that rules and callers meet often; among them those that maps, lists, patterns and terminals take for more.
const plain = ["a", "b"];
const hostile = ["__proto__", "constructor", "*", "a,b", "a.b", "é", "\u202ea", "a b", "toString"];
const accounts = ["111111111111", "222222222222"];

export const name = (dice: Dice) => (dice.chance(0.6) ? dice.pick(...plain) : dice.pick(...hostile));
/** A scope has neither spaces nor characters outside ASCII. */
export const scopeName = (dice: Dice) => dice.pick("a", "b", "__proto__", "constructor", "*", "a,b", "a/read");
export const text = (dice: Dice) => dice.pick("x", "y", "*", "", "X", "x,y", "é", "__proto__", "1");
export const literal = (dice: Dice) => (dice.chance(0.5) ? text(dice) : dice.pick<unknown>(0, 1, -0, 1.5, true, false));
export const account = (dice: Dice) => dice.pick(...accounts);
export const issuer = (dice: Dice) => dice.pick("p", "q", "__proto__");
export const client = (dice: Dice) => dice.pick("c", "d", "__proto__", "c,d");
const level = (dice: Dice, levels: readonly string[]) => dice.pick(...levels);
/** The names that a query has in a test, as they are on the wire. */
export const queryName = (dice: Dice) => dice.pick("a", "b", "__proto__", "%C3%A9", "%61", "constructor");
export const headerName = (dice: Dice) => dice.pick("h1", "H2", "h3", "__proto__");

/** The functions that a generated rule may ask: `same` compares its two arguments, the others always say the same. */
export const functionNames = ["yes", "no", "unsure", "broken", "down", "down too", "same"] as const;

/** What a rule is generated for. */
export interface RuleSetting {
  readonly input: RuleInput;
  readonly world: ReferenceWorld;
  readonly levels: readonly string[];
  /** The parameters that it may read. */
  readonly params: readonly string[];
  /** The named rules that it may use. */
  readonly names: readonly string[];
}

/** A rule that has a certain value for the request that it is generated for. */
export function ruleWith(wanted: Ternary, dice: Dice, setting: RuleSetting, depth = 3): unknown {
  const part = (value: Ternary) => ruleWith(value, dice, setting, depth - 1);
  const any = () => part(dice.pick<Ternary>(true, false, undefined));
  const unlike = (value: boolean) => part(dice.pick<Ternary>(value, undefined));
  if (depth === 0 || dice.chance(0.4)) return leafWith(wanted, dice, setting);
  const kind = dice.pick("allOf", "anyOf", "not");
  if (kind === "not") return { not: part(wanted === undefined ? undefined : !wanted) };
  // The value that decides alone, and the one that all must have.
  const deciding = kind === "anyOf";
  const list =
    wanted === deciding
      ? dice.list(0, 2, any)
      : wanted === undefined
        ? dice.list(0, 2, () => unlike(!deciding))
        : dice.list(0, 2, () => part(!deciding));
  list.splice(dice.below(list.length + 1), 0, part(wanted));
  return { [kind]: list };
}

function leafWith(wanted: Ternary, dice: Dice, setting: RuleSetting): unknown {
  for (let tries = 0; tries < 40; tries++) {
    const leaf = leafOf(dice, setting);
    const values = referenceValues(leaf, setting.input, setting.world);
    if (values.size === 1 && values.has(wanted)) return leaf;
  }
  if (wanted === undefined) return { equal: [{ claim: "nobody has it" }, "x"] };
  return wanted ? "anyone" : { not: "anyone" };
}

function leafOf(dice: Dice, setting: RuleSetting): unknown {
  const some = <T>(make: (dice: Dice) => T) => (dice.chance(0.5) ? make(dice) : dice.distinct(3, () => make(dice)));
  const kinds: readonly (() => unknown)[] = [
    () => dice.pick("authenticated", "guest", dice.pick("anyone", "guest")),
    () => ({ group: some(name) }),
    () => ({ scope: some(scopeName) }),
    () => ({ role: some(roleName) }),
    () => ({ account: some(account) }),
    () => ({ issuer: some(issuer) }),
    () => ({ client: some(client) }),
    () => ({ ip: some(range) }),
    () => equality(dice, setting),
    () => membership(dice, setting),
    () => stepUp(dice, setting),
    () => ({ custom: call(dice, setting) }),
    () => ({ delegate: call(dice, setting) }),
    () => (setting.names.length === 0 ? "anyone" : { rule: dice.pick(...setting.names) }),
  ];
  return dice.pick(...kinds)();
}

function roleName(dice: Dice): string {
  const pattern = dice.pick("Ed", "Ed*", "*", "E*r", "*d", "E.d", "E,d", "Editor", "E**r", "__proto__");
  return dice.chance(0.7)
    ? `${account(dice)}/${pattern}`
    : `arn:${dice.pick("aws", "aws-cn")}:iam::${account(dice)}:role/${pattern}`;
}

function range(dice: Dice): string {
  return dice.pick("10.0.0.0/8", "10.1.2.3", "192.0.2.0/25", "::/0", "2001:db8::/32", "0.0.0.0/0", "2001:DB8:0:1::/64");
}

/** Claims alone can be other than text. */
function equality(dice: Dice, setting: RuleSetting): unknown {
  const left = operand(dice, setting);
  return { equal: [left, dice.chance(0.4) ? operand(dice, setting) : comparable(dice, left)] };
}

function membership(dice: Dice, setting: RuleSetting): unknown {
  const left = operand(dice, setting);
  return { oneOf: [left, dice.distinct(3, () => comparable(dice, left))] };
}

function comparable(dice: Dice, other: object): unknown {
  const value = "claim" in other ? literal(dice) : text(dice);
  return value === 0 ? 0 : value;
}

function operand(dice: Dice, { params }: RuleSetting): object {
  const kinds: readonly (() => object)[] = [
    () => ({ claim: name(dice) }),
    () => ({ tag: name(dice) }),
    () => ({ query: decodeURIComponent(queryName(dice)) }),
    () => ({ header: headerName(dice) }),
    () => ({ userId: true }),
    () => ({ identityId: true }),
    () => (params.length === 0 ? { tag: name(dice) } : { param: dice.pick(...params) }),
  ];
  return dice.pick(...kinds)();
}

function stepUp(dice: Dice, { levels }: RuleSetting): unknown {
  const needs = {
    ...(dice.chance(0.5) && { acr: level(dice, levels) }),
    ...(dice.chance(0.5) && { amr: dice.distinct(2, () => dice.pick("pwd", "mfa", "hwk")) }),
    ...(dice.chance(0.5) && { maxAge: dice.pick<unknown>(60, 900, "90s", "15m", "1h", "2d") }),
  };
  return { stepUp: Object.keys(needs).length > 0 ? needs : { maxAge: 60 } };
}

function call(dice: Dice, setting: RuleSetting): unknown {
  // What differs by its arguments shows whether two questions are taken for one.
  const asked = dice.pick(...functionNames, "same", "same", "same");
  const value = () => (dice.chance(0.5) ? operand(dice, setting) : text(dice));
  if (asked === "same")
    return {
      name: asked,
      arguments: Object.fromEntries([
        ["__proto__", value()],
        ["é", value()],
      ]),
    };
  return dice.chance(0.6) ? asked : { name: asked, arguments: { of: value() } };
}

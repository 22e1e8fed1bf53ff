import type { Rule } from "../../src/policy/rule.ts";
import { type Dice, diceOf } from "../policy/dice.ts";

const accounts = ["111111111111", "222222222222"];
const levels = [1, 2, 3, 4].map((level) => `urn:cognito:loa:${level}`);

/** The routes of a policy with rules of up to a number of leaves, made from a seed. */
export function largeRoutes(seed: number, routes: number, mostLeaves: number): Readonly<Record<string, Rule>> {
  const dice = diceOf(seed);
  // Many names make rules of many variables, few make rules whose leaves have much to do with each other.
  const names = dice.pick(3, 10, 60);
  return Object.fromEntries(
    Array.from({ length: routes }, (_, index) => {
      const rule = ruleOf(1 + dice.below(mostLeaves), dice, names);
      return [`${dice.pick("GET", "POST", "*")} /r${index}/:a/:b`, rule];
    }),
  );
}

function ruleOf(leaves: number, dice: Dice, names: number): Rule {
  if (dice.chance(0.15)) return { not: ruleOf(leaves, dice, names) };
  if (leaves === 1) return leafOf(dice, names);
  const parts: Rule[] = [];
  for (let left = leaves; left > 0; ) {
    const own = Math.min(left, 1 + dice.below(Math.max(1, Math.ceil(leaves / 2))));
    parts.push(ruleOf(own, dice, names));
    left -= own;
  }
  return { [dice.pick("allOf", "anyOf")]: parts } as unknown as Rule;
}

function leafOf(dice: Dice, names: number): Rule {
  const name = () => `n${dice.below(names)}`;
  const some = <T>(make: () => T) => dice.distinct(4, make);
  const operand = () =>
    dice.pick<object>(
      { tag: name() },
      { tag: name() },
      { claim: name() },
      { query: name() },
      { header: name() },
      { param: dice.pick("a", "b") },
      { userId: true },
    );
  const leaf = dice.pick<() => unknown>(
    () => ({ group: some(name) }),
    () => ({ group: name() }),
    () => ({ scope: some(name) }),
    () => ({ role: some(() => `${dice.pick(...accounts)}/${dice.pick("", "*")}${name()}${dice.pick("", "*")}`) }),
    () => ({ account: dice.pick(...accounts) }),
    () => ({ issuer: name() }),
    () => ({ client: name() }),
    () => ({ ip: some(() => dice.pick("10.0.0.0/8", `10.${dice.below(9)}.0.0/16`, `10.1.${dice.below(9)}.0/24`)) }),
    () => ({ equal: [operand(), operand()] }),
    () => ({ equal: [operand(), name()] }),
    () => ({ oneOf: [operand(), some(name)] }),
    () => ({ stepUp: { acr: dice.pick(...levels), maxAge: dice.pick(60, 900, 3_600) } }),
    () => ({ custom: dice.pick("f", "g") }),
    () => dice.pick("authenticated", "guest"),
  );
  return leaf() as Rule;
}

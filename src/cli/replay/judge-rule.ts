import type { KeyObject } from "node:crypto";
import type { LoggedDecision, LoggedPrincipal } from "../../observe/logged-decision.ts";
import { pseudonymOf } from "../../observe/pseudonym.ts";
import { definePolicy, type PolicyDocument } from "../../policy/define-policy.ts";
import type { CompiledRule, RuleInput } from "../../policy/evaluation.ts";
import type { EqualRule, LeafRule, Literal, OneOfRule, Operand, Rule } from "../../policy/rule.ts";
import { allPossible, anyPossible, anything, exactly, notPossible, type Possible } from "./possible.ts";
import { nameOf, type Trust, trustIn, trustOf } from "./trust.ts";

/** All that a line tells for one rule. */
export interface LoggedFacts {
  readonly line: LoggedDecision;
  readonly principal: LoggedPrincipal;
  readonly input: RuleInput;
  readonly param: (name: string) => Trust;
  /** Takes what was needed and is not there, in words. */
  lack(text: string): void;
}

/** What a rule of the new policy may come out as for a logged decision. */
export type RuleJudge = (rule: Rule, facts: LoggedFacts) => Possible;

/**
 * Makes the judge of the rules of a policy. Leaves are judged by the code that judges requests, or not at all: where one reads
 * what is not logged, it may come out as anything.
 *
 * @param key the key of the log's pseudonyms, so that they can be compared with what a rule spells out.
 */
export function createRuleJudge({ rules, acrLevels }: PolicyDocument, key: KeyObject | undefined): RuleJudge {
  const alone = definePolicy({ acrLevels, routes: {} });
  const compiled = new Map<string, CompiledRule>();

  function evaluate(leaf: LeafRule, { input }: LoggedFacts): Possible {
    const text = JSON.stringify(leaf);
    let rule = compiled.get(text);
    if (rule === undefined) {
      rule = alone.compile(leaf);
      // The rules of guards come from the log, and may be of any number.
      if (compiled.size >= 10_000) compiled.clear();
      compiled.set(text, rule);
    }
    return exactly(rule.evaluate(input));
  }

  function lacking(facts: LoggedFacts, text: string): Possible {
    facts.lack(text);
    return anything;
  }

  /** Compares an operand with what the rule spells out. */
  function compareWith<Leaf extends EqualRule | OneOfRule>(
    leaf: Leaf,
    operand: Operand,
    facts: LoggedFacts,
    hashed: (hash: (literal: Literal) => Literal) => Leaf,
  ): Possible {
    const trust = trustOf(operand, facts.line, facts.principal, facts.param);
    if (trust === "withheld") return lacking(facts, `${nameOf(operand)} is not logged`);
    if (trust !== "hashed") return evaluate(leaf, facts);
    if (key === undefined) return lacking(facts, `${nameOf(operand)} is logged as a pseudonym; pass --hash-key-file`);
    return evaluate(
      hashed((literal) => (typeof literal === "string" ? pseudonymOf(key, literal) : literal)),
      facts,
    );
  }

  function judgeEqual(leaf: EqualRule, facts: LoggedFacts): Possible {
    const [left, right] = leaf.equal;
    if (typeof right !== "object") {
      return compareWith(leaf, left, facts, (hash) => ({ equal: [left, hash(right)] }));
    }
    const trusts = [left, right].map((operand) => trustOf(operand, facts.line, facts.principal, facts.param));
    // Of what is missing the comparison is indeterminate, whatever the other is.
    if (trusts.includes("missing")) return exactly(undefined);
    const withheld = [left, right].filter((_, index) => trusts[index] === "withheld");
    if (withheld.length > 0) return lacking(facts, `${withheld.map(nameOf).join(" and ")} is not logged`);
    if (trusts[0] === trusts[1]) return evaluate(leaf, facts);
    return lacking(facts, `of ${nameOf(left)} and ${nameOf(right)} one alone is logged as a pseudonym`);
  }

  function judgeStepUp(leaf: LeafRule & { readonly stepUp: object }, facts: LoggedFacts): Possible {
    const { principal } = facts;
    const unlogged = ["acr", "amr"].filter(
      (name) => name in leaf.stepUp && trustIn(principal.claims, name) === "withheld",
    );
    if (principal.kind !== "user" || unlogged.length === 0) return evaluate(leaf, facts);
    return lacking(facts, `${unlogged.map((name) => `claim "${name}"`).join(" and ")} is not logged`);
  }

  function judge(rule: Rule, facts: LoggedFacts): Possible {
    if (typeof rule === "string") return evaluate(rule, facts);
    if ("allOf" in rule) return allPossible(rule.allOf.map((part) => judge(part, facts)));
    if ("anyOf" in rule) return anyPossible(rule.anyOf.map((part) => judge(part, facts)));
    if ("not" in rule) return notPossible(judge(rule.not, facts));
    if ("rule" in rule) return judge(rules[rule.rule] as Rule, facts);
    if ("custom" in rule || "delegate" in rule) {
      return lacking(facts, "what functions and engines answered is not logged");
    }
    if ("equal" in rule) return judgeEqual(rule, facts);
    if ("oneOf" in rule) {
      const [operand, values] = rule.oneOf;
      return compareWith(rule, operand, facts, (hash) => ({
        oneOf: [operand, values.map(hash) as [Literal, ...Literal[]]],
      }));
    }
    if ("stepUp" in rule) return judgeStepUp(rule, facts);
    if ("ip" in rule && facts.line.address === undefined) return lacking(facts, "the address is not logged");
    return evaluate(rule, facts);
  }

  return judge;
}

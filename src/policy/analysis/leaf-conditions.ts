import { isLevel } from "../acr-levels.ts";
import type { Ternary } from "../evaluation.ts";
import type { Literal, OneOrMore, Operand, Rule, StepUpNeeds } from "../rule.ts";
import { addresses } from "./addresses.ts";
import { ages } from "./ages.ts";
import { type BoundRule, leavesOf, opaqueKey, ruleEntry } from "./bound-rule.ts";
import type { CallerProfile } from "./caller-profile.ts";
import type { Choice, Diagram } from "./decision-diagram.ts";
import { memberships } from "./memberships.ts";
import { opaqueLeaves } from "./opaque-leaves.ts";
import { operandSource } from "./operand-source.ts";
import { operands } from "./operands.ts";
import { roles } from "./roles.ts";
import { namedText } from "./texts.ts";
import type { Condition, Variable, Variables } from "./variables.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** Where leaves are true and false, with all that excludes or follows from one another. */
export interface LeafConditions {
  condition(leaf: Rule, bound: BoundRule): Condition;
  /** What can be at a time, of all that was asked about so far. */
  feasible(): Diagram;
  /** The variables of the leaves that nobody can foresee. */
  opaqueLevels(): ReadonlySet<number>;
  describe(choice: Choice): WitnessFacts;
}

/** @param bounds all rules whose leaves will be asked about. */
export function leafConditions(
  variables: Variables,
  profile: Variable<CallerProfile>,
  bounds: readonly BoundRule[],
): LeafConditions {
  const { and, or, not, always, never } = variables.diagrams;
  const named = namesIn(bounds);
  const groups = memberships(variables, profile, (caller) => caller.groups);
  const scopes = memberships(variables, profile, ({ scopes: presence }) =>
    presence === "always" ? ["closed"] : presence === "maybe" ? ["closed", "unknown"] : ["unknown"],
  );
  const methods = memberships(variables, profile, () => ["closed"]);
  const accounts = new Set([...named("account"), ...named("issuer").filter(isAccount)]);
  const role = roles(variables, profile, new Set(named("role")), accounts);
  const issuers = namedText(
    variables,
    profile,
    ({ issuer }) => (issuer === "always" ? "always" : "never"),
    new Set(named("issuer")),
    "https://issuer.example",
  );
  const clients = namedText(variables, profile, (caller) => caller.clientId, new Set(named("client")), "other-client");
  const age = ages(variables, profile, new Set(stepUpsIn(bounds).flatMap(({ maxAge }) => maxAge ?? [])));
  const address = addresses(variables, new Set(named("ip")));
  const values = operands(variables, profile);
  const opaque = opaqueLeaves(variables);
  const isUser = profile.where(({ kind }) => kind === "user");

  for (const { rule, rules, acrLevels, parts } of bounds) {
    for (const leaf of leavesOf(rule, rules)) {
      const [key, argument] = ruleEntry(leaf);
      if (key === "equal") {
        const [left, right] = argument as readonly [Operand, Operand | Literal];
        const source = operandSource(left, parts);
        if (isOperand(right)) values.notePair(source, operandSource(right, parts));
        else values.noteTest(source, { literals: [right], judge: equals(right) });
      }
      if (key === "oneOf") {
        const [operand, literals] = argument as readonly [Operand, readonly Literal[]];
        values.noteTest(operandSource(operand, parts), { literals, judge: isAny(literals) });
      }
      if (key === "stepUp") {
        const { acr, amr } = argument as StepUpNeeds;
        if (acr !== undefined) values.noteTest(acrClaim, { literals: acrLevels, judge: isAtLeast(acr, acrLevels) });
        if (amr !== undefined) values.noteList(amrClaim);
      }
    }
  }

  function issuerCondition(names: readonly string[]): Condition {
    const byAccount = profile.where(({ issuer }) => issuer === "account");
    const own = issuers.condition(names);
    const ids = names.filter(isAccount);
    const account = ids.length === 0 ? { yes: never, no: always } : role.account(ids);
    return { yes: or(own.yes, and(byAccount, account.yes)), no: or(own.no, and(byAccount, account.no)) };
  }

  function stepUpCondition({ acr, amr, maxAge }: StepUpNeeds, levels: readonly string[]): Condition {
    const demands: Condition[] = [];
    if (acr !== undefined) demands.push(values.test(acrClaim, isAtLeast(acr, levels)));
    if (amr !== undefined) {
      const isList = values.isList(amrClaim);
      const used = methods.condition(listOf(amr));
      demands.push({ yes: and(isList, used.yes), no: and(isList, used.no) });
    }
    if (maxAge !== undefined) demands.push(age.atMost(maxAge));
    return { yes: and(isUser, ...demands.map(({ yes }) => yes)), no: and(isUser, or(...demands.map(({ no }) => no))) };
  }

  function kindCondition(test: (caller: CallerProfile) => boolean): Condition {
    const yes = profile.where(test);
    return { yes, no: not(yes) };
  }

  function leafCondition(leaf: Rule, bound: BoundRule): Condition {
    const { parts, acrLevels } = bound;
    const [key, argument] = ruleEntry(leaf);
    if (key === "anyone") return { yes: always, no: never };
    if (key === "authenticated") return kindCondition(({ kind }) => kind !== "guest" && kind !== "anonymous");
    if (key === "guest") return kindCondition(({ kind }) => kind === "guest");
    if (key === "group") return groups.condition(listOf(argument as string));
    if (key === "scope") return scopes.condition(listOf(argument as string));
    if (key === "role") return role.role(listOf(argument as string));
    if (key === "account") return role.account(listOf(argument as string));
    if (key === "issuer") return issuerCondition(listOf(argument as string));
    if (key === "client") return clients.condition(listOf(argument as string));
    if (key === "ip") return address.condition(listOf(argument as string));
    if (key === "stepUp") return stepUpCondition(argument as StepUpNeeds, acrLevels);
    if (key === "equal") {
      const [left, right] = argument as readonly [Operand, Operand | Literal];
      const source = operandSource(left, parts);
      if (isOperand(right)) return values.same(source, operandSource(right, parts));
      return values.test(source, equals(right));
    }
    if (key === "oneOf") {
      const [operand, literals] = argument as readonly [Operand, readonly Literal[]];
      return values.test(operandSource(operand, parts), isAny(literals));
    }
    return opaque.condition(opaqueKey(leaf, bound));
  }

  return {
    condition: leafCondition,
    feasible: () =>
      and(...[groups, scopes, role, issuers, clients, age, values].map((dimension) => dimension.feasible())),
    opaqueLevels: opaque.levels,
    describe: (choice) => ({
      cost: choice.cost,
      profile: profile.valueIn(choice),
      groups: groups.describe(choice),
      scopes: scopes.describe(choice),
      methods: methods.describe(choice)?.names ?? [],
      role: role.describe(choice),
      issuer: issuers.describe(choice),
      clientId: clients.describe(choice),
      age: age.describe(choice),
      address: address.describe(choice),
      operands: values.describe(choice),
      opaque: opaque.describe(choice),
    }),
  };
}

const acrClaim = operandSource({ claim: "acr" }, new Map());
const amrClaim = operandSource({ claim: "amr" }, new Map());

/** Gathers what leaves of one kind name, in all rules. */
function namesIn(bounds: readonly BoundRule[]): (wanted: string) => readonly string[] {
  const entries = bounds.flatMap(({ rule, rules }) => leavesOf(rule, rules).map(ruleEntry));
  return (wanted) => entries.flatMap(([key, argument]) => (key === wanted ? listOf(argument as string) : []));
}

function stepUpsIn(bounds: readonly BoundRule[]): readonly StepUpNeeds[] {
  const entries = bounds.flatMap(({ rule, rules }) => leavesOf(rule, rules).map(ruleEntry));
  return entries.flatMap(([key, argument]) => (key === "stepUp" ? [argument as StepUpNeeds] : []));
}

function listOf(names: OneOrMore<string>): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

function isAccount(name: string): boolean {
  return /^\d{12}$/.test(name);
}

function isOperand(value: Operand | Literal): value is Operand {
  return typeof value === "object";
}

function equals(literal: Literal): (value: Literal) => Ternary {
  return (value) => (typeof value === typeof literal ? value === literal : undefined);
}

/** As `oneOf` judges: whether another value is none of a mixed list cannot be told. */
function isAny(literals: readonly Literal[]): (value: Literal) => Ternary {
  return (value) => {
    if (literals.includes(value)) return true;
    return literals.every((literal) => typeof literal === typeof value) ? false : undefined;
  };
}

function isAtLeast(level: string, levels: readonly string[]): (value: Literal) => Ternary {
  return (value) => (isLevel(value, levels) ? levels.indexOf(value) >= levels.indexOf(level) : undefined);
}

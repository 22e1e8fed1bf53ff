import { custom, delegate } from "./asking-leaves.ts";
import { account, anyone, authenticated, client, group, guest, issuer, role, scope } from "./caller-leaves.ts";
import { equal, oneOf } from "./comparison-leaves.ts";
import { quote } from "./explain.ts";
import { ip } from "./ip-leaf.ts";
import { isOperandKey } from "./operands.ts";
import { keyStep, type Place } from "./policy-error.ts";
import { onlyEntry, readList, readName } from "./read-json.ts";
import {
  allOfNode,
  anyOfNode,
  type LeafKind,
  namedNode,
  notNode,
  type RuleNode,
  type Vocabulary,
} from "./rule-node.ts";
import { stepUp } from "./step-up-leaf.ts";
import { suggestion } from "./suggestion.ts";

/** The most levels that a rule may have, those of the named rules in it included. */
export const maximumDepth = 32;

/** The fault of a rule with more levels. */
export const tooDeep: string = `the rule is nested deeper than ${maximumDepth} levels, named rules included; make it flatter`;

/**
 * The most leaves that a rule may have, those of the named rules in it included. Levels alone bound no rule: ten of four
 * references each come to a million leaves, all of which are judged for every request.
 */
const maximumLeaves = 10_000;

const tooLarge = `the rule has more than ${maximumLeaves} leaves, those of named rules counted wherever they are used, and a long leaf once for every hundred characters; make it smaller`;

/** Finds a named rule, or reports at the place of its use why there is none. */
export type FindNamed = (name: string, at: Place) => RuleNode | undefined;

/** What a rule takes from the policy that it stands in. */
export interface RuleContext extends Vocabulary {
  readonly findNamed: FindNamed;
}

/**
 * Reads a rule of unknown shape. The node holds a frozen copy, so nothing that happens to `value` later changes it.
 *
 * @returns undefined where it is no rule; the faults have been reported then, all of them.
 */
export function readRule(value: unknown, at: Place, context: RuleContext): RuleNode | undefined {
  const reading: Reading = { context, level: 0, leaves: 0 };
  const node = readPart(value, at, reading);
  return reading.leaves > maximumLeaves ? at.report(tooLarge) : node;
}

/** How far one rule has been read. */
interface Reading {
  readonly context: RuleContext;
  /** The level of the part that is being read; that of the rule itself is 1. */
  level: number;
  /**
   * How many leaves have been read. A rule that has too many is not read to its end: an object that holds another twice, and that
   * one a third, is short to write and long to read.
   */
  leaves: number;
}

/** Reads a rule that may stand in another, one level below it, and counts it. */
function readPart(value: unknown, at: Place, reading: Reading): RuleNode | undefined {
  if (reading.leaves > maximumLeaves) return undefined;
  const before = reading.leaves;
  reading.level += 1;
  const node = reading.level > maximumDepth ? at.report(tooDeep) : readNode(value, at, reading);
  reading.level -= 1;
  // A leaf or a name, which has no parts that were counted; and what is none, such as an empty list, took its time as well.
  if (reading.leaves === before) reading.leaves += node?.leaves ?? 1;
  return node;
}

function readNode(value: unknown, at: Place, reading: Reading): RuleNode | undefined {
  if (typeof value === "string") return wordLeaves.get(value) ?? at.report(unknownRule(value));
  const entry = onlyEntry(value, at, "a rule is a string or an object with one key");
  if (entry === undefined) return undefined;
  const [key, argument] = entry;
  const combine = combinators.get(key);
  return combine ? combine(argument, at.inside(`.${key}`), reading) : readLeaf(entry, at, reading.context);
}

function readLeaf(
  [key, argument]: readonly [string, unknown],
  at: Place,
  vocabulary: Vocabulary,
): RuleNode | undefined {
  const kind = leaves.get(key);
  if (kind !== undefined) return kind(argument, at.inside(`.${key}`), vocabulary);
  if (isOperandKey(key)) {
    return at.reportKey(`${key} is an operand and no rule; compare it with equal or oneOf`, keyStep(key));
  }
  return at.reportKey(unknownRule(key), keyStep(key));
}

/** The leaves that are a word. */
const wordLeaves: ReadonlyMap<string, RuleNode> = new Map([
  ["anyone", anyone],
  ["authenticated", authenticated],
  ["guest", guest],
]);

/** The leaves that are an object, by their key. */
const leaves: ReadonlyMap<string, LeafKind> = new Map([
  ["group", group],
  ["scope", scope],
  ["role", role],
  ["account", account],
  ["issuer", issuer],
  ["client", client],
  ["ip", ip],
  ["equal", equal],
  ["oneOf", oneOf],
  ["stepUp", stepUp],
  ["custom", custom],
  ["delegate", delegate],
]);

type Combine = (argument: unknown, at: Place, reading: Reading) => RuleNode | undefined;

const combinators: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["allOf", listOf(allOfNode)],
  ["anyOf", listOf(anyOfNode)],
  ["not", readNot],
  ["rule", readNamed],
]);

const knownRules: readonly string[] = [...wordLeaves.keys(), ...leaves.keys(), ...combinators.keys()];

function unknownRule(name: string): string {
  return `there is no rule ${quote(name)}${suggestion(name, knownRules)}; the rules are ${knownRules.join(", ")}`;
}

function listOf(make: (parts: readonly [RuleNode, ...RuleNode[]]) => RuleNode): Combine {
  return (argument, at, reading) => {
    const nodes = readList(argument, at, (item, place) => readPart(item, place, reading));
    return nodes && make(nodes);
  };
}

function readNot(argument: unknown, at: Place, reading: Reading): RuleNode | undefined {
  const node = readPart(argument, at, reading);
  return node && notNode(node);
}

function readNamed(argument: unknown, at: Place, { context, level }: Reading): RuleNode | undefined {
  const name = readName(argument, at, "the name of a rule in rules");
  const target = name === undefined ? undefined : context.findNamed(name, at);
  if (name === undefined || target === undefined) return undefined;
  if (level + target.height > maximumDepth) return at.report(tooDeep);
  return namedNode(Object.freeze({ rule: name }), `rule(${quote(name)})`, target);
}

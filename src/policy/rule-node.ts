import type { Principal } from "../principal.ts";
import { RequestHeaders } from "../request.ts";
import { always, type Cases, inAll, inAny, never } from "./cases.ts";
import type { CompiledRule, RuleInput, Ternary } from "./evaluation.ts";
import type { ExplainedOperand, ExplainedRule } from "./explain.ts";
import type { Place } from "./policy-error.ts";
import { noRemedy, type Remedy, remedyOfAll, remedyOfAny } from "./remedy.ts";
import type { Question, Subject } from "./replies.ts";
import type { Rule } from "./rule.ts";

/** A rule that has been read: what it is made of, and how it judges. Rules are trees of these. */
export interface RuleNode extends Pick<CompiledRule, "source" | "headers" | "asks" | "evaluate" | "explain"> {
  /** The parameters of the route that it reads, those of named rules included. */
  readonly params: ReadonlySet<string>;
  /** How many levels it has, itself and those of named rules included. */
  readonly height: number;
  /** How many leaves it has, those of named rules wherever they are used; a long one counts once for every hundred characters. */
  readonly leaves: number;
  /** The rule in the spelling of the combinators. */
  text(): string;
  /**
   * The questions that are open and whose answers could bring it to a value: none where it has it, undefined where no answer
   * would.
   */
  questionsFor(value: boolean, input: RuleInput): readonly Question[] | undefined;
  /** What would make it true: nothing where it is true, undefined where nothing can that a caller could gain by himself. */
  remedy(input: RuleInput): Remedy | undefined;
  /** When it comes to a value, for one caller and any request of a route. */
  casesFor(value: boolean, caller: Principal): Cases;
  /** The rules in it by which more decides than who calls and which values parameters must have, whoever calls. */
  openFor(value: boolean): readonly string[];
}

/** One kind of leaf: it reads what follows its key; where it cannot, the fault has been reported. */
export type LeafKind = (argument: unknown, at: Place, vocabulary: Vocabulary) => RuleNode | undefined;

/** What leaves take from the policy that they stand in. */
export interface Vocabulary {
  /** The levels of authentication, least first. */
  readonly acrLevels: readonly string[];
  /** Whom `custom` and `delegate` may ask, by name. */
  readonly functions: ReadonlyMap<string, Subject>;
  readonly engines: ReadonlyMap<string, Subject>;
}

/** What a leaf looked at. */
export interface Observation {
  readonly operands: readonly ExplainedOperand[];
  /** What was missing, and from whom; only where the leaf is indeterminate. */
  readonly missing?: string;
}

/** What a kind of leaf tells about one rule of its kind. */
export interface LeafProgram {
  readonly source: Rule;
  readonly text: string;
  readonly headers?: readonly string[];
  readonly params?: readonly string[];
  /** What would make it true where it is not; undefined where the caller could not gain it. */
  remedy?(input: RuleInput, value: Ternary): Remedy | undefined;
  /** What it asks, while it has no answer; only for a kind of leaf that asks. */
  openQuestion?(input: RuleInput): Question | undefined;
  /** Whether it looks at more of a request than its path, or at the time. */
  readonly varies?: boolean;
  /** When it is true for one caller, and undefined where it is then never false either; only for a kind of leaf that reads parameters. */
  holdsWhere?(caller: Principal): Cases | undefined;
  evaluate(input: RuleInput): Ternary;
  /** Looks again, for an explanation, at what made it come out as `value`. */
  observe(input: RuleInput, value: Ternary): Observation;
}

/** A rule without parts. */
export function leafNode(program: LeafProgram): RuleNode {
  const {
    source,
    text,
    headers,
    params,
    remedy,
    openQuestion,
    varies = false,
    holdsWhere,
    evaluate,
    observe,
  } = program;
  const isOpenFor = (value: boolean) => varies || (holdsWhere !== undefined && !value);
  const open = (value: boolean) => [value ? text : `not(${text})`];
  return {
    source,
    headers: setOf(headers),
    params: setOf(params),
    height: 1,
    // Its text tells how long its lists are, and how much every explanation repeats.
    leaves: Math.ceil(text.length / 100),
    asks: openQuestion !== undefined,
    evaluate,
    questionsFor(value, input) {
      const question = openQuestion?.(input);
      if (question !== undefined) return [question];
      return evaluate(input) === value ? none : undefined;
    },
    text: () => text,
    explain(input) {
      const value = evaluate(input);
      return { rule: text, value: shown(value), ...observe(input, value) };
    },
    remedy(input) {
      const value = evaluate(input);
      return value === true ? noRemedy : remedy?.(input, value);
    },
    casesFor(value, caller) {
      if (varies) return { open: open(value) };
      if (holdsWhere === undefined) return evaluate(anyRequestOf(caller)) === value ? always : never;
      const cases = holdsWhere(caller);
      if (cases === undefined) return never;
      return value ? cases : { open: open(value) };
    },
    openFor: (value) => (isOpenFor(value) ? open(value) : []),
  };
}

/** What a leaf is evaluated on, and an operand found in, that looks at the caller alone. */
export function anyRequestOf(principal: Principal): RuleInput {
  return { principal, request: anyRequest, target: anyTarget, params: {}, now: Number.NaN };
}

const anyRequest = Object.freeze({ method: "GET", target: "/", wire: false, headers: new RequestHeaders([]) });
const anyTarget = Object.freeze({ path: "/", segments: [], trailingSlash: false, query: undefined });

/** True where all parts are true, false where one is false. */
export function allOfNode(parts: readonly [RuleNode, ...RuleNode[]]): RuleNode {
  // A list of functions: to find that of each part takes longer than many of them.
  const judges = parts.map((part) => part.evaluate);
  function evaluate(input: RuleInput): Ternary {
    let value: Ternary = true;
    for (const judge of judges) {
      const own = judge(input);
      if (own === false) return false;
      if (own === undefined) value = undefined;
    }
    return value;
  }
  return {
    ...joined("allOf", parts, evaluate),
    source: Object.freeze({ allOf: sources(parts) }),
    questionsFor: (value, input) => (value ? questionsForAll : questionsForAny)(parts, value, input),
    remedy: (input) => remedyOfAll(parts.map((part) => part.remedy(input))),
    casesFor: (value, caller) => (value ? inAll : inAny)(parts.map((part) => part.casesFor(value, caller))),
  };
}

/** True where one part is true, false where all are false. */
export function anyOfNode(parts: readonly [RuleNode, ...RuleNode[]]): RuleNode {
  // A list of functions: to find that of each part takes longer than many of them.
  const judges = parts.map((part) => part.evaluate);
  function evaluate(input: RuleInput): Ternary {
    let value: Ternary = false;
    for (const judge of judges) {
      const own = judge(input);
      if (own === true) return true;
      if (own === undefined) value = undefined;
    }
    return value;
  }
  return {
    ...joined("anyOf", parts, evaluate),
    source: Object.freeze({ anyOf: sources(parts) }),
    questionsFor: (value, input) => (value ? questionsForAny : questionsForAll)(parts, value, input),
    remedy: (input) => (evaluate(input) === true ? noRemedy : remedyOfAny(parts.map((part) => part.remedy(input)))),
    casesFor: (value, caller) => (value ? inAny : inAll)(parts.map((part) => part.casesFor(value, caller))),
  };
}

/** True where the part is false; what is unknown stays unknown. */
export function notNode(part: RuleNode): RuleNode {
  function evaluate(input: RuleInput): Ternary {
    const own = part.evaluate(input);
    return own === undefined ? undefined : !own;
  }
  return {
    ...joined("not", [part], evaluate),
    source: Object.freeze({ not: part.source }),
    questionsFor: (value, input) => part.questionsFor(!value, input),
    remedy: (input) => (part.questionsFor(false, input) === undefined ? undefined : noRemedy),
    casesFor: (value, caller) => part.casesFor(!value, caller),
    openFor: (value) => part.openFor(!value),
  };
}

/** A rule by its name in the policy; it judges as that rule does. */
export function namedNode(source: Rule, text: string, target: RuleNode): RuleNode {
  return {
    ...target,
    source,
    height: target.height + 1,
    text: () => text,
    explain(input) {
      const child = target.explain(input);
      return { rule: text, value: child.value, children: [child] };
    },
  };
}

/** What the three ways of joining rules have in common. */
function joined(
  combinator: "allOf" | "anyOf" | "not",
  parts: readonly RuleNode[],
  evaluate: RuleNode["evaluate"],
): Omit<RuleNode, "source" | "remedy" | "questionsFor" | "casesFor"> {
  const text = () => `${combinator}(${parts.map((part) => part.text()).join(", ")})`;
  return {
    headers: union(parts.map((part) => part.headers)),
    params: union(parts.map((part) => part.params)),
    height: 1 + parts.reduce((most, { height }) => Math.max(most, height), 0),
    leaves: parts.reduce((sum, { leaves }) => sum + leaves, 0),
    asks: parts.some((part) => part.asks),
    evaluate,
    openFor: (value) => [...new Set(parts.flatMap((part) => part.openFor(value)))],
    text,
    explain: (input): ExplainedRule => ({
      rule: text(),
      value: shown(evaluate(input)),
      combinator,
      children: parts.map((part) => part.explain(input)),
    }),
  };
}

const none: readonly Question[] = Object.freeze([]);
// Most rules read no header and no parameter. One set for all of them spares ten thousand routes half of their memory.
const noNames: ReadonlySet<string> = new Set();

function setOf(names: readonly string[] = []): ReadonlySet<string> {
  return names.length === 0 ? noNames : new Set(names);
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first = noNames, ...others] = sets.filter(({ size }) => size > 0);
  return others.length === 0 ? first : new Set([first, ...others].flatMap((names) => [...names]));
}

/** The questions that bring all of the parts to a value. */
function questionsForAll(
  parts: readonly RuleNode[],
  value: boolean,
  input: RuleInput,
): readonly Question[] | undefined {
  const open: Question[] = [];
  for (const part of parts) {
    const own = part.questionsFor(value, input);
    if (own === undefined) return undefined;
    for (const question of own) open.push(question);
  }
  return open;
}

/** The questions that bring one of the parts to a value. */
function questionsForAny(
  parts: readonly RuleNode[],
  value: boolean,
  input: RuleInput,
): readonly Question[] | undefined {
  const open: Question[] = [];
  for (const part of parts) {
    const own = part.questionsFor(value, input);
    if (own?.length === 0) return none;
    for (const question of own ?? none) open.push(question);
  }
  return open.length === 0 ? undefined : open;
}

function shown(value: Ternary): boolean | "indeterminate" {
  return value ?? "indeterminate";
}

function sources([first, ...rest]: readonly [RuleNode, ...RuleNode[]]): readonly [Rule, ...Rule[]] {
  return Object.freeze([first.source, ...rest.map((part) => part.source)] as const);
}

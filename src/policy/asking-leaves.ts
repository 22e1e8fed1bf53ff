import { AuthError } from "../errors.ts";
import type { RuleInput } from "./evaluation.ts";
import { type ExplainedOperand, quote } from "./explain.ts";
import { inquiryKey, inquiryOf } from "./inquiry-of.ts";
import { literalNode, type OperandNode } from "./operand-node.ts";
import { isLiteral, readOperand } from "./operands.ts";
import { keyStep, type Place } from "./policy-error.ts";
import { entriesOf, readName, typeText } from "./read-json.ts";
import { noRemedy } from "./remedy.ts";
import type { Question, Reply, Subject } from "./replies.ts";
import type { Arguments, Call, Literal, Rule } from "./rule.ts";
import { type LeafKind, leafNode, type Vocabulary } from "./rule-node.ts";
import { listed, suggestion } from "./suggestion.ts";

/** `{ custom }` */
export const custom: LeafKind = askingLeaf({
  key: "custom",
  source: (call) => ({ custom: call }),
  subjects: ({ functions }) => functions,
  nouns: ["function", "functions"],
});

/** `{ delegate }` */
export const delegate: LeafKind = askingLeaf({
  key: "delegate",
  source: (call) => ({ delegate: call }),
  subjects: ({ engines }) => engines,
  nouns: ["engine", "engines"],
});

/** What tells the two kinds of leaf apart that ask somebody else. */
interface AskingLeaf {
  readonly key: "custom" | "delegate";
  source(call: Call): Rule;
  subjects(vocabulary: Vocabulary): ReadonlyMap<string, Subject>;
  readonly nouns: readonly [one: string, option: "functions" | "engines"];
}

/** An argument that has been read, with its name. */
interface Argument {
  readonly name: string;
  readonly node: OperandNode;
}

/** Arguments with what they came to. */
type Given = readonly (readonly [name: string, value: Literal])[];

/** Nobody could be asked who would be asked about. */
const unasked = new AuthError("decision_unavailable", { reason: "somebody who decides has not been asked" });

/**
 * A leaf whose value is what somebody answers. It takes the reply from the input, so that all that looks at a rule sees the
 * same one and nobody is asked twice; where an argument is not known, nobody is asked at all.
 */
function askingLeaf(kind: AskingLeaf): LeafKind {
  return function readLeaf(argument, at, vocabulary) {
    const call = readCall(argument, at);
    if (call === undefined) return undefined;
    const { name, args } = call;
    const subject = findSubject(kind, name, vocabulary, at);
    if (subject === undefined) return undefined;
    const nodes = args.map(({ node }) => node);

    function questionOn(input: RuleInput): (Question & { readonly reply: Reply | undefined }) | undefined {
      const given = givenBy(args, input);
      if (given === undefined) return undefined;
      const key = inquiryKey(input, given);
      const reply = input.replies?.get(subject as Subject, key);
      return {
        subject: subject as Subject,
        key,
        reply,
        outage: reply?.outage ?? unasked,
        ask: () => (subject as Subject).ask(inquiryOf(input, given)),
      };
    }

    /** The question while it has no reply to go by. */
    function openQuestion(input: RuleInput): Question | undefined {
      const question = questionOn(input);
      const open = question !== undefined && (question.reply === undefined || question.reply.outage !== undefined);
      return open ? question : undefined;
    }

    return leafNode({
      source: Object.freeze(kind.source(call.source)),
      text: `${kind.key}(${[quote(name), ...argumentsText(args)].join(", ")})`,
      headers: nodes.flatMap(({ header }) => header ?? []),
      params: nodes.flatMap(({ param }) => param ?? []),
      // Nobody knows yet that an open question stands in the way.
      remedy: (input) => (openQuestion(input) === undefined ? undefined : noRemedy),
      openQuestion,
      varies: true,
      evaluate: (input) => questionOn(input)?.reply?.value,
      observe(input, value) {
        const seen = nodes.flatMap((node) => node.observe?.(input) ?? []);
        const operands = seen.map(({ shown }) => shown);
        const reply = questionOn(input)?.reply;
        if (value !== undefined) return { operands: [...operands, ...reasonsOf(reply)] };
        const lacks = seen.flatMap(({ lack }) => lack ?? []);
        return { operands, missing: lacks.join("; ") || silence(subject, reply) };
      },
    });
  };
}

/** What an engine went by, shown as if it were one more thing that was looked at. */
function reasonsOf(reply: Reply | undefined): readonly ExplainedOperand[] {
  if (reply?.decidedBy === undefined) return [];
  return [{ operand: "decided by", state: "present", value: reply.decidedBy }];
}

function silence({ phrase }: Subject, reply: Reply | undefined): string {
  if (reply === undefined) return `${phrase} was not asked`;
  return `${phrase} ${reply.failure ?? "could not tell"}`;
}

function givenBy(args: readonly Argument[], input: RuleInput): Given | undefined {
  const given: (readonly [string, Literal])[] = [];
  for (const { name, node } of args) {
    const value = node.value(input);
    if (value === undefined) return undefined;
    given.push([name, value]);
  }
  return given;
}

function findSubject(
  { subjects, nouns: [noun, option] }: AskingLeaf,
  name: string,
  vocabulary: Vocabulary,
  at: Place,
): Subject | undefined {
  const known = subjects(vocabulary);
  const subject = known.get(name);
  if (subject !== undefined) return subject;
  const names = listed(known.keys());
  const advice = names
    ? `there are ${names}`
    : `pass { ${option}: { ... } } beside the policy: to definePolicy, as extensions to loadPolicy, in --extensions to poolgate`;
  return at.report(`there is no ${noun} of the name ${quote(name)}${suggestion(name, known.keys())}; ${advice}`);
}

/** A call that has been read. */
interface ReadCall {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly source: Call;
}

function readCall(argument: unknown, at: Place): ReadCall | undefined {
  if (typeof argument === "string") {
    const name = readName(argument, at, "a name");
    return name === undefined ? undefined : { name, args: [], source: name };
  }
  const form = "write a name, or an object with name and arguments";
  const entries = entriesOf(argument);
  if (entries === undefined) return at.report(`${form}, not ${typeText(argument)}`);
  const unknown = entries.find(([key]) => key !== "name" && key !== "arguments");
  if (unknown !== undefined) return at.reportKey(`there is no ${quote(unknown[0])} here; ${form}`, keyStep(unknown[0]));
  const members = new Map(entries);
  const name = readName(members.get("name"), at.inside(".name"), "a name");
  const args = readArguments(members.get("arguments"), at.inside(".arguments"));
  if (name === undefined || args === undefined) return undefined;
  const sources = Object.fromEntries(args.map(({ name: key, node }) => [key, node.source]));
  return { name, args, source: Object.freeze({ name, arguments: Object.freeze(sources) as Arguments }) };
}

function readArguments(value: unknown, at: Place): readonly Argument[] | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return at.report(`write an object of operands and values, not ${typeText(value)}`);
  if (entries.length === 0) return at.report("it is empty; write the name alone");
  const read = entries.map(([name, item]) => {
    const place = at.inside(keyStep(name));
    const node = isLiteral(item) ? literalNode(item) : readOperand(item, place);
    return node && { name, node };
  });
  const args = read.filter((item) => item !== undefined);
  return args.length < read.length ? undefined : args;
}

function argumentsText(args: readonly Argument[]): readonly string[] {
  if (args.length === 0) return [];
  const members = args.map(({ name, node }) => `${/^[A-Za-z_]\w*$/.test(name) ? name : quote(name)}: ${node.text}`);
  return [`{ ${members.join(", ")} }`];
}

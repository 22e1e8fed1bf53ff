import { isCredentialHeader } from "../credential-headers.ts";
import { callerText, quote } from "./explain.ts";
import { foundText, hiddenOperand, type Lack, type OperandNode, repeated, shownOperand } from "./operand-node.ts";
import { keyStep, type Place } from "./policy-error.ts";
import { queryValue } from "./query-value.ts";
import { onlyEntry, readName } from "./read-json.ts";
import type { Literal, Operand } from "./rule.ts";
import { suggestion } from "./suggestion.ts";

// RFC 9110 Section 5.6.2.
const headerName = /^[\w!#$%&'*+\-.^`|~]+$/;

/** One kind of operand: what follows its key, and how it is read. */
type OperandKind = (argument: unknown, at: Place) => OperandNode<Operand> | undefined;

/** The one table of operands. */
const kinds: ReadonlyMap<string, OperandKind> = new Map([
  ["claim", named(claim)],
  ["tag", named(tag)],
  ["param", named(param)],
  ["query", named(query)],
  ["header", header],
  ["userId", constant(userId)],
  ["identityId", constant(identityId)],
]);

/** Whether a key is that of an operand, so that a rule in whose place an operand stands gets a better message. */
export function isOperandKey(key: string): boolean {
  return kinds.has(key);
}

/** Reads an operand; where it is none, the fault has been reported. */
export function readOperand(value: unknown, at: Place): OperandNode<Operand> | undefined {
  const entry = onlyEntry(value, at, `an operand is an object with one of the keys ${[...kinds.keys()].join(", ")}`);
  if (entry === undefined) return undefined;
  const [key, argument] = entry;
  const kind = kinds.get(key);
  if (kind === undefined) {
    const fault = `there is no operand ${quote(key)}${suggestion(key, kinds.keys())}`;
    return at.reportKey(`${fault}; the operands are ${[...kinds.keys()].join(", ")}`, keyStep(key));
  }
  return kind(argument, at.inside(`.${key}`));
}

/** Whether a value can be compared: a string, a finite number or a boolean. */
export function isLiteral(value: unknown): value is Literal {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}

function claim(name: string): OperandNode<Operand> {
  return shownOperand(
    { source: { claim: name }, text: `claim(${quote(name)})` },
    ({ principal }) => {
      const value = Object.hasOwn(principal.claims, name) ? principal.claims[name] : undefined;
      return isLiteral(value) ? value : undefined;
    },
    ({ principal }) =>
      Object.hasOwn(principal.claims, name)
        ? unreadable(`the claim ${quote(name)} of ${callerText(principal)} is no string, number or boolean`)
        : missing(`${callerText(principal)} has no claim ${quote(name)}`),
  );
}

function tag(name: string): OperandNode<Operand> {
  return shownOperand(
    { source: { tag: name }, text: `tag(${quote(name)})` },
    ({ principal }) => principal.tags.get(name),
    ({ principal }) => missing(`${callerText(principal)} has no tag ${quote(name)}`),
  );
}

function param(name: string): OperandNode<Operand> {
  return shownOperand(
    { source: { param: name }, text: `param(${quote(name)})`, param: name },
    ({ params }) => {
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return typeof value === "string" ? value : undefined;
    },
    ({ params }) =>
      Object.hasOwn(params, name)
        ? unreadable(`the parameter ${quote(name)} is no text`)
        : missing(`the route has no parameter ${quote(name)}`),
  );
}

function userId(): OperandNode<Operand> {
  return shownOperand(
    { source: { userId: true }, text: "userId" },
    ({ principal }) => principal.userId,
    ({ principal }) => missing(`${callerText(principal)} has no user id`),
  );
}

function identityId(): OperandNode<Operand> {
  return shownOperand(
    { source: { identityId: true }, text: "identityId" },
    ({ principal }) => principal.identityId,
    ({ principal }) => missing(`${callerText(principal)} has no identity id`),
  );
}

function query(name: string): OperandNode<Operand> {
  return hiddenOperand(
    { source: { query: name }, text: `query(${quote(name)})` },
    `query parameter ${quote(name)}`,
    (input) => queryValue(name, input.target.query),
  );
}

function header(argument: unknown, at: Place): OperandNode<Operand> | undefined {
  const name = readName(argument, at, "the name of a header");
  if (name === undefined) return undefined;
  if (!headerName.test(name))
    return at.report(`${quote(name)} cannot be the name of a header (RFC 9110 Section 5.6.2)`);
  const lowerCase = name.toLowerCase();
  // A rule that reads one would judge the proof, not the caller.
  if (isCredentialHeader(lowerCase)) {
    return at.report(`the header ${name} carries a credential or proof; rules read who is calling from the principal`);
  }
  return hiddenOperand(
    { source: { header: name }, text: `header(${quote(name)})`, header: lowerCase },
    `header ${quote(name)}`,
    ({ request }) => {
      const values = request.headers.all(lowerCase);
      return values.length > 1 ? repeated : foundText(values[0]);
    },
  );
}

function missing(lack: string): Lack {
  return { state: "missing", lack };
}

function unreadable(lack: string): Lack {
  return { state: "unreadable", lack };
}

function named(make: (name: string) => OperandNode<Operand>): OperandKind {
  return (argument, at) => {
    const name = readName(argument, at, "a name");
    return name === undefined ? undefined : make(name);
  };
}

function constant(make: () => OperandNode<Operand>): OperandKind {
  return (argument, at) => (argument === true ? make() : at.report("write true"));
}

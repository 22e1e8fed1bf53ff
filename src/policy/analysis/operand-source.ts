import type { Operand } from "../rule.ts";
import type { CallerProfile, Presence } from "./caller-profile.ts";

/** Where the value of an operand comes from, and which values it can have. */
export interface OperandSource {
  /** Operands of one key have one value. */
  readonly key: string;
  readonly operand: SourceOperand;
  /** Whether a value can be a number or a boolean too. */
  readonly typed: boolean;
  presence(profile: CallerProfile): Presence;
  /** Whether it can be this text. */
  admits(text: string): boolean;
  /** Texts that it can be and that are not taken, as many as asked for where there are so many. */
  others(count: number, taken: ReadonlySet<string>): readonly string[];
}

/** An operand that is the same in all policies; parameters of routes are parts of the path. */
export type SourceOperand = Exclude<Operand, { param: string }> | { readonly path: PathPart };

/** A part of the path of a request, as a parameter of a route reads it. */
export interface PathPart {
  /** Parts of one key are the same part. */
  readonly key: string;
  admits(text: string): boolean;
  others(count: number, taken: ReadonlySet<string>): readonly string[];
}

/** Where the parameters of a route stand in the path. */
export type PathParts = ReadonlyMap<string, PathPart>;

// What encodeURIComponent refuses, and with that every target: half of a surrogate pair. No target has an escaped NUL either.
const inTargets = /^[^\0\p{Surrogate}]*$/u;
// RFC 9110 Section 5.5.
const inHeaders = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Whether a path or a query can carry a text. */
export function fitsTarget(text: string): boolean {
  return inTargets.test(text);
}

/** Whether a header can carry a text. */
export function fitsHeader(text: string): boolean {
  return inHeaders.test(text);
}

/** Tells where an operand's value comes from. */
export function operandSource(operand: Operand, parts: PathParts): OperandSource {
  if ("param" in operand) {
    // A policy is not loaded where a rule reads a parameter that its route lacks.
    const path = parts.get(operand.param) as PathPart;
    return { key: `path:${path.key}`, operand: { path }, ...text(() => "always", path.admits), others: path.others };
  }
  if ("claim" in operand) {
    const source = text(({ claims }) => (claims ? "maybe" : "never"));
    return { key: `claim:${operand.claim}`, operand, ...source, typed: true };
  }
  if ("tag" in operand) {
    return { key: `tag:${operand.tag}`, operand, ...text(({ tags }) => (tags ? "maybe" : "never")) };
  }
  if ("query" in operand) {
    const presence = fitsTarget(operand.query) ? "maybe" : "never";
    return {
      key: `query:${operand.query}`,
      operand,
      ...text(() => presence, fitsTarget),
    };
  }
  if ("header" in operand) {
    const key = `header:${operand.header.toLowerCase()}`;
    return {
      key,
      operand,
      ...text(() => "maybe", fitsHeader),
    };
  }
  if ("userId" in operand) return { key: "userId", operand, ...text(({ userId }) => userId, isNoEmptyText) };
  return { key: "identityId", operand, ...text(({ identityId }) => identityId, isNoEmptyText) };
}

function text(
  presence: OperandSource["presence"],
  admits: OperandSource["admits"] = () => true,
): Omit<OperandSource, "key" | "operand"> {
  return { typed: false, presence, admits, others: (count, taken) => otherTexts(count, taken) };
}

function isNoEmptyText(value: string): boolean {
  return value !== "";
}

/** Plain texts that are not taken, counted from `other-1`. */
export function otherTexts(count: number, taken: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (let number = 1; found.length < count; number += 1) {
    const text = `other-${number}`;
    if (!taken.has(text)) found.push(text);
  }
  return found;
}

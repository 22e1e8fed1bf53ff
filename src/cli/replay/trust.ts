import type { LoggedDecision, LoggedPrincipal, LoggedValues } from "../../observe/logged-decision.ts";
import { quote } from "../../policy/explain.ts";
import type { Operand } from "../../policy/rule.ts";

/**
 * What a line tells of a value: as it was, its pseudonym, that it was missing, or nothing.
 */
export type Trust = "plain" | "hashed" | "missing" | "withheld";

/** What a line tells of an operand, given what it tells of parameters. */
export function trustOf(
  operand: Operand,
  line: LoggedDecision,
  principal: LoggedPrincipal,
  param: (name: string) => Trust,
): Trust {
  if ("param" in operand) return param(operand.param);
  if ("claim" in operand) return trustIn(principal.claims, operand.claim);
  if ("tag" in operand) {
    const trust = trustIn(principal.tags, operand.tag);
    return trust === "plain" && line.params === "hash" ? "hashed" : trust;
  }
  if ("query" in operand) return trustIn(line.query, operand.query);
  if ("header" in operand) return trustIn(line.headers, operand.header.toLowerCase());
  if (line.ids === "omit") return "withheld";
  const id = "userId" in operand ? principal.userId : principal.identityId;
  if (id === undefined) return "missing";
  return line.ids === "hash" ? "hashed" : "plain";
}

/** What a line tells of an operand, as a person says it. */
export function nameOf(operand: Operand): string {
  const [[kind, name]] = Object.entries(operand) as [[string, string | true]];
  return name === true ? kind : `${kind} ${quote(name)}`;
}

export function trustIn(values: LoggedValues | undefined, name: string): Trust {
  if (values === undefined || !Object.hasOwn(values, name)) return "withheld";
  return values[name] === null ? "missing" : "plain";
}

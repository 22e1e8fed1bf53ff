import { escapeInvisible } from "../source-text.ts";
import type { PolicyDiff, RouteChange, Witness } from "./policy-diff.ts";
import { witnessCallerText, witnessRequestText } from "./witness-text.ts";

/** Spells a difference as lines for a person. */
export function diffText({ verdict, changes, added, removed }: Omit<PolicyDiff, "text">): string {
  const heading = {
    same: "the policies allow the same",
    different: "the policies differ in what they allow",
    unknown: "it cannot be told whether the policies allow the same",
  }[verdict];
  return [
    heading,
    ...added.map((key) => `+ ${key}`),
    ...removed.map((key) => `- ${key}`),
    ...changes.flatMap(changeLines).map(escapeInvisible),
  ].join("\n");
}

function changeLines(change: RouteChange): readonly string[] {
  const { gains, loses, unknown = [] } = change;
  return [
    titleOf(change),
    ...witnessLines("let in", gains),
    ...witnessLines("shut out", loses),
    ...unknown.map((reason) => `  cannot tell: ${reason}`),
    ...((gains ?? loses ?? unknown[0]) ? [] : ["  allows the same"]),
  ];
}

function titleOf(change: RouteChange): string {
  if (change.field !== undefined) return fieldTitleOf(change);
  const { connect, before, after } = change;
  if (connect) {
    if (before === undefined) return "connect, which had no rule";
    return after === undefined ? "connect, which has no rule any more" : "connect";
  }
  if (before === after) return before ?? "all routes";
  if (before === undefined) return `${after}, of requests that had no route`;
  return after === undefined ? `${before}, of requests that have no route any more` : `${before}, now ${after}`;
}

function fieldTitleOf({ open, before, after }: RouteChange): string {
  if (open === "old") return `fields ${after}, which came with the field that leads to it`;
  if (open === "new") return `fields ${before}, which now comes with the field that leads to it`;
  if (before === undefined) return `fields ${after}, of a policy that had no fields`;
  if (after === undefined) return `fields ${before}, of a policy that has no fields any more`;
  return before === after ? `fields ${before}` : `fields ${before}, now ${after}`;
}

function witnessLines(verb: string, witness: Witness | undefined): readonly string[] {
  if (witness === undefined) return [];
  const { caller, request, leaves, provided } = witness;
  return [
    `  ${provided.length > 0 ? `cannot tell, but perhaps ${verb}` : verb}: ${witnessCallerText(caller)}`,
    `    asks: ${witnessRequestText(request)}`,
    ...provided.map(({ leaf, answer }) => `    where ${leaf} is ${answer}`),
    ...leaves.map(({ leaf, policies, value }) => `    ${policies.join(" and ")}: ${leaf} is ${value}`),
  ];
}

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

function changeLines({ before, after, gains, loses, unknown = [] }: RouteChange): readonly string[] {
  return [
    titleOf(before, after),
    ...witnessLines("let in", gains),
    ...witnessLines("shut out", loses),
    ...unknown.map((reason) => `  cannot tell: ${reason}`),
    ...((gains ?? loses ?? unknown[0]) ? [] : ["  allows the same"]),
  ];
}

function titleOf(before: string | undefined, after: string | undefined): string {
  if (before === after) return before ?? "all routes";
  if (before === undefined) return `${after}, of requests that had no route`;
  return after === undefined ? `${before}, of requests that have no route any more` : `${before}, now ${after}`;
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

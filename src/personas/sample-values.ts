import { fitsHeader, fitsTarget } from "../policy/analysis/operand-source.ts";
import type { Literal, Operand } from "../policy/rule.ts";
import type { Principal } from "../principal.ts";
import type { ComparedOperand } from "./compared-operands.ts";

/** What is compared, each with a value; undefined where it is left out of the request. */
export type Assignment = readonly (readonly [ComparedOperand, string | undefined])[];

/**
 * All combinations of the values by which a caller can be told apart from others: each value that something is compared with, be it
 * written in the rule or an attribute of the caller, and another one.
 *
 * @param sample the value for which no rule asks.
 */
export function* sampleAssignments(
  compared: readonly ComparedOperand[],
  principal: Principal,
  sample: string,
): Generator<Assignment> {
  for (const values of combinations(compared.map((operand) => valuesOf(operand, principal, sample)))) {
    yield compared.map((operand, index) => [operand, values[index]] as const);
  }
}

/** The headers of an assignment: `[name, value, name, value, ...]`. */
export function assignedHeaders(assignment: Assignment): readonly string[] {
  return assignment.flatMap(([{ source, name }, value]) =>
    source === "header" && value !== undefined ? [name, value] : [],
  );
}

/** The query of an assignment with its question mark; empty where it has none. */
export function assignedQuery(assignment: Assignment): string {
  const pieces = assignment.flatMap(([{ source, name }, value]) =>
    source === "query" && value !== undefined ? `${encodeURIComponent(name)}=${encodeURIComponent(value)}` : [],
  );
  return pieces.length === 0 ? "" : `?${pieces.join("&")}`;
}

function valuesOf(
  { source, name, others }: ComparedOperand,
  principal: Principal,
  sample: string,
): readonly (string | undefined)[] {
  // What no request can carry is not tried.
  if (source === "query" && !fitsTarget(name)) return [undefined];
  const fits = source === "header" ? fitsHeader : fitsTarget;
  const known = others
    .flatMap((other) => textOf(other, principal) ?? [])
    .filter((value) => value !== "" && fits(value));
  const values = new Set<string | undefined>([sample, ...known]);
  // A path has all of its parameters; a query or a header may be missing.
  return source === "param" ? [...values] : [undefined, ...values];
}

function textOf(other: Operand | Literal, principal: Principal): string | undefined {
  if (typeof other !== "object") return typeof other === "string" ? other : undefined;
  const value =
    "tag" in other
      ? principal.tags.get(other.tag)
      : "claim" in other
        ? principal.claims[other.claim]
        : "userId" in other
          ? principal.userId
          : "identityId" in other
            ? principal.identityId
            : undefined;
  return typeof value === "string" ? value : undefined;
}

function* combinations<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of combinations(rest)) for (const value of first) yield [value, ...tail];
}

import type { Ternary } from "../../policy/evaluation.ts";

/** What a rule may come out as: true, false and indeterminate, each possible or not. */
export interface Possible {
  readonly yes: boolean;
  readonly no: boolean;
  readonly open: boolean;
}

/** Nothing is known of it. */
export const anything: Possible = Object.freeze({ yes: true, no: true, open: true });

/** It came out. */
export function exactly(value: Ternary): Possible {
  return { yes: value === true, no: value === false, open: value === undefined };
}

/**
 * All of them, each by itself: what two rules have in common is not seen, so that more is held possible than is, never less.
 */
export function allPossible(parts: readonly Possible[]): Possible {
  const yes = parts.every((part) => part.yes);
  const no = parts.some((part) => part.no);
  const open = parts.some((part) => part.open) && parts.every((part) => part.yes || part.open);
  return { yes, no, open };
}

/** Any of them, each by itself. */
export function anyPossible(parts: readonly Possible[]): Possible {
  return notPossible(allPossible(parts.map(notPossible)));
}

/** The opposite. */
export function notPossible({ yes, no, open }: Possible): Possible {
  return { yes: no, no: yes, open };
}

import type { Found } from "./compare-rules.ts";
import type { RouteChange, Witness } from "./policy-diff.ts";

/** A change in the making. */
export interface ChangeDraft extends Pick<RouteChange, "field" | "connect" | "open"> {
  /** The keys that the policies find it under; null where they have none. */
  readonly before: string | null;
  readonly after: string | null;
  gains?: Kept;
  loses?: Kept;
  readonly unknown: Set<string>;
}

/** The plainest witness so far. */
interface Kept {
  readonly cost: number;
  readonly certain: boolean;
  readonly witness: Witness;
}

type Facts = NonNullable<Found["certain"]>;

/** More than any witness costs. */
const costOfDoubt = 1_000_000;

/** Keeps the plainest witness, and before all one that is certain. */
export function takeFound(
  draft: ChangeDraft,
  way: "gains" | "loses",
  { certain, possible, tooComplex }: Found,
  makeWitness: (facts: Facts, certain: boolean) => Witness,
): void {
  if (tooComplex) draft.unknown.add("its rules are too complex to compare");
  const facts = certain ?? possible;
  if (facts === undefined) return;
  const known = draft[way];
  const isCertain = certain !== undefined;
  const cost = facts.cost + (isCertain ? 0 : costOfDoubt);
  if (known !== undefined && known.cost <= cost) return;
  draft[way] = { cost, certain: isCertain, witness: makeWitness(facts, isCertain) };
}

/** Whether nothing has been found, and nothing is open. */
export function isUneventful({ gains, loses, unknown }: ChangeDraft): boolean {
  return gains === undefined && loses === undefined && unknown.size === 0;
}

/** A change as it is told; none where nothing happens, and the keys are the same. */
export function changesOf(draft: ChangeDraft): readonly RouteChange[] {
  const { field, connect, open, before, after, gains, loses, unknown } = draft;
  const moved = before !== null && after !== null && before !== after;
  if (isUneventful(draft) && !moved) return [];
  return [
    Object.freeze({
      ...(field !== undefined && { field }),
      ...(connect && { connect }),
      ...(open !== undefined && { open }),
      ...(before !== null && { before }),
      ...(after !== null && { after }),
      ...(gains !== undefined && { gains: gains.witness }),
      ...(loses !== undefined && { loses: loses.witness }),
      ...(unknown.size > 0 && { unknown: Object.freeze([...unknown]) }),
    }),
  ];
}

import type { ChangeDraft } from "./change-draft.ts";
import { boundIn, type ComparePlaces, type NamedPolicy } from "./compare-places.ts";
import type { Side } from "./compare-rules.ts";
import { connectPlace, connectRoute } from "./connect-place.ts";

/** Compares who may open a WebSocket connection. */
export function diffConnect(
  compare: ComparePlaces,
  [old, fresh]: readonly [old: NamedPolicy, fresh: NamedPolicy],
): readonly ChangeDraft[] {
  const [before, after] = [sideOf(old), sideOf(fresh)];
  if (before.key === undefined && after.key === undefined) return [];
  const draft: ChangeDraft = {
    connect: true,
    before: before.key ?? null,
    after: after.key ?? null,
    unknown: new Set(),
  };
  compare(draft, connectPlace, before, after);
  return [draft];
}

function sideOf({ name, policy }: NamedPolicy): Side {
  const { connect } = policy.document;
  if (connect === undefined) return { name, policy, key: undefined, bound: undefined };
  return { name, policy, key: connectRoute, bound: boundIn(policy.document, connect, new Map(), connectRoute) };
}

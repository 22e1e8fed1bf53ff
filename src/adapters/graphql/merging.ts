import type { SelectionSetNode } from "graphql";
import type { TypeSet } from "./type-sets.ts";

/** A field of a document. */
export interface SelectedField {
  /** Its alias, else its name. */
  readonly key: string;
  readonly name: string;
  /** The types that it is a field of. */
  readonly types: TypeSet;
  /** The types behind it; undefined where a rule is for none of them. */
  readonly next: TypeSet | undefined;
  /** Its selections, where it has some. */
  readonly set: SelectionSetNode | undefined;
  readonly depth: number;
}

/** Selections, and the types that they are run on as those of another field. */
export interface MergedSelections {
  readonly set: SelectionSetNode;
  readonly next: TypeSet;
  readonly depth: number;
}

/** The fields whose selections an executor may run as those of another one. */
export interface Merging {
  add(field: SelectedField): void;
  /** All pairs of them, those too that are added meanwhile. */
  merged(): Iterable<MergedSelections>;
}

/**
 * Finds fields of one response name that one value may have, under different names. The first of them is run, with the selections of
 * all (https://spec.graphql.org/October2021/#MergeSelectionSets()). Validation refuses such a document, but not everybody validates.
 *
 * @param look is told how many types are about to be compared; it throws where that gets too much.
 */
export function createMerging(look: (times: number) => void): Merging {
  const byKey = new Map<string, Map<string, SelectedField[]>>();
  const found: MergedSelections[] = [];

  function note(run: SelectedField, merged: SelectedField): void {
    if (run.next !== undefined && merged.set !== undefined)
      found.push({ set: merged.set, next: run.next, depth: merged.depth });
  }

  return {
    add(field) {
      if (field.next === undefined && field.set === undefined) return;
      const byName = byKey.get(field.key) ?? new Map<string, SelectedField[]>();
      byKey.set(field.key, byName);
      const own = new Set(byName.size > 0 ? field.types.types : []);
      for (const [name, others] of byName) {
        if (name === field.name) continue;
        for (const other of others) {
          look(other.types.types.length);
          if (!other.types.types.some((type) => own.has(type))) continue;
          note(other, field);
          note(field, other);
        }
      }
      const alike = byName.get(field.name) ?? [];
      alike.push(field);
      byName.set(field.name, alike);
    },
    *merged() {
      // What is visited for one pair may add others.
      for (let index = 0; index < found.length; index += 1) yield found[index] as MergedSelections;
    },
  };
}

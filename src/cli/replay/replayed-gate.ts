import type { CompiledRule } from "../../policy/evaluation.ts";
import type { Trust } from "./trust.ts";

/** What was asked for: a route, `$connect` among them, or GraphQL fields. Without either it had no route. */
export interface ReplayedPlace {
  readonly route?: string;
  readonly fields?: readonly string[];
}

/** A rule of the new policy that must hold for a logged request, and what it can read. */
export interface ReplayedGate {
  readonly rule: CompiledRule;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly param: (name: string) => Trust;
  /** Where it stands. */
  readonly place: ReplayedPlace;
}

/** The rules that a logged request would have to pass. */
export interface FoundGates {
  readonly gates: readonly ReplayedGate[];
  /** All that was asked for. */
  readonly place: ReplayedPlace;
  /** That the policy has no rule for a part of it, which denies all. */
  readonly ruleless?: boolean;
  /** Why there may be further rules, of which nobody can tell. */
  readonly doubt?: string;
}

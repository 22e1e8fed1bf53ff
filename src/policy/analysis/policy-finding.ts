import type { FieldKey } from "../field-key.ts";
import type { SourceLocation } from "../source-location.ts";
import type { Witness, WitnessCaller, WitnessRequest } from "./policy-diff.ts";

/** The codes of findings. */
export const findingCodes = [
  "always_true",
  "no_signed_caller",
  "no_token_caller",
  "redundant_alternative",
  "redundant_condition",
  "unused_rule",
  "group_case",
  "overlapping_routes",
  "cannot_tell",
] as const;

/**
 * What a finding is about:
 *
 * - `always_true`: a rule that everybody passes, and that is not written `anyone`.
 * - `no_signed_caller`: a route, fields or `connect` that nobody who signs can ever pass.
 * - `no_token_caller`: such that nobody with a token can ever pass.
 * - `redundant_alternative`: a part that lets nobody in whom the rest does not.
 * - `redundant_condition`: a part that shuts nobody out whom the rest does not.
 * - `unused_rule`: a named rule that neither a route, a field, `connect` nor `require` uses.
 * - `group_case`: a group that another rule writes in other case.
 * - `overlapping_routes`: a route some of whose requests go to more specific ones.
 * - `cannot_tell`: a question that is open, since a function or an engine is asked or the rule is too complex.
 */
export type FindingCode = (typeof findingCodes)[number];

/** Somebody who passes a route, a field or `connect`, and a request of his. */
export interface FindingWitness {
  readonly caller: WitnessCaller;
  /** Absent where the plainest request would go to another route. */
  readonly request?: WitnessRequest;
  /** What functions and engines would have to answer; empty where he passes whatever they answer. */
  readonly provided: Witness["provided"];
}

/** One thing that an analysis has found in a policy. */
export interface PolicyFinding {
  readonly code: FindingCode;
  /** A warning is likely a mistake, and an error under `poolgate check --strict`; a note is worth knowing and asks for nothing. */
  readonly severity: "warning" | "note";
  /** Where it is, such as `routes["GET /a"].anyOf[1]`, `rules.office` or `require`, as faults have it. */
  readonly where: string;
  /** The path of the key, where it is about a key and not about a value. */
  readonly key?: string;
  /** The key of the route that it is about. */
  readonly route?: string;
  /** The key of `fields` that it is about. */
  readonly field?: FieldKey;
  /** That it is about `connect`. */
  readonly connect?: true;
  /** The name of the named rule that it is about. */
  readonly rule?: string;
  /** What was found, as a sentence. */
  readonly finding: string;
  /** Of overlapping routes: the keys of the more specific ones, twenty at most. */
  readonly winners?: readonly string[];
  /** Who passes, where that helps. */
  readonly witness?: FindingWitness;
  /** Where that is in the text of the document; absent where the policy was not read from text. */
  readonly location?: SourceLocation;
}

/** What {@link PolicyFinding} is made of before it has a place in a text. */
export type Finding = Omit<PolicyFinding, "location">;

/** What an analysis tells about a policy. */
export interface PolicyAnalysis {
  /** In the order of the text; those of a policy that was not read from text in the order of its document. */
  readonly findings: readonly PolicyFinding[];
  /** All of it as lines for a person. */
  readonly text: string;
}

import type { Policy, PolicyDocument } from "../define-policy.ts";
import { anyCallers } from "./any-callers.ts";
import { callerProfiles } from "./caller-model.ts";
import { type ChangeDraft, changesOf, isUneventful } from "./change-draft.ts";
import { type NamedPolicy, placeComparison } from "./compare-places.ts";
import { diffConnect } from "./diff-connect.ts";
import { diffFields } from "./diff-fields.ts";
import { diffRoutes } from "./diff-routes.ts";
import { diffText } from "./diff-text.ts";
import type { PolicyDiff } from "./policy-diff.ts";

/** What {@link diffPolicies} takes beside the policies. */
export interface DiffOptions {
  /**
   * Whether there are verifiers beside those of poolgate, so that callers may have any attributes; false by default, which
   * compares for the callers that poolgate's verifiers make.
   */
  readonly customVerifiers?: boolean;
}

/**
 * Tells whom a new policy lets in and shuts out, by meaning and not by text: for each route, each GraphQL field and `connect` a
 * smallest caller and request that one policy allows and the other denies. Each has been judged by both policies before he is
 * reported.
 *
 * Fields are compared without their schema. `Query`, `Mutation` and `Subscription` are taken for the types that operations begin
 * with, and for nothing else. A field of another type that only one policy has a key for is judged by that one alone: in the
 * other it comes with the field that leads to it, so that everybody has it there. Where operations may begin with such a type, and
 * only then the policies differ, it is told as unknown.
 *
 * What a function or an engine answers cannot be foreseen, but it counts as the same in both policies where a rule asks the
 * same under the same route, of the same field, or of a connection. What an authorizer refuses ahead of the policy is not
 * compared, such as a header that a signed caller did not sign.
 */
export function diffPolicies(old: Policy, fresh: Policy, options: DiffOptions = {}): PolicyDiff {
  const profiles = options.customVerifiers ? [...callerProfiles, ...anyCallers.slice(1)] : callerProfiles;
  const policies: readonly [NamedPolicy, NamedPolicy] = [
    { name: "old", policy: old },
    { name: "new", policy: fresh },
  ];
  const compare = placeComparison(profiles, old.document, fresh.document);
  const drafts = [diffRoutes, diffFields, diffConnect].flatMap((diff) => diff(compare, policies));
  return report(drafts, old.document, fresh.document);
}

function report(drafts: readonly ChangeDraft[], old: PolicyDocument, fresh: PolicyDocument): PolicyDiff {
  const different = drafts.some(({ gains, loses }) => gains?.certain || loses?.certain);
  const facts = {
    verdict: different ? "different" : drafts.every(isUneventful) ? "same" : "unknown",
    changes: Object.freeze(drafts.flatMap(changesOf)),
    added: Object.freeze(Object.keys(fresh.routes).filter((key) => !Object.hasOwn(old.routes, key))),
    removed: Object.freeze(Object.keys(old.routes).filter((key) => !Object.hasOwn(fresh.routes, key))),
  } as const;
  return Object.freeze({ ...facts, text: diffText(facts) });
}

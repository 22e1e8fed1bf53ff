import type { Authorizer, Granted } from "../../authorizer.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import type { Policy } from "../../policy/define-policy.ts";
import { authorizerContext } from "./authorizer-context.ts";
import type { Caching } from "./caching.ts";
import { keyedRequest } from "./identity-source.ts";
import { wholeStage } from "./kept-policy.ts";
import { maximumAnswerBytes, type Outcome, tooLarge } from "./outcome.ts";
import type { Question } from "./question.ts";
import { createTables } from "./table/table-of.ts";

/** Judges questions whose answers the gateway keeps, and gives to other requests with the same key. */
export function createKeptJudge(
  authorizer: Authorizer,
  caching: Exclude<Caching, { readonly mode: "off" }>,
): <Answer>(question: Question<Answer>) => Promise<Outcome<Answer>> {
  const { mode, sources, clock, cacheTtl, unrouted, tell } = caching;
  const tableOf = createTables(unrouted);
  const keepable = new WeakMap<Policy, boolean>();

  const livePolicy = () => (authorizer.policy?.current ?? authorizer.policy) as Policy;

  /** A policy that was exchanged while the process runs may have rules that the first one had not. */
  function requireKeepable(policy: Policy): void {
    const known =
      keepable.get(policy) ?? (policy.varying().length === 0 && !(mode === "table" && policy.document.strict));
    keepable.set(policy, known);
    if (known) return;
    throw new AuthError("configuration_error", {
      reason: "the policy that is live now has rules by which no answer can be kept",
    });
  }

  const until = () => new Date(clock() + cacheTtl * 1_000);

  async function judgeOne<Answer>(question: Question<Answer>): Promise<Outcome<Answer>> {
    const request = question.toRequest();
    const [path = ""] = request.target.split("?");
    const decision = await authorizer.authorize(
      sources === undefined ? { ...request, target: path } : keyedRequest(request, path, sources),
    );
    if (decision.allowed !== true) return decision;
    const { principal } = decision;
    const answer = question.allow(principal, authorizerContext(principal, undefined, until()));
    return fits(answer) ? { answer } : { error: tooLarge(), principal };
  }

  /** By one policy, also where it is exchanged meanwhile. */
  async function grantsOf<Answer>(question: Question<Answer>): Promise<Granted & { readonly policy: Policy }> {
    const credentials = question.toCredentials();
    for (;;) {
      const policy = livePolicy();
      const request = sources === undefined ? credentials : keyedRequest(credentials, credentials.target, sources);
      const granted = await authorizer.grants(request);
      if (policy === livePolicy()) return { ...granted, policy };
    }
  }

  async function judgeAll<Answer>(question: Question<Answer>): Promise<Outcome<Answer>> {
    const { principal, grants, policy } = await grantsOf(question);
    const context = authorizerContext(principal, undefined, until());
    if (mode === "coarse") {
      const answer = question.allowAll(principal, context, wholeStage);
      return answer !== undefined && fits(answer) ? { answer } : { error: tooLarge(), principal };
    }
    requireKeepable(policy);
    const table = tableOf(policy, grants);
    if ("denied" in table) {
      tell({ type: "exact_instead", principalId: principal.id, reason: "not_expressible" });
      return judgeOne(question);
    }
    for (const { route, param } of table.refused)
      tell({ type: "value_refused", principalId: principal.id, route, param });
    const answer = question.allowAll(principal, context, table);
    if (answer !== undefined && fits(answer)) return { answer };
    tell({ type: "exact_instead", principalId: principal.id, reason: "too_large" });
    return judgeOne(question);
  }

  return async (question) => {
    try {
      if (sources !== undefined) question.requireKey(sources, question.toCredentials());
      if (mode !== "exact") return await judgeAll(question);
      requireKeepable(livePolicy());
      return await judgeOne(question);
    } catch (thrown) {
      return { error: toAuthError(thrown) };
    }
  };
}

function fits(answer: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(answer)) <= maximumAnswerBytes;
}

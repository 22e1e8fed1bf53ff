import { BatchIsAuthorizedCommand, IsAuthorizedCommand } from "@aws-sdk/client-verifiedpermissions";
import { proceed } from "../../../awaitable.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../../../configuration.ts";
import type { EngineAnswer, PolicyEngine } from "../../extensions.ts";
import { type ReasonedAnswer, Undecided } from "../../reasoned-answer.ts";
import { type EngineQuestion, questionOf } from "../engine-question.ts";
import { mappingOptionNames, readMapping } from "../mapping-options.ts";
import { type AnswerCache, createAnswerCache, noAnswerCache } from "./answer-cache.ts";
import { gatherQuestions } from "./gather.ts";
import { callFault, type PermissionsOutcome, readAnswer, readAnswers } from "./permissions-answer.ts";
import { type PermissionsQuestion, permissionsQuestion } from "./permissions-question.ts";
import type { VerifiedPermissionsOptions } from "./verified-permissions-options.ts";

const owner = "verifiedPermissionsEngine";

/**
 * Makes an engine for `delegate` rules that asks Amazon Verified Permissions. It needs `@aws-sdk/client-verifiedpermissions`.
 *
 * Questions of one caller that come at the same moment go in one call. An answer counts only where the store could evaluate all
 * of its policies; where Verified Permissions cannot be asked the request is refused with 503 `decision_unavailable`.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { VerifiedPermissionsClient } from "@aws-sdk/client-verifiedpermissions";
 * import { definePolicy, delegate, param } from "poolgate";
 * import { verifiedPermissionsEngine } from "poolgate/verified-permissions";
 *
 * const permissions = verifiedPermissionsEngine({
 *   client: new VerifiedPermissionsClient({ region: "eu-west-1" }),
 *   policyStoreId: "PSEXAMPLEabcdefg111111",
 *   namespace: "Api",
 * });
 * const write = delegate("permissions", { action: "write", resourceType: "Api::Article", resourceId: param("id") });
 * const policy = definePolicy({ routes: { "PUT /articles/:id": write } }, { engines: { permissions } });
 * ```
 */
export function verifiedPermissionsEngine(options: VerifiedPermissionsOptions): PolicyEngine {
  const own = ["client", "policyStoreId", "cache", "timeoutSeconds"];
  refuseUnknownOptions(owner, options, [...own, ...mappingOptionNames]);
  const { client, timeoutSeconds } = options;
  if (typeof client?.send !== "function") {
    throw invalid("client", 'pass new VerifiedPermissionsClient({ region: "eu-west-1" })');
  }
  const policyStoreId = requireText(`${owner}.policyStoreId`, options.policyStoreId, "PSEXAMPLEabcdefg111111");
  if (!/^[A-Za-z0-9-]{1,200}$/.test(policyStoreId)) throw invalid("policyStoreId", "must be the id of a policy store");
  const mapping = readMapping(owner, options);
  const cache = readCache(options.cache);

  const put = gatherQuestions(async ({ questions, entities }, abortSignal) => {
    const shared = { policyStoreId, entities: { entityList: [...entities] } };
    const [first] = questions as readonly [PermissionsQuestion];
    const alone = questions.length === 1;
    const command = alone
      ? new IsAuthorizedCommand({ ...shared, ...first.item })
      : new BatchIsAuthorizedCommand({ ...shared, requests: questions.map(({ item }) => item) });
    try {
      const output = await client.send(command as never, { abortSignal });
      return alone ? [readAnswer(output)] : readAnswers(output, questions);
    } catch (thrown) {
      throw callFault(thrown);
    }
  });

  function ask(question: EngineQuestion, askedAt: number, signal: AbortSignal): EngineAnswer {
    if (!question.groupsKnown) throw new Undecided("not all groups of the caller are known");
    const spelled = permissionsQuestion(question, policyStoreId);
    const known = cache.get(spelled.key, askedAt);
    if (known !== undefined) return known;
    return put(spelled, signal).then((outcome: PermissionsOutcome): ReasonedAnswer => {
      if (outcome instanceof Undecided) throw outcome;
      cache.set(spelled.key, outcome, askedAt);
      return outcome;
    });
  }

  return {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    decide: (inquiry, inquiryOptions): EngineAnswer =>
      proceed(questionOf(inquiry, inquiryOptions, mapping), (question) =>
        ask(question, inquiry.now, inquiryOptions.signal),
      ),
  };
}

function readCache(cache: VerifiedPermissionsOptions["cache"]): AnswerCache {
  if (cache === undefined) return noAnswerCache;
  const option = `${owner}.cache`;
  refuseUnknownOptions(option, cache, ["maxAgeSeconds", "entries"]);
  const seconds = requireInteger(`${option}.maxAgeSeconds`, cache.maxAgeSeconds, 1, 300);
  return createAnswerCache(seconds * 1000, requireInteger(`${option}.entries`, cache.entries ?? 10_000, 1, 1_000_000));
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `${owner}.${option}`, message);
}

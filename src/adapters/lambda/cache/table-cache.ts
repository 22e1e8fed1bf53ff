import type { Authorizer, Granted } from "../../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../../configuration.ts";
import type { Policy } from "../../../policy/define-policy.ts";
import { anonymous } from "../../../principal.ts";
import { authorizerContext } from "../authorizer-context.ts";
import type { LambdaAuthorizerFormat } from "../lambda-authorizer-format.ts";
import { fitsGateway, type Judge } from "../outcome.ts";
import type { Question } from "../question.ts";
import { type CacheEvent, cacheEventTeller } from "./cache-event.ts";
import { defineCache } from "./define-cache.ts";
import type { GatewayCache } from "./gateway-cache.ts";
import {
  type HttpIdentitySource,
  type IdentitySources,
  keyedRequest,
  type RestIdentitySource,
} from "./identity-source.ts";
import { oneRequestJudge } from "./judge-one.ts";
import { keepablePolicyCheck, livePolicy, refuseFaults, varyingFaults } from "./keepable-policy.ts";
import {
  type GatewayCacheOptions,
  type IdentitySourceOption,
  type Keeping,
  keepingOptionNames,
  type NoIdentitySource,
  readKeeping,
} from "./keeping.ts";
import { keptStatements } from "./kept-statements.ts";
import { routeFaults, tableFaults } from "./table/table-faults.ts";
import { createTables } from "./table/table-of.ts";

/** What {@link tableCache} takes beside the identity sources. */
export interface TableCacheOptions extends GatewayCacheOptions {
  /**
   * What becomes of a path that no route of the policy matches. `deny`, the default: the table denies it, which some tables of
   * routes make impossible. `gateway`: the gateway has a route of its own for each route of the policy, and none beside them, neither
   * `{proxy+}` nor `$default`, so that it answers such a path itself.
   */
  readonly unrouted?: "deny" | "gateway";
  /** Called when an answer is less than the mode promises. Without it, the first of each kind becomes a process warning. */
  readonly onCacheEvent?: (event: CacheEvent) => void;
}

const name = "tableCache";

/**
 * A mode for {@link lambdaAuthorizer}: the answer is all that the policy grants to the caller, as patterns of ARNs.
 *
 * @throws ConfigurationError where an option is faulty; from `lambdaAuthorizer`, where a verifier or a rule makes an answer wrong for
 * the next request, or no patterns tell the routes of the policy apart.
 *
 * @example
 * ```ts
 * import type { Authorizer } from "poolgate";
 * import { lambdaAuthorizer, tableCache } from "poolgate/lambda";
 *
 * declare const authorizer: Authorizer;
 * export const handler = lambdaAuthorizer(authorizer, { format: "rest-token", cache: tableCache({ cacheTtl: 300 }) });
 * ```
 */
export function tableCache(options: TableCacheOptions & NoIdentitySource): GatewayCache<"rest-token">;
export function tableCache(
  options: TableCacheOptions & IdentitySourceOption<RestIdentitySource>,
): GatewayCache<"rest-request">;
export function tableCache(
  options: TableCacheOptions & IdentitySourceOption<HttpIdentitySource>,
): GatewayCache<"http-policy" | "http-policy-1.0">;
export function tableCache(
  options: TableCacheOptions & (NoIdentitySource | IdentitySourceOption<RestIdentitySource | HttpIdentitySource>),
): GatewayCache<LambdaAuthorizerFormat> {
  refuseUnknownOptions(name, options, [...keepingOptionNames, "unrouted", "onCacheEvent"]);
  const keeping = readKeeping(name, options);
  const { unrouted = "deny" } = options;
  if (unrouted !== "deny" && unrouted !== "gateway") {
    throw new ConfigurationError("invalid_option", `${name}.unrouted`, 'write "deny" or "gateway"');
  }
  const tell = cacheEventTeller(`${name}.onCacheEvent`, options.onCacheEvent);
  const denyUnrouted = unrouted === "deny";
  return defineCache({
    name,
    formats: ["rest-token", "rest-request", "http-policy", "http-policy-1.0"],
    sources: keeping.sources,
    judgeBy(authorizer) {
      refuseTableless(livePolicy(authorizer), denyUnrouted);
      return tableJudge(authorizer, keeping, denyUnrouted, tell);
    },
  });
}

/** Refuses a policy of which no table can be written, whoever calls. */
function refuseTableless(policy: Policy, denyUnrouted: boolean): void {
  refuseFaults(name, varyingFaults(policy));
  const advice = denyUnrouted ? ', or unrouted: "gateway" where it applies' : "";
  refuseFaults(name, tableFaults(policy, policy.grants(anonymous), denyUnrouted), advice);
}

function tableJudge(
  authorizer: Authorizer,
  { sources, until }: Keeping,
  denyUnrouted: boolean,
  tell: (event: CacheEvent) => void,
): Judge {
  const tableOf = createTables(denyUnrouted);
  const requireKeepable = keepablePolicyCheck(
    (policy) => policy.varying().length === 0 && routeFaults(policy, policy.grants(anonymous)).length === 0,
  );
  const judgeOne = oneRequestJudge(authorizer, { sources, until });

  return async function judgeAll(question) {
    const { principal, grants, policy } = await callerGrants(authorizer, question, sources);
    const { id: principalId } = principal;
    requireKeepable(policy);
    const table = tableOf(policy, grants);
    if ("denied" in table) {
      tell({ type: "exact_instead", principalId, reason: "not_expressible" });
      return judgeOne(question);
    }
    for (const { route, param } of table.refused) tell({ type: "value_refused", principalId, route, param });
    const asked = question.asked();
    const statements = asked && keptStatements(asked, table);
    if (statements !== undefined) {
      const answer = question.allow(principal, authorizerContext(principal, undefined, until()), statements);
      if (fitsGateway(answer)) return { answer };
    }
    tell({ type: "exact_instead", principalId, reason: "too_large" });
    return judgeOne(question);
  };
}

/** Who asks, and what one policy grants him, also where the policy is exchanged meanwhile. */
async function callerGrants(
  authorizer: Authorizer,
  question: Question<unknown>,
  sources: IdentitySources | undefined,
): Promise<Granted & { readonly policy: Policy }> {
  const credentials = question.toCredentials();
  for (;;) {
    const policy = livePolicy(authorizer);
    const granted = await authorizer.grants(keyedRequest(credentials, credentials.target, sources));
    if (policy === livePolicy(authorizer)) return { ...granted, policy };
  }
}

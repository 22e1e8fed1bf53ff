import { ConfigurationError, refuseUnknownOptions } from "../../../configuration.ts";
import type { LambdaAuthorizerFormat } from "../lambda-authorizer-format.ts";
import { defineCache } from "./define-cache.ts";
import type { GatewayCache } from "./gateway-cache.ts";
import type { HttpIdentitySource, RestIdentitySource } from "./identity-source.ts";
import { oneRequestJudge } from "./judge-one.ts";
import { keepablePolicyCheck, livePolicy, refuseFaults, varyingFaults } from "./keepable-policy.ts";
import { type GatewayCacheOptions, type IdentitySourceOption, keepingOptionNames, readKeeping } from "./keeping.ts";

/**
 * A mode for {@link lambdaAuthorizer}: an answer is for one method and path, and the gateway keeps it under both.
 *
 * Method and path must be among the identity sources.
 *
 * @throws ConfigurationError where an option is faulty; from `lambdaAuthorizer`, where a verifier or a rule makes an answer wrong for
 * the next request.
 *
 * @example
 * ```ts
 * import type { Authorizer } from "poolgate";
 * import { exactCache, lambdaAuthorizer } from "poolgate/lambda";
 *
 * declare const authorizer: Authorizer;
 * export const handler = lambdaAuthorizer(authorizer, {
 *   format: "http-simple",
 *   cache: exactCache({
 *     cacheTtl: 300,
 *     identitySource: ["$request.header.Authorization", "$context.httpMethod", "$context.path"],
 *   }),
 * });
 * ```
 */
export function exactCache(
  options: GatewayCacheOptions & IdentitySourceOption<RestIdentitySource>,
): GatewayCache<"rest-request">;
export function exactCache(
  options: GatewayCacheOptions & IdentitySourceOption<HttpIdentitySource>,
): GatewayCache<"http-simple" | "http-policy" | "http-policy-1.0">;
export function exactCache(
  options: GatewayCacheOptions & IdentitySourceOption<RestIdentitySource | HttpIdentitySource>,
): GatewayCache<LambdaAuthorizerFormat> {
  const name = "exactCache";
  refuseUnknownOptions(name, options, keepingOptionNames);
  const keeping = readKeeping(name, options);
  const { sources } = keeping;
  if (!(sources?.method && sources.path)) {
    const dollar = sources?.kind === "rest" ? "" : "$";
    throw new ConfigurationError(
      sources === undefined ? "missing_option" : "invalid_option",
      `${name}.identitySource`,
      `an answer for one request is kept for others unless the key has "${dollar}context.httpMethod" and "${dollar}context.path"; add both, at the gateway too`,
    );
  }
  return defineCache({
    name,
    formats: ["rest-request", "http-simple", "http-policy", "http-policy-1.0"],
    sources,
    judgeBy(authorizer) {
      refuseFaults(name, varyingFaults(livePolicy(authorizer)));
      const requireKeepable = keepablePolicyCheck((policy) => policy.varying().length === 0);
      const judgeOne = oneRequestJudge(authorizer, keeping);
      return async (question) => {
        requireKeepable(livePolicy(authorizer));
        const outcome = await judgeOne(question);
        // It may have been exchanged meanwhile.
        requireKeepable(livePolicy(authorizer));
        return outcome;
      };
    },
  });
}

import { refuseUnknownOptions } from "../../../configuration.ts";
import { authorizerContext } from "../authorizer-context.ts";
import type { LambdaAuthorizerFormat } from "../lambda-authorizer-format.ts";
import { fitsGateway, tooLarge } from "../outcome.ts";
import { defineCache } from "./define-cache.ts";
import type { GatewayCache } from "./gateway-cache.ts";
import { type HttpIdentitySource, keyedRequest, type RestIdentitySource } from "./identity-source.ts";
import {
  type GatewayCacheOptions,
  type IdentitySourceOption,
  keepingOptionNames,
  type NoIdentitySource,
  readKeeping,
} from "./keeping.ts";
import { type ArnPatterns, keptStatements } from "./kept-statements.ts";

const wholeStage: ArnPatterns = { allow: ["*"], deny: [] };

/**
 * A mode for {@link lambdaAuthorizer}: every caller whose credential is good passes, and the function behind decides by the same
 * policy. One that does not, in `guardHandler` or with `authorize`, is open to all of them.
 *
 * @throws ConfigurationError where an option is faulty; from `lambdaAuthorizer`, where a verifier's word holds for one request.
 *
 * @example
 * ```ts
 * import type { Authorizer } from "poolgate";
 * import { coarseCache, lambdaAuthorizer } from "poolgate/lambda";
 *
 * declare const authorizer: Authorizer;
 * export const handler = lambdaAuthorizer(authorizer, { format: "rest-token", cache: coarseCache({ cacheTtl: 300 }) });
 * ```
 */
export function coarseCache(options: GatewayCacheOptions & NoIdentitySource): GatewayCache<"rest-token">;
export function coarseCache(
  options: GatewayCacheOptions & IdentitySourceOption<RestIdentitySource>,
): GatewayCache<"rest-request">;
export function coarseCache(
  options: GatewayCacheOptions & IdentitySourceOption<HttpIdentitySource>,
): GatewayCache<"http-simple" | "http-policy" | "http-policy-1.0">;
export function coarseCache(
  options: GatewayCacheOptions & (NoIdentitySource | IdentitySourceOption<RestIdentitySource | HttpIdentitySource>),
): GatewayCache<LambdaAuthorizerFormat> {
  const name = "coarseCache";
  refuseUnknownOptions(name, options, keepingOptionNames);
  const { sources, until } = readKeeping(name, options);
  return defineCache({
    name,
    formats: ["rest-token", "rest-request", "http-simple", "http-policy", "http-policy-1.0"],
    sources,
    judgeBy(authorizer) {
      return async function judgeCaller(question) {
        const credentials = question.toCredentials();
        const { principal } = await authorizer.grants(keyedRequest(credentials, credentials.target, sources));
        const asked = question.asked();
        const statements = asked && keptStatements(asked, wholeStage);
        const answer = question.allow(principal, authorizerContext(principal, undefined, until()), statements);
        const named = asked === undefined || statements !== undefined;
        return named && fitsGateway(answer) ? { answer } : { error: tooLarge(), principal };
      };
    },
  });
}

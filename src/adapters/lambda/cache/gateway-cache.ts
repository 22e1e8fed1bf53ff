import type { Authorizer } from "../../../authorizer.ts";
import type { LambdaAuthorizerFormat } from "../lambda-authorizer-format.ts";
import type { Judge } from "../outcome.ts";

/**
 * A mode in which the gateway keeps the answers of an authorizer, for these formats: what `exactCache`, `tableCache` or
 * `coarseCache` returns.
 */
export interface GatewayCache<Format extends LambdaAuthorizerFormat> {
  /**
   * Makes what judges questions whose answers the gateway keeps, and gives to other requests with the same key;
   * {@link lambdaAuthorizer} calls it.
   *
   * @throws ConfigurationError where the mode is not for the format, or answers by this authorizer cannot be kept.
   */
  readonly judgeFor: (authorizer: Authorizer, format: Format) => Judge;
}

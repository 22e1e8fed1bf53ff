import type { Authorizer } from "../../../authorizer.ts";
import { ConfigurationError } from "../../../configuration.ts";
import { toAuthError } from "../../../errors.ts";
import type { LambdaAuthorizerFormat } from "../lambda-authorizer-format.ts";
import type { Judge } from "../outcome.ts";
import type { GatewayCache } from "./gateway-cache.ts";
import { exampleSources, type IdentitySources, requireIdentitySources } from "./identity-source.ts";

/** The name of the function that makes a mode. */
export type CacheName = "exactCache" | "tableCache" | "coarseCache";

/** What makes up a mode. */
export interface CacheDefinition {
  readonly name: CacheName;
  readonly formats: readonly LambdaAuthorizerFormat[];
  /** Undefined where the gateway keeps answers by the token. */
  readonly sources: IdentitySources | undefined;
  /**
   * Makes what judges by one authorizer. What it throws of a question is an outcome.
   *
   * @throws ConfigurationError where answers by the authorizer's policy cannot be kept.
   */
  readonly judgeBy: (authorizer: Authorizer) => Judge;
}

/** Makes a mode: with the checks of format, verifiers and key that hold for each. */
export function defineCache(definition: CacheDefinition): GatewayCache<LambdaAuthorizerFormat> {
  const { name, sources, judgeBy } = definition;
  return Object.freeze<GatewayCache<LambdaAuthorizerFormat>>({
    judgeFor(authorizer, format) {
      requireFormat(definition, format);
      requireLasting(authorizer, name);
      const judge = judgeBy(authorizer);
      return async (question) => {
        try {
          if (sources !== undefined) {
            const values = question.keyValues();
            if (values !== undefined) requireIdentitySources(values, sources, question.toCredentials());
          }
          return await judge(question);
        } catch (thrown) {
          return { error: toAuthError(thrown) };
        }
      };
    },
  });
}

function requireFormat({ name, formats, sources }: CacheDefinition, format: LambdaAuthorizerFormat): void {
  if (!formats.includes(format)) {
    const others = formats.join(", ");
    throw invalid("lambdaAuthorizer.cache", `${name} is for ${others}; write another mode for ${format}, or "off"`);
  }
  const option = `${name}.identitySource`;
  const kind = format === "rest-token" ? undefined : format === "rest-request" ? "rest" : "http";
  if (kind === sources?.kind) return;
  if (kind === undefined) throw invalid(option, `leave it out: for ${format} the gateway keeps answers by the token`);
  const advice = `for ${format} ${exampleSources(kind)}`;
  throw sources === undefined ? new ConfigurationError("missing_option", option, advice) : invalid(option, advice);
}

/** A verdict that holds for one request must not be repeated for others. */
function requireLasting({ verifiers }: Authorizer, name: CacheName): void {
  const verifier = verifiers.find(({ perRequest }) => perRequest === true);
  if (verifier === undefined) return;
  throw invalid(
    "lambdaAuthorizer.cache",
    `what the verifier of ${verifier.scheme} says holds for one request, and ${name} would repeat it for others; write "off", or give these callers an authorizer of their own`,
  );
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}

import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { toAuthError } from "../../errors.ts";
import { authorizerContext } from "./authorizer-context.ts";
import { readBasePath } from "./base-path.ts";
import type { GatewayCache } from "./cache/gateway-cache.ts";
import { readHttpPolicy } from "./http-policy.ts";
import { readHttpPolicyV1 } from "./http-policy-v1.ts";
import { readHttpSimple } from "./http-simple.ts";
import type { LambdaAuthorizerFormat, LambdaAuthorizerFormats } from "./lambda-authorizer-format.ts";
import { fitsGateway, type Judge, tooLarge } from "./outcome.ts";
import type { QuestionReader } from "./question.ts";
import { readRestRequest } from "./rest-request.ts";
import { readRestToken } from "./rest-token.ts";
import { signedContentSha256 } from "./signed-content.ts";

/** What {@link lambdaAuthorizer} takes. */
export interface LambdaAuthorizerOptions<Format extends LambdaAuthorizerFormat> {
  /** Which gateway asks, and how it wants to be answered. */
  readonly format: Format;
  /**
   * Which answers the gateway's authorizer keeps. `"off"`: none; set its time to live to 0, which is not the gateway's default.
   * Else what {@link exactCache}, {@link tableCache} or {@link coarseCache} returns.
   */
  readonly cache: "off" | GatewayCache<NoInfer<Format>>;
  /**
   * What the path begins with ahead of the routes of the policy, such as `/v1`: the base path of a custom domain, and the stage where
   * its mapping names none. Nothing by default. With it a path that does not begin so is refused. For `rest-token` there is none:
   * what it judges is the path in the ARN, which is within both.
   */
  readonly basePath?: string;
}

/** A handler for a gateway's authorizer function. */
export type LambdaAuthorizerHandler<Format extends LambdaAuthorizerFormat> = (
  event: LambdaAuthorizerFormats[Format]["event"],
) => Promise<LambdaAuthorizerFormats[Format]["answer"]>;

const readers: { readonly [F in LambdaAuthorizerFormat]: QuestionReader<LambdaAuthorizerFormats[F]["answer"]> } = {
  "rest-token": readRestToken,
  "rest-request": readRestRequest,
  "http-simple": readHttpSimple,
  "http-policy": readHttpPolicy,
  "http-policy-1.0": readHttpPolicyV1,
};

/**
 * Makes the handler of a Lambda authorizer: the gateway's event in, the gateway's answer out.
 *
 * A caller who is refused gets 401 or 403 as the gateway can tell them apart. REST APIs: 401 where the credential is missing
 * or bad, else 403. HTTP APIs: 403. Whatever is our own fault - keys that cannot be fetched, a store that is down, an event of
 * another format - is thrown as an {@link AuthError} with its code, and the gateway answers 500.
 *
 * Gateways decode paths, and do not all do so. A path with `%`, or with `*`, `?` or `$`, or that is not the one of the gateway's
 * route, is refused before the policy is asked (`onDecision` does not see it), and signed requests need paths of unreserved
 * characters. An HTTP API joins the occurrences of a header with commas, so there a rule over a header sees one value.
 *
 * An authorizer has no body at hand. The function behind must call `principalOf` or stand in `guardHandler`, or a signed request
 * can carry another body than the one that was signed.
 *
 * With `cache: "off"` an answer is for one request, and the gateway must keep none: its time to live must be 0. The other modes
 * make answers that it may keep, where rules and verifiers allow that: {@link exactCache} for one method and path, {@link tableCache}
 * for all that the policy grants to the caller, {@link coarseCache} for every caller whose credential is good, where the function
 * behind decides. In the last two no request is decided here, so `onDecision` sees none, and of the headers only the identity sources
 * count.
 *
 * An answer of more than 8 KB, which a caller with very many groups or tags would need, is a refusal.
 *
 * @throws ConfigurationError where an option is faulty, or the authorizer has no policy.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 * import { lambdaAuthorizer } from "poolgate/lambda";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 * });
 * export const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
 * ```
 */
export function lambdaAuthorizer<Format extends LambdaAuthorizerFormat>(
  authorizer: Authorizer,
  options: LambdaAuthorizerOptions<Format>,
): LambdaAuthorizerHandler<Format> {
  requireAuthorizerWithPolicy(authorizer);
  const { format, cache } = readOptions(options);
  const { verifiers } = authorizer;
  const settings = { verifiers, basePath: readBasePath("lambdaAuthorizer", options.basePath) };
  const read = readers[format];
  const judge = cache === "off" ? requestJudge(authorizer) : cache.judgeFor(authorizer, format);

  return async function lambdaAuthorizerHandler(event) {
    const question = read(event, settings);
    const outcome = await judge(question);
    if ("answer" in outcome) return outcome.answer;
    if (outcome.error.status >= 500) throw outcome.error;
    return question.refuse(outcome.error, outcome.principal);
  };
}

/** Makes what decides about each request as it is. */
function requestJudge(authorizer: Authorizer): Judge {
  return async function judgeRequest(question) {
    try {
      const request = question.toRequest();
      const decision = await authorizer.authorize(request);
      if (decision.allowed !== true) return decision;
      const { principal } = decision;
      const answer = question.allow(principal, authorizerContext(principal, signedContentSha256(request)));
      return fitsGateway(answer) ? { answer } : { error: tooLarge(), principal };
    } catch (thrown) {
      return { error: toAuthError(thrown) };
    }
  };
}

function requireAuthorizerWithPolicy(authorizer: Authorizer): void {
  if (typeof authorizer?.authorize !== "function") {
    throw new ConfigurationError("missing_option", "lambdaAuthorizer", "pass what createAuthorizer returns");
  }
  if (authorizer.policy === undefined) {
    throw new ConfigurationError(
      "missing_option",
      "lambdaAuthorizer",
      "the authorizer has no policy to decide by; write createAuthorizer({ verifiers, policy: definePolicy({ ... }) })",
    );
  }
}

function readOptions<Format extends LambdaAuthorizerFormat>(
  options: LambdaAuthorizerOptions<Format>,
): LambdaAuthorizerOptions<Format> {
  const { format, cache } = options ?? {};
  // Ahead of the options that a mode takes and that are unknown here.
  if (typeof cache === "string" && cache !== "off") throw noCache(cache);
  refuseUnknownOptions("lambdaAuthorizer", options, ["format", "cache", "basePath"]);
  if (!Object.hasOwn(readers, format)) {
    const names = Object.keys(readers).join(", ");
    throw new ConfigurationError("invalid_option", "lambdaAuthorizer.format", `must be one of ${names}`);
  }
  if (cache !== "off" && typeof cache?.judgeFor !== "function") throw noCache(cache);
  if (format === "rest-token" && "basePath" in options) {
    const advice = "leave it out: the path in the ARN of a TOKEN event is within the base path";
    throw new ConfigurationError("invalid_option", "lambdaAuthorizer.basePath", advice);
  }
  return options;
}

const modes = ["exactCache", "tableCache", "coarseCache"];

function noCache(cache: unknown): ConfigurationError {
  const named = modes.filter((mode) => typeof cache === "string" && mode === `${cache}Cache`);
  const meant = named.length === 0 ? modes : named;
  return new ConfigurationError(
    cache === undefined ? "missing_option" : "invalid_option",
    "lambdaAuthorizer.cache",
    `import ${meant.join(", ")} from "poolgate/lambda" and write ${meant[0]}({ cacheTtl: 300, ... }), or write "off" and set the time to live of the gateway's authorizer to 0`,
  );
}

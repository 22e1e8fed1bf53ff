import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import { authorizerContext } from "./authorizer-context.ts";
import { readHttpPolicy } from "./http-policy.ts";
import type { HttpAuthorizerEvent } from "./http-question.ts";
import { readHttpSimple, type SimpleAnswer } from "./http-simple.ts";
import type { PolicyAnswer } from "./policy-answer.ts";
import type { Question, QuestionReader } from "./question.ts";
import { type RestRequestEvent, readRestRequest } from "./rest-request.ts";
import { type RestTokenEvent, readRestToken } from "./rest-token.ts";
import { signedContentSha256 } from "./signed-content.ts";

/** The event and the answer of each format. */
export interface LambdaAuthorizerFormats {
  /** A TOKEN authorizer of a REST API. */
  "rest-token": { readonly event: RestTokenEvent; readonly answer: PolicyAnswer };
  /** A REQUEST authorizer of a REST API. */
  "rest-request": { readonly event: RestRequestEvent; readonly answer: PolicyAnswer };
  /** An authorizer of an HTTP API, payload format 2.0, simple responses enabled. */
  "http-simple": { readonly event: HttpAuthorizerEvent; readonly answer: SimpleAnswer };
  /** An authorizer of an HTTP API, payload format 2.0, simple responses not enabled. */
  "http-policy": { readonly event: HttpAuthorizerEvent; readonly answer: PolicyAnswer };
}

/** The name of a format. */
export type LambdaAuthorizerFormat = keyof LambdaAuthorizerFormats;

/** What {@link lambdaAuthorizer} takes. */
export interface LambdaAuthorizerOptions<Format extends LambdaAuthorizerFormat> {
  /** Which gateway asks, and how it wants to be answered. */
  readonly format: Format;
  /**
   * `off`: the gateway's authorizer keeps no answers. Set its time to live to 0, which is not the gateway's default: an answer
   * is for one request only.
   */
  readonly cache: "off";
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
};
const maximumAnswerBytes = 8192;

/**
 * Makes the handler of a Lambda authorizer: the gateway's event in, the gateway's answer out.
 *
 * A caller who is refused gets 401 or 403 as the gateway can tell them apart. REST APIs: 401 where the credential is missing
 * or bad, else 403. HTTP APIs: 403. Whatever is our own fault - keys that cannot be fetched, a store that is down, an event of
 * another format - is thrown as an {@link AuthError} with its code, and the gateway answers 500.
 *
 * Gateways decode paths, and do not all do so. A path with `%`, or with `*`, `?` or `$`, or whose parameters say that the
 * gateway routed another path, is refused before the policy is asked (`onDecision` does not see it), and signed requests need
 * paths of unreserved characters. An HTTP API joins the occurrences of
 * a header with commas, so there a rule over a header sees one value.
 *
 * An authorizer has no body at hand. The function behind must call `principalOf` or stand in `guardHandler`, or a signed request
 * can carry another body than the one that was signed.
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
  const read = readerOf(options);

  return async function lambdaAuthorizerHandler(event) {
    const question = read(event, authorizer.verifiers);
    const outcome = await judge(authorizer, question);
    if ("answer" in outcome) return outcome.answer;
    if (outcome.error.status >= 500) throw outcome.error;
    return question.refuse(outcome.error, outcome.principal);
  };
}

/** An answer that allows, or why there is none. */
type Outcome<Answer> = { readonly answer: Answer } | { readonly error: AuthError; readonly principal?: Principal };

async function judge<Answer>(authorizer: Authorizer, question: Question<Answer>): Promise<Outcome<Answer>> {
  try {
    const request = question.toRequest();
    const decision = await authorizer.authorize(request);
    if (decision.allowed !== true) return decision;
    const { principal } = decision;
    const answer = question.allow(principal, authorizerContext(principal, signedContentSha256(request)));
    if (Buffer.byteLength(JSON.stringify(answer)) <= maximumAnswerBytes) return { answer };
    const reason = "the groups, scopes and tags of the caller do not fit into the answer of an authorizer";
    return { error: new AuthError("access_denied", { reason }), principal };
  } catch (thrown) {
    return { error: toAuthError(thrown) };
  }
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

function readerOf<Format extends LambdaAuthorizerFormat>(
  options: LambdaAuthorizerOptions<Format>,
): (typeof readers)[Format] {
  refuseUnknownOptions("lambdaAuthorizer", options, ["format", "cache"]);
  const { format, cache } = options;
  if (!Object.hasOwn(readers, format)) {
    const names = Object.keys(readers).join(", ");
    throw new ConfigurationError("invalid_option", "lambdaAuthorizer.format", `must be one of ${names}`);
  }
  if (cache !== "off") {
    throw new ConfigurationError(
      cache === undefined ? "missing_option" : "invalid_option",
      "lambdaAuthorizer.cache",
      'write "off", and set the time to live of the gateway\'s authorizer to 0',
    );
  }
  return readers[format];
}

import { type Answer, problemAnswer } from "../../answer.ts";
import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { toAuthError } from "../../errors.ts";
import type { Rule } from "../../policy/rule.ts";
import { createPreflight, type PreflightOptions } from "../../preflight.ts";
import type { Principal } from "../../principal.ts";
import { type ExplainToCallers, readExplainToCallers, refusalAnswer } from "../../refusal-answer.ts";
import { readBasePath } from "./base-path.ts";
import { requireBodyHash } from "./event-body.ts";
import { pathParameters } from "./event-pairs.ts";
import { type ForwardedFor, readForwardedFor } from "./load-balancer-event.ts";
import { handedOverBy, rememberPrincipal } from "./principal-of.ts";
import { type ProxyAnswer, proxyAnswer } from "./proxy-answer.ts";
import { proxyRequest } from "./proxy-event.ts";

/** What `guardHandler` and `gateMiddleware` may take. */
export interface GuardHandlerOptions {
  /**
   * A rule that must hold beside the policy. Its `param` operands are the parameters that the gateway matched in the path; load
   * balancers, function URLs and VPC Lattice match none.
   */
  readonly rule?: Rule;
  /**
   * What the path begins with ahead of the routes of the policy, such as `/v1`: the base path of a custom domain, or the path
   * pattern of a load balancer or of CloudFront. Nothing by default. With it a path that does not begin so is refused. The stage
   * in the path of an HTTP API is taken off without it.
   */
  readonly basePath?: string;
  /**
   * `append`: the load balancer in front appends the caller's address to `X-Forwarded-For`, as the attribute
   * `routing.http.xff_header_processing.mode` has it by default, without the port. Then the last entry is the address that `ip`
   * rules compare. With the modes `preserve` and `remove` it would be the caller's own word, or nobody's. Without the option no
   * address is known behind a load balancer. The other gateways tell it apart from the headers, and VPC Lattice not at all.
   */
  readonly forwardedFor?: ForwardedFor;
  /**
   * Answers CORS preflight requests, which then go no further. Requests that are not preflights are not touched: the headers
   * that let a script read an answer come from the handler. Where the gateway has a CORS configuration of its own, such as HTTP
   * APIs and function URLs, no preflight gets here.
   */
  readonly preflight?: PreflightOptions;
  /**
   * Has the problem document of a denied request carry the decision's explanation as `explanation`, so that a developer sees
   * why. It tells **every** caller, strangers too, the rules that refused him, with the values that they compare, and what would
   * let him in. So it is off by default, no environment variable turns it on, and the process warns where it is on. Where a
   * credential was refused, the answer stays as it is.
   */
  readonly explainToCallers?: ExplainToCallers | undefined;
}

/** Who was let in with an event, or the answer to him in the place of the handler's. */
export type Judgment<P extends Principal> = { readonly principal: P } | { readonly answer: ProxyAnswer };

/**
 * Makes what judges proxy events. It remembers whom it let in for `principalOf`, and throws for no event.
 *
 * @param owner the function that the operator called, for messages.
 * @throws ConfigurationError where an option or the rule is faulty, or there is neither policy nor rule.
 */
export function createProxyGate<P extends Principal>(
  owner: string,
  authorizer: Authorizer<P>,
  options: GuardHandlerOptions,
): (event: object) => Promise<Judgment<P>> {
  refuseUnknownOptions(owner, options, ["rule", "basePath", "forwardedFor", "preflight", "explainToCallers"]);
  const { rule } = options;
  if (typeof authorizer?.authorize !== "function") {
    throw new ConfigurationError("missing_option", owner, "pass what createAuthorizer returns");
  }
  if (rule !== undefined) authorizer.prepare(rule);
  else if (authorizer.policy === undefined) {
    const advice = "the authorizer has no policy; give it one, or write { rule }";
    throw new ConfigurationError("missing_option", `${owner}.rule`, advice);
  }
  const settings = {
    basePath: readBasePath(owner, options.basePath),
    forwardedFor: readForwardedFor(owner, options.forwardedFor),
  };
  const preflight =
    options.preflight === undefined ? undefined : createPreflight(`${owner}.preflight`, options.preflight);
  const explained = readExplainToCallers(owner, options.explainToCallers);

  async function decide(event: object): Promise<{ readonly principal: P } | { readonly answered: Answer }> {
    try {
      const { fields, request } = proxyRequest(event, settings);
      const preflighted = preflight?.(request, authorizer.verifiers);
      if (preflighted !== undefined) return { answered: preflighted };
      const params = pathParameters(fields);
      const decision = await authorizer.authorize(request, rule === undefined ? {} : { rule, params });
      if (decision.allowed !== true) return { answered: refusalAnswer(decision, explained) };
      const contentSha256 = handedOverBy(fields)?.contentSha256;
      if (contentSha256 !== undefined) requireBodyHash(fields, contentSha256);
      return { principal: decision.principal };
    } catch (thrown) {
      return { answered: problemAnswer(toAuthError(thrown)) };
    }
  }

  return async function judge(event) {
    const outcome = await decide(event);
    if ("answered" in outcome) return { answer: proxyAnswer(event, outcome.answered) };
    rememberPrincipal(event, outcome.principal, authorizer);
    return outcome;
  };
}

import type { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import type { AuthRequest } from "../../request.ts";
import type { Verifier } from "../../verifier.ts";
import type { AuthorizerContext } from "./authorizer-context.ts";
import type { IdentitySources } from "./identity-source.ts";
import type { ArnPatterns } from "./kept-policy.ts";

/** One event of a gateway that asks whether a request may pass, and the answers in the gateway's own words. */
export interface Question<Answer> {
  /**
   * Makes the request that is judged.
   *
   * @throws AuthError where the request is refused before it can be judged.
   */
  toRequest(): AuthRequest;
  /**
   * The request by which the caller is known, whatever he asks for: method and headers, and `/` for a path.
   *
   * @throws AuthError where no verifier could judge the credential.
   */
  toCredentials(): AuthRequest;
  /**
   * Checks that all that decides is part of the key under which the gateway keeps the answer, as far as the event tells.
   *
   * @throws AuthError `configuration_error`
   */
  requireKey(sources: IdentitySources, request: AuthRequest): void;
  /**
   * The answer that lets pass what patterns grant, and not the request that was asked about where its path is refused.
   *
   * @returns undefined where a pattern is too long to stand in a policy.
   * @throws AuthError `configuration_error` where the ARN is not of the request.
   */
  allowAll(principal: Principal, context: AuthorizerContext, patterns: ArnPatterns): Answer | undefined;
  /** The answer that lets this one request pass. */
  allow(principal: Principal, context: AuthorizerContext): Answer;
  /**
   * The answer that refuses the request.
   *
   * @param error a fault of the caller, never one of ours: a 4xx.
   * @throws Error `Unauthorized` where that is the gateway's word for 401.
   */
  refuse(error: AuthError, principal: Principal | undefined): Answer;
}

/**
 * Reads the events of one format.
 *
 * @throws AuthError `configuration_error` where the event is not of the format.
 */
export type QuestionReader<Answer> = (event: unknown, verifiers: readonly Verifier[]) => Question<Answer>;

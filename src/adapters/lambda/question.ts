import type { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import type { AuthRequest } from "../../request.ts";
import type { Verifier } from "../../verifier.ts";
import type { AuthorizerContext } from "./authorizer-context.ts";
import type { PolicyStatements } from "./policy-answer.ts";

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
   * What the event tells of the key under which the gateway keeps the answer.
   *
   * @returns undefined where it tells nothing.
   * @throws AuthError `configuration_error`
   */
  keyValues(): KeyValues | undefined;
  /**
   * What is asked about, for answers that name it.
   *
   * @returns undefined where an answer is a yes or no.
   * @throws AuthError `configuration_error`, `target_not_canonical`
   */
  asked(): Asked | undefined;
  /**
   * The answer that lets this one request pass.
   *
   * @param statements what the answer says instead, where it is a policy.
   */
  allow(principal: Principal, context: AuthorizerContext, statements?: PolicyStatements): Answer;
  /**
   * The answer that refuses the request.
   *
   * @param error a fault of the caller, never one of ours: a 4xx.
   * @throws Error `Unauthorized` where that is the gateway's word for 401.
   */
  refuse(error: AuthError, principal: Principal | undefined): Answer;
}

/** The request that is asked about, as the gateway names it. */
export interface Asked {
  readonly arn: string;
  readonly method: string;
  /** Within the stage and the base path. */
  readonly path: string;
}

/** What an event tells of the key of the gateway's cache. */
export interface KeyValues {
  /** Those of the identity sources: a list, or one text in which they are joined with commas. */
  readonly values: unknown;
  readonly method: string;
  /** The path as the gateway gives it, in any of its forms. */
  readonly paths: readonly string[];
}

/** What counts beside the event. */
export interface QuestionSettings {
  readonly verifiers: readonly Verifier[];
  /** What the path in the event begins with ahead of the routes of the policy. */
  readonly basePath: string;
}

/**
 * Reads the events of one format.
 *
 * @throws AuthError `configuration_error` where the event is not of the format.
 */
export type QuestionReader<Answer> = (event: unknown, settings: QuestionSettings) => Question<Answer>;

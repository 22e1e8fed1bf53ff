import type { ServerResponse } from "node:http";
import type { NextFunction, Request, Response } from "express";
import type { Answer } from "../../answer.ts";
import type { AuthorizeOptions, Authorizer } from "../../authorizer.ts";
import { type Awaitable, attempt, isPending, proceed, valueAtHand } from "../../awaitable.ts";
import { ConfigurationError } from "../../configuration.ts";
import type { Allowed, Decision, Denied } from "../../decision.ts";
import { AuthError, toAuthError } from "../../errors.ts";
import { createPreflight, type PreflightOptions } from "../../preflight.ts";
import { type ExplainToCallers, readExplainToCallers, refusalAnswer } from "../../refusal-answer.ts";
import { discardBehind } from "./discard-rest.ts";
import type { GateHandler, GateRequest } from "./gate-request.ts";
import { notesOn, type RequestNotes } from "./request-notes.ts";
import { isAnswered, refusesBody, sendAnswer } from "./send-answer.ts";
import { type RequestOptions, readRequestOptions, toAuthRequest } from "./to-auth-request.ts";

/** What `authorize` and `guard` take beside the authorizer and the rule. */
export interface GateOptions extends RequestOptions {
  /**
   * Answers a refused request in place of the problem document, or forwards it: `next(decision.error)` hands it to Express's
   * error handlers. To call `next()` without an argument is to let the request pass. What it throws goes to the error
   * handlers. It is not called where an answer is on its way already.
   */
  readonly answer?: (decision: Denied, req: Request, res: Response, next: NextFunction) => unknown;
  /**
   * Answers CORS preflight requests, which then go no further. Requests that are not preflights are not touched: the headers
   * that let a script read an answer come from the application.
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

/**
 * Makes the middleware behind `authorize` and `guard`.
 *
 * @param owner the function that the operator called, for messages.
 * @param optionsFor what to judge a request by, beside the route table.
 * @throws ConfigurationError
 */
export function createGate(
  owner: string,
  authorizer: Authorizer,
  options: GateOptions,
  optionsFor: (req: GateRequest) => AuthorizeOptions,
): GateHandler {
  requireAuthorizer(owner, authorizer);
  const settings = readRequestOptions(owner, options, ["answer", "preflight", "explainToCallers"]);
  const { answer } = options;
  if (answer !== undefined && typeof answer !== "function") {
    throw new ConfigurationError("invalid_option", `${owner}.answer`, "write (decision, req, res, next) => ...");
  }
  if (answer !== undefined && options.explainToCallers !== undefined) {
    const advice = "the option answer writes the answer; leave one of the two out";
    throw new ConfigurationError("invalid_option", `${owner}.explainToCallers`, advice);
  }
  const explained = readExplainToCallers(owner, options.explainToCallers);
  const preflight =
    options.preflight === undefined ? undefined : createPreflight(`${owner}.preflight`, options.preflight);

  function judge(req: GateRequest, notes: RequestNotes): Awaitable<Decision | Answer> {
    const request = toAuthRequest(req, settings, notes);
    const preflighted = preflight?.(request, authorizer.verifiers);
    if (preflighted !== undefined) return preflighted;
    // Whoever wrapped the authorizer may give anything that can be awaited.
    return proceed(valueAtHand(authorizer.authorize(request, optionsFor(req))), requireDecision);
  }

  function conclude(
    req: GateRequest,
    res: ServerResponse,
    next: (error?: unknown) => void,
    notes: RequestNotes,
    outcome: Decision | Answer,
  ): void {
    if ("status" in outcome) {
      sendAnswer(req, res, outcome);
      return;
    }
    notes.principal = outcome.allowed ? outcome.principal : undefined;
    notes.allowedBy = authorizer;
    if (outcome.allowed) {
      next();
      return;
    }
    if (answer === undefined || isAnswered(res)) {
      sendAnswer(req, res, refusalAnswer(outcome, explained));
      return;
    }
    if (refusesBody(req, outcome.error.status)) void discardBehind(req, res);
    void answerBy(answer, outcome, req, res, next);
  }

  async function answerBy(
    answer: NonNullable<GateOptions["answer"]>,
    outcome: Denied,
    req: GateRequest,
    res: ServerResponse,
    next: (error?: unknown) => void,
  ): Promise<void> {
    try {
      // Express calls middleware with its own request and response, of which a gate's are a part.
      await answer(outcome, req as Request, res as Response, next);
    } catch (thrown) {
      // Never what was thrown as it stands: next(undefined) and next("route") would let a refused request pass.
      next(thrown instanceof Error ? thrown : new Error(`${owner}.answer threw`, { cause: thrown }));
    }
  }

  return function gate(req, res, next) {
    const notes = notesOn(req);
    const outcome = attempt(() => judge(req, notes));
    if (!isPending(outcome)) {
      conclude(req, res, next, notes, outcome);
      return;
    }
    void outcome.then(
      (settled) => conclude(req, res, next, notes, settled),
      (thrown: unknown) => conclude(req, res, next, notes, refused(toAuthError(thrown))),
    );
  };
}

/** What is no decision lets nobody pass, and is answered like any other fault of the server. */
function requireDecision(decision: Decision): Decision {
  const given = Object(decision) as Partial<Denied> | Partial<Allowed>;
  if (given.allowed === true || (given.allowed === false && given.error instanceof Error)) return decision;
  throw new AuthError("configuration_error", { reason: "the authorizer gave no decision" });
}

/** The decision on a request that did not come as far as the authorizer. */
function refused(error: AuthError): Denied {
  return {
    allowed: false,
    error,
    explain: () => ({
      allowed: false,
      code: error.code,
      sentence: error.message,
      rules: [],
      text: `denied: ${error.code} - ${error.message}`,
    }),
  };
}

function requireAuthorizer(owner: string, authorizer: unknown): asserts authorizer is Authorizer {
  const given = authorizer as Partial<Authorizer> | null | undefined;
  if (typeof given?.authorize === "function" && typeof given.prepare === "function") return;
  throw new ConfigurationError("invalid_option", owner, "pass what createAuthorizer({ ... }) returned");
}

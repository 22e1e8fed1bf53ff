import { AuthError } from "../../../errors.ts";
import { safeCause } from "../../../safe-cause.ts";
import { type ReasonedAnswer, Undecided } from "../../reasoned-answer.ts";
import { echoOf, type PermissionsQuestion } from "./permissions-question.ts";

/** What came of one question: an answer, or why there is none. */
export type PermissionsOutcome = ReasonedAnswer | Undecided;

/**
 * Reads the answer to one question
 * (https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_IsAuthorized.html).
 *
 * @throws AuthError `decision_unavailable` where it is none.
 */
export function readAnswer(output: unknown): PermissionsOutcome {
  const { decision, determiningPolicies, errors } = Object(output) as Readonly<Record<string, unknown>>;
  if (decision !== "ALLOW" && decision !== "DENY") throw unreadable();
  if (!Array.isArray(determiningPolicies) || !Array.isArray(errors)) throw unreadable();
  const decidedBy = determiningPolicies.map((policy: unknown) => memberOf(policy, "policyId"));
  if (!decidedBy.every((id) => typeof id === "string")) throw unreadable();
  // Cedar skips a policy that fails, a forbid too.
  if (errors.length > 0) {
    const words = errors.map((error: unknown) => String(memberOf(error, "errorDescription")));
    return new Undecided("policies of the store could not be evaluated", words.join("; "));
  }
  return { value: decision === "ALLOW", decidedBy: decidedBy.sort() };
}

/**
 * Reads the answers to a batch, in the order of the questions. Each is found by the request that it names, whatever its place.
 *
 * @throws AuthError `decision_unavailable` where not exactly these questions are answered.
 */
export function readAnswers(output: unknown, questions: readonly PermissionsQuestion[]): readonly PermissionsOutcome[] {
  const { results } = Object(output) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(results) || results.length !== questions.length) throw unreadable();
  const byEcho = new Map(results.map((result: unknown) => [echoOf(memberOf(result, "request")), result]));
  return questions.map(({ echo }) => {
    // As many answers as questions, and one for each: so there is none twice, and none to anything else.
    const result = byEcho.get(echo);
    if (result === undefined) throw unreadable();
    return readAnswer(result);
  });
}

/** What a call that failed means: Verified Permissions does not take the question, or cannot be asked now. */
export function callFault(thrown: unknown): Error {
  if (thrown instanceof AuthError) return thrown;
  if (thrown instanceof Error && thrown.name === "ValidationException") {
    return new Undecided("Verified Permissions does not take the question", thrown.message);
  }
  return unavailable("Verified Permissions could not be asked", safeCause(thrown));
}

function unreadable(): AuthError {
  return unavailable("Verified Permissions gave an answer that cannot be read");
}

function unavailable(reason: string, cause?: Error): AuthError {
  return new AuthError("decision_unavailable", { reason, ...(cause !== undefined && { cause }) });
}

function memberOf(value: unknown, name: string): unknown {
  return (Object(value) as Readonly<Record<string, unknown>>)[name];
}

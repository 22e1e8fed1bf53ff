import { type Answer, problemAnswer } from "./answer.ts";
import { ConfigurationError } from "./configuration.ts";
import { AuthError } from "./errors.ts";

/** What makes a gate tell callers why they are refused: a word that nobody writes by accident. */
export type ExplainToCallers = "in development";

/** A refused decision, as far as its answer goes. */
interface Refusal {
  readonly error: AuthError;
  /** Who was refused; absent where the credential itself was. */
  readonly principal?: object;
  explain(): object;
}

/**
 * Reads the option `explainToCallers`. Where it is on, the process warns: what helps at the desk tells strangers the policy.
 *
 * @param owner the function that the operator called, for messages.
 */
export function readExplainToCallers(owner: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (value !== "in development") {
    throw new ConfigurationError(
      "invalid_option",
      `${owner}.explainToCallers`,
      'write "in development", or leave it out: it tells every caller the rules that refused him',
    );
  }
  process.emitWarning(`${owner} tells callers why they are refused; leave explainToCallers out in production`, {
    code: "POOLGATE_EXPLAINS_TO_CALLERS",
  });
  return true;
}

/**
 * The answer to a refused request.
 *
 * @param explained whether the caller is told why. Where his credential was refused he is told no more than the code: an
 * account of what was checked would help forgers.
 */
export function refusalAnswer(refusal: Refusal, explained: boolean): Answer {
  const { error } = refusal;
  // Whoever wrapped the authorizer may give anything for a refusal; what has no status could not be answered.
  const answer = problemAnswer(error?.status >= 400 ? error : noDecision());
  if (!explained || refusal.principal === undefined) return answer;
  try {
    const problem: object = JSON.parse(answer.body as string);
    return { ...answer, body: JSON.stringify({ ...problem, explanation: refusal.explain() }) };
  } catch {
    // He may also give one that cannot explain itself.
    return answer;
  }
}

function noDecision(): AuthError {
  return new AuthError("configuration_error", { reason: "the authorizer gave no decision" });
}

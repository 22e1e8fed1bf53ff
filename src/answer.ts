import { STATUS_CODES } from "node:http";
import type { AuthError } from "./errors.ts";

/** An answer over HTTP, free of any framework. */
export interface Answer {
  readonly status: number;
  /** Header names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body; absent where there is none. */
  readonly body?: string;
}

/** The members of a problem document as poolgate writes it. */
export interface Problem {
  /** The phrase of the status; the type is `about:blank`, so it says no more (RFC 9457 Section 4.2.1). */
  readonly title: string;
  readonly status: number;
  /** One sentence for a person. */
  readonly detail: string;
  /** The stable code, an extension member. */
  readonly code: string;
  /** The server's time in ISO 8601, on `clock_skew`. */
  readonly serverTime?: string;
  /** Why, as `decision.explain()` tells it; only from gates with `explainToCallers`, of a caller who was denied. */
  readonly explanation?: object;
}

/**
 * Turns a fault into the answer that every adapter gives: a problem document (RFC 9457) with the status, the challenge and
 * `Retry-After` of the fault.
 *
 * @param methods those that the endpoint answers, which `method_not_allowed` lists (RFC 9110 Section 15.5.6).
 */
export function problemAnswer(error: AuthError, methods?: readonly string[]): Answer {
  const problem: Problem = {
    title: STATUS_CODES[error.status] ?? "Error",
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.serverTime !== undefined && { serverTime: error.serverTime.toISOString() }),
  };
  return {
    status: error.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(error.challenge !== undefined && { "www-authenticate": error.challenge }),
      ...(error.code === "method_not_allowed" && methods !== undefined && { allow: methods.join(", ") }),
      ...(error.retryAfter !== undefined && { "retry-after": String(error.retryAfter) }),
    },
    body: JSON.stringify(problem),
  };
}

/** An answer that carries a JSON document and must not be kept by any cache. */
export function jsonAnswer(status: number, document: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(document),
  };
}

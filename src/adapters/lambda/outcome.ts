import { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import type { Question } from "./question.ts";

/** An answer that allows, or why there is none. */
export type Outcome<Answer> =
  | { readonly answer: Answer }
  | { readonly error: AuthError; readonly principal?: Principal };

/** Judges what gateways ask. It throws nothing. */
export type Judge = <Answer>(question: Question<Answer>) => Promise<Outcome<Answer>>;

/** How much an authorizer may answer. */
const maximumAnswerBytes = 8192;

/** Whether an answer is no more than a gateway takes. */
export function fitsGateway(answer: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(answer)) <= maximumAnswerBytes;
}

/** The refusal of a caller of whom too much would have to be told. */
export function tooLarge(): AuthError {
  const reason = "the groups, scopes and tags of the caller do not fit into the answer of an authorizer";
  return new AuthError("access_denied", { reason });
}

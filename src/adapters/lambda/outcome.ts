import { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";

/** An answer that allows, or why there is none. */
export type Outcome<Answer> =
  | { readonly answer: Answer }
  | { readonly error: AuthError; readonly principal?: Principal };

/** How much an authorizer may answer. */
export const maximumAnswerBytes = 8192;

/** The refusal of a caller of whom too much would have to be told. */
export function tooLarge(): AuthError {
  const reason = "the groups, scopes and tags of the caller do not fit into the answer of an authorizer";
  return new AuthError("access_denied", { reason });
}

/** What a challenge asks for, all of it from the policy and fixed: nothing of a request is ever in a challenge. */
export interface ChallengeParameters {
  /** The scopes that `insufficient_scope` or `insufficient_user_authentication` asks for. */
  readonly scope?: readonly string[];
  /** The levels of authentication of which `insufficient_user_authentication` asks for one. */
  readonly acrValues?: readonly string[];
  /** How many seconds ago at most the user may have authenticated, for `insufficient_user_authentication`. */
  readonly maxAge?: number;
}

/**
 * Spells the value of `WWW-Authenticate` (RFC 6750 Section 3, RFC 9470 Section 3).
 *
 * @param scheme the scheme with its own parameters, if any, such as `Bearer realm="api"`.
 * @param challenge `bare`, or the parameter that follows, such as `error="invalid_token"`.
 */
export function challengeOf(
  scheme: string,
  challenge: string,
  { scope, acrValues, maxAge }: ChallengeParameters,
): string {
  if (challenge === "bare") return scheme;
  const parameters = [
    challenge,
    ...(scope === undefined ? [] : [`scope="${scope.join(" ")}"`]),
    ...(acrValues === undefined ? [] : [`acr_values="${acrValues.join(" ")}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ];
  return `${scheme}${scheme.includes("=") ? "," : ""} ${parameters.join(", ")}`;
}

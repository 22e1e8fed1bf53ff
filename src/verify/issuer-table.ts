import { type Awaitable, given } from "../awaitable.ts";
import { ConfigurationError } from "../configuration.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import type { Jws } from "../tokens/jws.ts";
import type { TokenIssuer, VerifiedToken } from "../tokens/token-issuer.ts";

/** Has a token judged by the one issuer that answers for it. */
export type JudgeToken = (token: Jws) => Awaitable<VerifiedToken>;

/** The issuers that share one `iss`, by the `token_use` that each answers for. */
type IssuersByUse = Map<unknown, TokenIssuer>;

/**
 * Checks that no two issuers of one place would take the same tokens.
 *
 * @returns what gives a token to the issuer with its exact `iss` and `token_use`, and checks its `alg`, before any key is looked
 * up; it throws AuthError `invalid_token` where there is none, and what that issuer refuses.
 * @throws ConfigurationError
 */
export function tabulateIssuers(option: string, issuers: readonly TokenIssuer[]): JudgeToken {
  const table = new Map<string, IssuersByUse>();
  for (const issuer of issuers) {
    for (const iss of issuer.issuers) {
      const byUse: IssuersByUse = table.get(iss) ?? new Map();
      if (byUse.has(issuer.tokenUse)) {
        throw new ConfigurationError(
          "invalid_option",
          option,
          `two issuers take the same tokens of ${iss}; write one with all client ids: clientId: ["...", "..."]`,
        );
      }
      table.set(iss, byUse.set(issuer.tokenUse, issuer));
    }
  }
  return function judgeToken(token) {
    const { iss, token_use: tokenUse } = token.payload;
    const byUse = table.get(iss);
    if (byUse === undefined) throw invalidToken("iss is none of the configured issuers");
    const issuer = byUse.get(tokenUse);
    if (issuer === undefined) throw invalidToken(refusedUse(byUse));
    if (!issuer.algorithms.includes(token.header.alg)) {
      throw invalidToken(`alg is not ${issuer.algorithms.join(" or ")}`);
    }
    return given(issuer.verify(token));
  };
}

function refusedUse(byUse: IssuersByUse): string {
  if (byUse.has(undefined)) return "token_use is there, and tokens of this issuer have none";
  return `token_use is not ${[...byUse.keys()].join(" or ")}`;
}

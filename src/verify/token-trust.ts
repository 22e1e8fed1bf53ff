import { ConfigurationError, requireText } from "../configuration.ts";
import type { TokenUse } from "../tokens/cognito-claims.ts";
import { compileNaming, type Naming } from "../tokens/naming.ts";
import type { UserPool } from "../tokens/user-pool.ts";
import { userPoolNames } from "../tokens/user-pool-id.ts";
import type { TrustedIssuer } from "../verifier.ts";
import type { ClaimsSettings } from "./claims-principal.ts";
import type { ApiStage } from "./gateway-trust.ts";

/**
 * A stage whose methods or routes have a Cognito authorizer (REST API) or a JWT authorizer for a user pool (HTTP API), and whose
 * token is verified again: its groups are known then. The token must stand in `Authorization`.
 */
export interface VerifiedTokenTrust extends ApiStage {
  readonly format: "rest-cognito" | "http-jwt";
  /** Whose tokens are accepted, as {@link bearer} takes it. */
  readonly issuers: readonly [UserPool, ...UserPool[]];
}

/** The same, whose claims are believed as they stand in the event. No key is fetched, and groups are unknown. */
export interface ClaimsTrust extends ApiStage {
  readonly format: "rest-cognito" | "http-jwt";
  /** The id of the user pool, such as `eu-west-1_Example01`. */
  readonly userPoolId: string;
  /** The app client, or clients, whose tokens are accepted; `null` accepts those of every client of the pool. */
  readonly clientId: string | readonly string[] | null;
  /** Which tokens are accepted. */
  readonly tokenUse: TokenUse;
  /** How the scopes are named beside those of other pools. */
  readonly scopes?: Naming;
}

/** A gateway that is believed when it says that it has checked a token of a user pool. */
export type TokenTrust = VerifiedTokenTrust | ClaimsTrust;

/** The members of a {@link ClaimsTrust} beside those that name the gateway. */
export const claimsMembers: readonly string[] = ["userPoolId", "clientId", "tokenUse", "scopes"];

/**
 * Checks what a trust entry says of the tokens.
 *
 * @param at the entry, for faults.
 * @throws ConfigurationError
 */
export function readClaimsTrust(
  at: string,
  { userPoolId, clientId, tokenUse, scopes }: ClaimsTrust,
  clock: () => number,
): ClaimsSettings & { readonly trusted: TrustedIssuer } {
  const pool = userPoolNames(`${at}.userPoolId`, userPoolId);
  if (tokenUse !== "access" && tokenUse !== "id") {
    const code = tokenUse === undefined ? "missing_option" : "invalid_option";
    throw new ConfigurationError(code, `${at}.tokenUse`, 'write "access" or "id"');
  }
  return {
    ...{ pool, tokenUse, clock },
    clients: readClients(`${at}.clientId`, clientId),
    scopes: compileNaming(`${at}.scopes`, scopes),
    trusted: { issuer: pool.issuer, declared: tokenUse === "id" || scopes !== undefined },
  };
}

function readClients(option: string, value: unknown): ReadonlySet<string> | null {
  if (value === null) return null;
  const clients: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (clients.length === 0) throw new ConfigurationError("invalid_option", option, "the list is empty");
  return new Set(clients.map((client) => requireText(option, client, '"1example23456789", or null for any')));
}

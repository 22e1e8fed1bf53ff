import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import { closedGroups } from "../principal.ts";
import { type ClaimedCaller, defineIssuer } from "./define-issuer.ts";
import { identityIdForm } from "./identity-id.ts";
import { type IdentityPoolClaims, readIdentityPoolClaims } from "./identity-pool-claims.ts";
import type { IdentityPoolTokenPrincipal } from "./identity-pool-principal.ts";
import { invalidToken } from "./invalid-token.ts";
import { type IssuerKeyOptions, issuerKeyOptionNames, readIssuerKeys } from "./issuer-keys.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import { type UserPoolNames, userPoolNames } from "./user-pool-id.ts";

/** What {@link identityPoolToken} takes. */
export interface IdentityPoolTokenOptions extends IssuerKeyOptions {
  /** The identity pool whose tokens are accepted, such as `eu-west-1:11111111-2222-3333-4444-555555555555`. */
  readonly identityPoolId: string;
  /**
   * The ids of the user pools whose users are accepted; empty by default. An identity that signed in with none of them, such
   * as with a social provider alone, is refused.
   */
  readonly userPools?: readonly string[];
  /** Whether identities that have not signed in are accepted as guests; false by default. */
  readonly guests?: boolean;
}

/** The same for all customers of AWS. */
const iss = "https://cognito-identity.amazonaws.com";
const algorithms = ["RS512"] as const;
const optionNames = ["identityPoolId", "userPools", "guests", ...issuerKeyOptionNames];

/**
 * Accepts the OpenID tokens of an identity pool, for {@link bearer}: those of GetOpenIdToken, which live for about ten minutes.
 *
 * A user has the same id as with a token of the user pool, `user:<pool>:<sub>`, and its issuer; of groups, scopes and tags
 * the token says nothing. A guest is in no group. All identity pools of AWS share one issuer, so that one `bearer` takes the
 * tokens of one identity pool.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html
 *
 * @throws ConfigurationError where an option is missing or faulty, or where nobody could be accepted.
 *
 * @example
 * ```ts
 * import { bearer, identityPoolToken } from "poolgate";
 *
 * const identities = identityPoolToken({
 *   identityPoolId: "eu-west-1:11111111-2222-3333-4444-555555555555",
 *   userPools: ["eu-west-1_Example01"],
 *   guests: true,
 * });
 * const verifier = bearer({ issuers: [identities] });
 * ```
 */
export function identityPoolToken(options: IdentityPoolTokenOptions): TokenIssuer<IdentityPoolTokenPrincipal>;
export function identityPoolToken(options: IdentityPoolTokenOptions): TokenIssuer {
  refuseUnknownOptions("identityPoolToken", options, optionNames);
  const { guests = false } = options;
  const identityPoolId = readIdentityPoolId(options.identityPoolId);
  const userPools = readUserPools(options.userPools);
  if (typeof guests !== "boolean") throw invalid("guests", "must be true or false");
  if (userPools.length === 0 && !guests) {
    throw new ConfigurationError(
      "missing_option",
      "identityPoolToken.userPools",
      'nobody could be accepted; write ["eu-west-1_Example01"], or guests: true',
    );
  }
  return defineIssuer({
    iss,
    algorithms,
    // Nothing is taken over whose name could be another pool's.
    trusted: { issuer: identityPoolId, declared: true },
    ...readIssuerKeys("identityPoolToken", options, {
      algorithms,
      issuer: iss,
      jwksUri: `${iss}/.well-known/jwks_uri`,
    }),
    read(payload) {
      const claims = readIdentityPoolClaims(payload, identityPoolId, userPools);
      if (claims.user === undefined && !guests) throw invalidToken("guests are not accepted");
      return callerOf(claims, identityPoolId);
    },
  });
}

function callerOf({ identityId, user }: IdentityPoolClaims, identityPoolId: string): ClaimedCaller {
  const common = { verifiedBy: "identity-pool-token", identityId };
  const facts = { identityId };
  if (user === undefined) {
    const guest = { kind: "guest", id: `guest:${identityId}`, issuer: identityPoolId, groups: closedGroups() } as const;
    return { principal: { ...guest, ...common }, facts };
  }
  const { pool, sub } = user;
  const { userPoolId, issuer } = pool;
  return {
    principal: { kind: "user", id: `user:${userPoolId}:${sub}`, userId: sub, issuer, ...common },
    facts,
  };
}

function readIdentityPoolId(value: unknown): string {
  const example = '"eu-west-1:11111111-2222-3333-4444-555555555555"';
  const id = requireText("identityPoolToken.identityPoolId", value, example);
  if (!identityIdForm.test(id)) throw invalid("identityPoolId", `must be of the form ${example}`);
  return id;
}

function readUserPools(value: unknown): readonly UserPoolNames[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("userPools", 'must be a list of ids, such as ["eu-west-1_Example01"]');
  const pools = value.map((id) => userPoolNames("identityPoolToken.userPools", id));
  if (new Set(pools.map(({ userPoolId }) => userPoolId)).size < pools.length) {
    throw invalid("userPools", "lists a user pool twice");
  }
  return pools;
}

function invalid(name: keyof IdentityPoolTokenOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `identityPoolToken.${name}`, message);
}

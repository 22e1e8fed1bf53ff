import { attempt, proceed } from "../awaitable.ts";
import { closedGroups, createPrincipal, type PrincipalInit } from "../principal.ts";
import type { Condition, ReadinessState } from "../readiness.ts";
import { type CognitoClaims, readCognitoClaims, type TokenUse } from "./cognito-claims.ts";
import { invalidToken } from "./invalid-token.ts";
import type { Jws } from "./jws.ts";
import { renameAll } from "./naming.ts";
import { createRecheck } from "./recheck.ts";
import { tokenFacts } from "./token-facts.ts";
import type { TokenIssuer, VerifiedToken } from "./token-issuer.ts";
import { readTokenTimes, type TokenTimes } from "./token-times.ts";
import {
  readUserPoolOptions,
  type UserPoolAccessOptions,
  type UserPoolIdOptions,
  type UserPoolOptions,
  type UserPoolSettings,
} from "./user-pool-options.ts";
import type { UserPoolPrincipals } from "./user-pool-principal.ts";

/** A Cognito user pool as the issuer of one kind of token. */
export interface UserPool<Use extends TokenUse = TokenUse, Custom = unknown>
  extends TokenIssuer<UserPoolPrincipals<Custom>[Use]> {
  readonly userPoolId: string;
  readonly tokenUse: Use;
  /** The name under which an identity pool knows the pool: `cognito-idp.<region>.amazonaws.com/<userPoolId>`. */
  readonly loginProvider: string;
}

/**
 * Accepts the tokens of a Cognito user pool, for {@link bearer} and {@link broker}.
 *
 * aws-jwt-verify checks the signature. The claims are checked before it, since that costs less: issuer, times, `token_use`,
 * client, and the types of those that a policy reads. Groups are closed: a token without `cognito:groups` says that the
 * caller is in none.
 *
 * The claims of its principals are typed by `tokenUse`. Custom claims are a type parameter, as in
 * `userPool<{ "custom:tenant": string }>({ ... })`. That is your word: nobody checks them, and each may be undefined.
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const verifier = bearer({ issuers: [access] });
 * ```
 */
export function userPool<Custom = unknown>(options: UserPoolAccessOptions): UserPool<"access", Custom>;
export function userPool<Custom = unknown>(options: UserPoolIdOptions): UserPool<"id", Custom>;
export function userPool<Custom = unknown>(options: UserPoolOptions): UserPool<TokenUse, Custom>;
export function userPool(options: UserPoolOptions): UserPool {
  const settings = readUserPoolOptions(options);
  const { userPoolId, issuer, loginProvider, tokenUse, clients, resources, declared } = settings;
  const { keys, toleranceSeconds, clock, live } = settings;
  return {
    userPoolId,
    loginProvider,
    tokenUse,
    issuers: [...keys.keys()],
    algorithms: ["RS256"],
    trusted: { issuer, declared },
    verify: (token) =>
      attempt(() => {
        const source = keys.get(token.payload.iss);
        if (source === undefined) throw invalidToken("iss is none of the configured issuers");
        if (token.header.alg !== "RS256") throw invalidToken("alg is not RS256");
        const times = readTokenTimes(token.payload, clock(), toleranceSeconds);
        const claims = readCognitoClaims(token.payload, tokenUse, clients, resources);
        return proceed(source.find(token.header.kid), (key) => {
          key.checkSignature(token);
          const principal = principalOf(token.payload, claims, times, settings);
          const verified: VerifiedToken<UserPoolPrincipals[TokenUse]> = {
            principal,
            facts: tokenFacts(token.payload, principal.id, times.issuedAt),
            recheck: createRecheck({ times: times.recheck, clock, source, key }),
          };
          return live === undefined ? verified : live(verified, claims);
        });
      }),
    async ready() {
      const outcomes = await Promise.allSettled([...new Set(keys.values())].map((source) => source.ready()));
      const faults: unknown[] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      // A pool signs in one format of its issuer; the host of the other need not answer.
      if (faults.length === outcomes.length) throw faults[0];
    },
    readiness: () => best([...new Set(keys.values())].map((source) => source.readiness())),
  };
}

const states: readonly ReadinessState[] = ["ready", "stale", "unavailable", "not-asked"];

/** How a pool stands whose keys are at several hosts, of which one must answer. */
function best(conditions: readonly Condition[]): Condition {
  return conditions.reduce((one, other) => (states.indexOf(other.state) < states.indexOf(one.state) ? other : one));
}

/** A principal in the making. It is filled in step by step: spreading optional members into it costs several microseconds. */
type PrincipalDraft = { -readonly [Name in keyof PrincipalInit]: PrincipalInit[Name] };

function principalOf(
  payload: Jws["payload"],
  { sub, clientId, machine, groups, scopes }: CognitoClaims,
  { expiresAt, authenticatedAt }: TokenTimes,
  settings: UserPoolSettings,
): UserPoolPrincipals[TokenUse] {
  const { userPoolId, issuer } = settings;
  const draft: PrincipalDraft = {
    kind: machine ? "client" : "user",
    id: machine ? `client:${userPoolId}:${clientId}` : `user:${userPoolId}:${sub}`,
    issuer,
    verifiedBy: "user-pool",
    groups: closedGroups(renameAll(groups, settings.groups)),
    tags: readTags(payload, settings.tags),
    claims: payload,
    expiresAt,
    clientId,
  };
  if (!machine) draft.userId = sub;
  if (scopes !== undefined) draft.scopes = renameAll(scopes, settings.scopes);
  if (authenticatedAt !== undefined) draft.authenticatedAt = authenticatedAt;
  // The claims are checked by now, and what is required in their types is there.
  return createPrincipal(draft) as UserPoolPrincipals[TokenUse];
}

function readTags(payload: Jws["payload"], mapping: UserPoolSettings["tags"]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const [tag, claim] of mapping) {
    const value = payload[claim];
    if (typeof value === "string") tags.set(tag, value);
  }
  return tags;
}

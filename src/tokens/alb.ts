import { closedGroups, type PrincipalInit } from "../principal.ts";
import { parseAlbJws } from "./alb-jws.ts";
import { type AlbOptions, type AlbSettings, readAlbOptions } from "./alb-options.ts";
import type { AlbPrincipal } from "./alb-principal.ts";
import { readNames } from "./claim-path.ts";
import { defineIssuer } from "./define-issuer.ts";
import { invalidToken } from "./invalid-token.ts";
import { renameAll } from "./naming.ts";
import type { JsonObject } from "./strict-json.ts";
import { mapTags } from "./tag-mapping.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import { userPoolOfIssuer } from "./user-pool-id.ts";

/**
 * Accepts what an Application Load Balancer states of a user whom it has authenticated, for {@link bearer}: the token in the header
 * `x-amzn-oidc-data`, and nowhere else. A token from another place is never for it, nor a token in that header for another issuer.
 *
 * The signer must be exactly `loadBalancerArn`, and the client one of `clientId`; both are looked at before any key is fetched. A
 * user of a user pool has the id `user:<pool>:<sub>`, as with a token of the pool, and any other `user:<issuer>#<sub>`. Groups are
 * unknown unless `groupsClaim` names a claim. `x-amzn-oidc-accesstoken` and `x-amzn-oidc-identity` are never read.
 *
 * Claims of the provider's own are a type parameter, as in `alb<{ "custom:tenant": string }>({ ... })`. That is your word: nobody
 * checks them, and each may be undefined.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { alb, bearer } from "poolgate";
 *
 * const balancer = alb({
 *   loadBalancerArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/articles/0123456789abcdef",
 *   issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
 *   clientId: "1example23456789",
 *   origins: ["https://app.example.com"],
 * });
 * const verifier = bearer({ issuers: [balancer] });
 * ```
 */
export function alb<Custom = unknown>(options: AlbOptions): TokenIssuer<AlbPrincipal<Custom>>;
export function alb(options: AlbOptions): TokenIssuer {
  const settings = readAlbOptions(options);
  const { issuer, signers, clients, origins, replaces, declared, keys, clock, toleranceSeconds } = settings;
  const pool = userPoolOfIssuer(issuer);
  const known = { issuer: pool?.issuer ?? issuer, prefix: pool === undefined ? `${issuer}#` : `${pool.userPoolId}:` };
  return defineIssuer({
    iss: issuer,
    algorithms: ["ES256"],
    trusted: { issuer: known.issuer, declared },
    place: { header: "x-amzn-oidc-data", origins, replaces, parse: parseAlbJws },
    keys,
    clock,
    toleranceSeconds,
    read(payload, { signer, client }) {
      if (typeof signer !== "string" || !signers.has(signer)) {
        throw invalidToken("signer is none of the configured load balancers");
      }
      if (clients !== null && (typeof client !== "string" || !clients.has(client))) {
        throw invalidToken("client is none of the configured clients");
      }
      const { sub } = payload;
      if (typeof sub !== "string" || sub === "") throw invalidToken("sub is not one string");
      const principal = {
        kind: "user" as const,
        id: `user:${known.prefix}${sub}`,
        issuer: known.issuer,
        verifiedBy: "alb",
        ...(pool !== undefined && { userId: sub }),
        ...readAttributes(payload, settings),
      };
      return { principal };
    },
  });
}

function readAttributes(
  payload: JsonObject,
  { groupsClaim, groups, tags }: AlbSettings,
): Pick<PrincipalInit, "groups" | "tags"> {
  const names = groupsClaim && readNames(payload, groupsClaim, "groups", false);
  return {
    tags: mapTags(payload, tags),
    ...(names !== undefined && { groups: closedGroups(renameAll(names, groups)) }),
  };
}

import { type Arrange, createForeignKey, type ForeignKey } from "./foreign-key.ts";
import { clientId, issuer, now, seconds, sub } from "./token-fixtures.ts";

type Members = Readonly<Record<string, unknown>>;

export const loadBalancerArn =
  "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/articles/0123456789abcdef";
/** A load balancer of somebody else, in the same region and so with the same keys. */
export const otherArn = loadBalancerArn.replace("123456789012", "210987654321");
export const kid = "11111111-aaaa-bbbb-cccc-222222222222";
export const header = "x-amzn-oidc-data";
export const origins: readonly string[] = ["https://app.example.com"];

/** The key of the region, as all of its load balancers sign with it. */
export const albKey: ForeignKey = createForeignKey("ES256", kid);

/** The options of a load balancer that signs in the users of a pool, with its key at hand. */
export const common = {
  ...{ loadBalancerArn, issuer, clientId, origins },
  jwks: { keys: [albKey.jwk] },
  clock: (): number => now,
};

/** The header of a good token; `undefined` leaves a member out. */
export function albHeader(members: Members = {}): Members {
  return { typ: "JWT", signer: loadBalancerArn, iss: issuer, client: clientId, exp: seconds + 120, ...members };
}

/** The claims of a good token, as the user info endpoint of a pool gives them; `undefined` leaves one out. */
export function userInfo(claims: Members = {}): Members {
  return { sub, email: "ada@example.com", email_verified: "true", username: "ada", ...claims };
}

/** A token as a load balancer writes it, with padded parts. */
export function albToken(claims: Members = {}, members: Members = {}, key: ForeignKey = albKey): string {
  return key.forgePadded(userInfo(claims), albHeader(members));
}

/** All that a good token states, wherever it stands: the client is `aud`. `undefined` leaves a claim out. */
export function albClaims(claims: Members = {}): Members {
  return { iss: issuer, exp: seconds + 120, aud: clientId, ...userInfo(claims) };
}

/** Moves to the header what a load balancer states there. */
export const arrangeAlb: Arrange = (claims, members) => {
  if (typeof claims === "string") return [claims, albHeader(members)];
  const { iss, exp, aud: client, ...payload } = claims;
  return [payload, albHeader({ iss, exp, client, ...members })];
};

import { anonymousCaller, type CallerProfile, callerProfile } from "./caller-profile.ts";

/**
 * Every caller whom poolgate's own verifiers make a principal of, the plainest first.
 *
 * Groups, scopes and claims of any name may be there, and so may tags of any name: which of them an operator configures is not
 * known to a policy. What is more than the verifiers give makes an analysis see too many callers, and never too few.
 *
 * Of those who sign it has whom a broker or an enrollment opened a session for. An operator who opens one himself may give it
 * any attributes; such callers are like those of another verifier.
 */
export const callerProfiles: readonly CallerProfile[] = Object.freeze([
  anonymousCaller,
  callerProfile("token", "user-pool", "user", "a user with an access or ID token of a user pool", {
    ...{ groups: ["closed"], scopes: "maybe", userId: "always", clientId: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile("signature", "signed-request", "user", "a user who signs with credentials of an identity pool", {
    ...{ groups: ["closed"], role: "always", userId: "always", identityId: "maybe" },
    ...{ tags: true, authenticatedAt: true },
  }),
  callerProfile("token", "user-pool", "client", "a machine with an access token of a user pool", {
    ...{ groups: ["closed"], scopes: "always", clientId: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile("signature", "signed-request", "role", "a role that signs with enrolled credentials", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  callerProfile("signature", "sts-proof", "role", "a role that proves its credentials to STS", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  callerProfile("signature", "signed-request", "guest", "a guest of an identity pool who signs", {
    ...{ groups: ["none", "open"], role: "always", identityId: "always" },
  }),
  callerProfile("signature", "signed-request", "guest", "a role that stands for guests and signs", {
    ...{ issuer: "account", groups: ["none", "open"], role: "always" },
  }),
  callerProfile("signature", "sts-proof", "guest", "a role that stands for guests and proves its credentials to STS", {
    ...{ issuer: "account", groups: ["none"], role: "always" },
  }),
  callerProfile("token", "identity-pool-token", "user", "a user with an OpenID token of an identity pool", {
    ...{ userId: "always", identityId: "always", claims: true, authenticatedAt: true },
  }),
  callerProfile("token", "identity-pool-token", "guest", "a guest with an OpenID token of an identity pool", {
    ...{ groups: ["none"], identityId: "always", claims: true, authenticatedAt: true },
  }),
  callerProfile("token", "sts-web-identity", "role", "a role with a web identity token of STS", {
    ...{ issuer: "account", groups: ["open", "unknown"], role: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile(
    "token",
    "sts-web-identity",
    "guest",
    "a role that stands for guests, with a web identity token of STS",
    {
      ...{ issuer: "account", groups: ["none"], role: "always", tags: true },
    },
  ),
  callerProfile("token", "oidc", "user", "a user with a token of an OpenID provider", {
    ...{ groups: ["closed", "unknown"], scopes: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile("token", "alb", "user", "a user whom a load balancer authenticated", {
    ...{ groups: ["closed", "unknown"], userId: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile("token", "oidc", "client", "a machine with a token of an OpenID provider", {
    ...{ groups: ["closed", "unknown"], scopes: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  callerProfile("signature", "gateway-event", "user", "a user of an identity pool whose signature a gateway checked", {
    ...{ groups: ["open"], role: "always", userId: "always", identityId: "always" },
  }),
  callerProfile("token", "gateway-event", "user", "a user whose token a gateway checked", {
    ...{ groups: ["unknown", "none"], scopes: "maybe", userId: "always", clientId: "always" },
    ...{ claims: true, authenticatedAt: true },
  }),
  callerProfile("token", "gateway-event", "client", "a machine whose token a gateway checked", {
    ...{ groups: ["none", "unknown"], scopes: "always", clientId: "always", claims: true, authenticatedAt: true },
  }),
  callerProfile("signature", "gateway-event", "role", "a role whose signature a gateway checked", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  callerProfile(
    "signature",
    "gateway-event",
    "guest",
    "a guest of an identity pool whose signature a gateway checked",
    {
      ...{ groups: ["none", "open"], role: "always", identityId: "always" },
    },
  ),
  callerProfile(
    "signature",
    "gateway-event",
    "guest",
    "a role that stands for guests and whose signature a gateway checked",
    {
      ...{ issuer: "account", groups: ["none"], role: "always" },
    },
  ),
]);

import type { PrincipalKind } from "../../principal.ts";

/** Whether a principal has an attribute. */
export type Presence = "always" | "never" | "maybe";

/** What is known of groups: all of them, that there are none, some of them, or nothing. */
export type GroupsKnown = "closed" | "none" | "open" | "unknown";

/** How a caller proves who he is. */
export type CredentialStyle = "none" | "token" | "signature" | "other";

/** The callers of one kind who come with one kind of credential, and what a policy can know of them. */
export interface CallerProfile {
  readonly kind: PrincipalKind;
  readonly verifiedBy: string;
  readonly style: CredentialStyle;
  /** Who they are, for a person. */
  readonly text: string;
  /** `account`: the issuer is the account of the role. */
  readonly issuer: "never" | "always" | "account";
  readonly groups: readonly [GroupsKnown, ...GroupsKnown[]];
  readonly scopes: Presence;
  readonly role: Presence;
  readonly userId: Presence;
  readonly identityId: Presence;
  readonly clientId: Presence;
  /** Whether there can be tags, claims and a time of authentication; no caller must have one. */
  readonly tags: boolean;
  readonly claims: boolean;
  readonly authenticatedAt: boolean;
}

type Facts = Partial<Omit<CallerProfile, "kind" | "verifiedBy" | "style" | "text">>;

function profile(
  style: CredentialStyle,
  verifiedBy: string,
  kind: PrincipalKind,
  text: string,
  facts: Facts,
): CallerProfile {
  return Object.freeze({
    ...{ style, verifiedBy, kind, text, issuer: "always" as const, groups: ["unknown"] as const },
    ...({ scopes: "never", role: "never", userId: "never", identityId: "never", clientId: "never" } as const),
    ...{ tags: false, claims: false, authenticatedAt: false },
    ...facts,
  });
}

const anonymousCaller = profile("none", "nothing", "anonymous", "an anonymous caller", {
  issuer: "never",
  groups: ["none"],
});

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
  profile("token", "user-pool", "user", "a user with an access or ID token of a user pool", {
    ...{ groups: ["closed"], scopes: "maybe", userId: "always", clientId: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  profile("signature", "signed-request", "user", "a user who signs with credentials of an identity pool", {
    ...{ groups: ["closed"], role: "always", userId: "always", identityId: "maybe" },
    ...{ tags: true, authenticatedAt: true },
  }),
  profile("token", "user-pool", "client", "a machine with an access token of a user pool", {
    ...{ groups: ["closed"], scopes: "always", clientId: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  profile("signature", "signed-request", "role", "a role that signs with enrolled credentials", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  profile("signature", "sts-proof", "role", "a role that proves its credentials to STS", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  profile("signature", "signed-request", "guest", "a guest of an identity pool who signs", {
    ...{ groups: ["none", "open"], role: "always", identityId: "always" },
  }),
  profile("signature", "signed-request", "guest", "a role that stands for guests and signs", {
    ...{ issuer: "account", groups: ["none", "open"], role: "always" },
  }),
  profile("signature", "sts-proof", "guest", "a role that stands for guests and proves its credentials to STS", {
    ...{ issuer: "account", groups: ["none"], role: "always" },
  }),
  profile("token", "identity-pool-token", "user", "a user with an OpenID token of an identity pool", {
    ...{ userId: "always", identityId: "always", claims: true, authenticatedAt: true },
  }),
  profile("token", "identity-pool-token", "guest", "a guest with an OpenID token of an identity pool", {
    ...{ groups: ["none"], identityId: "always", claims: true, authenticatedAt: true },
  }),
  profile("token", "sts-web-identity", "role", "a role with a web identity token of STS", {
    ...{ issuer: "account", groups: ["open", "unknown"], role: "always" },
    ...{ tags: true, claims: true, authenticatedAt: true },
  }),
  profile("token", "sts-web-identity", "guest", "a role that stands for guests, with a web identity token of STS", {
    ...{ issuer: "account", groups: ["none"], role: "always", tags: true },
  }),
  profile("token", "oidc", "user", "a user with a token of an OpenID provider", {
    ...{ groups: ["closed", "unknown"], scopes: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  profile("token", "alb", "user", "a user whom a load balancer authenticated", {
    ...{ groups: ["closed", "unknown"], userId: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  profile("token", "oidc", "client", "a machine with a token of an OpenID provider", {
    ...{ groups: ["closed", "unknown"], scopes: "maybe", tags: true, claims: true, authenticatedAt: true },
  }),
  profile("signature", "gateway-event", "user", "a user of an identity pool whose signature a gateway checked", {
    ...{ groups: ["open"], role: "always", userId: "always", identityId: "always" },
  }),
  profile("token", "gateway-event", "user", "a user whose token a gateway checked", {
    ...{ groups: ["unknown", "none"], scopes: "maybe", userId: "always", clientId: "always" },
    ...{ claims: true, authenticatedAt: true },
  }),
  profile("token", "gateway-event", "client", "a machine whose token a gateway checked", {
    ...{ groups: ["none", "unknown"], scopes: "always", clientId: "always", claims: true, authenticatedAt: true },
  }),
  profile("signature", "gateway-event", "role", "a role whose signature a gateway checked", {
    ...{ issuer: "account", groups: ["open"], role: "always" },
  }),
  profile("signature", "gateway-event", "guest", "a guest of an identity pool whose signature a gateway checked", {
    ...{ groups: ["none", "open"], role: "always", identityId: "always" },
  }),
  profile(
    "signature",
    "gateway-event",
    "guest",
    "a role that stands for guests and whose signature a gateway checked",
    {
      ...{ issuer: "account", groups: ["none"], role: "always" },
    },
  ),
]);

const anything: Facts = {
  ...{ scopes: "maybe", role: "maybe", userId: "maybe", identityId: "maybe", clientId: "maybe" },
  ...{ tags: true, claims: true, authenticatedAt: true },
};

/**
 * Whom any verifier could make, also one of an operator's own: what {@link callerProfiles} has, and more. Guests are in no
 * closed group by what a guest is.
 */
export const anyCallers: readonly CallerProfile[] = Object.freeze([
  anonymousCaller,
  ...(["user", "client", "role"] as const).map((kind) =>
    profile("other", "another verifier", kind, `a ${kind} whom another verifier knows`, {
      ...anything,
      groups: ["closed", "open", "unknown"],
    }),
  ),
  profile("other", "another verifier", "guest", "a guest whom another verifier knows", {
    ...anything,
    groups: ["none", "open", "unknown"],
  }),
]);

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

/** What is known of callers, where it is more than that they have an issuer. */
export type CallerFacts = Partial<Omit<CallerProfile, "kind" | "verifiedBy" | "style" | "text">>;

/** Describes callers of whom nothing is known but what the facts say. */
export function callerProfile(
  style: CredentialStyle,
  verifiedBy: string,
  kind: PrincipalKind,
  text: string,
  facts: CallerFacts,
): CallerProfile {
  return Object.freeze({
    ...{ style, verifiedBy, kind, text, issuer: "always" as const, groups: ["unknown"] as const },
    ...({ scopes: "never", role: "never", userId: "never", identityId: "never", clientId: "never" } as const),
    ...{ tags: false, claims: false, authenticatedAt: false },
    ...facts,
  });
}

/** The caller who shows no credential, whichever verifiers there are. */
export const anonymousCaller: CallerProfile = callerProfile("none", "nothing", "anonymous", "an anonymous caller", {
  issuer: "never",
  groups: ["none"],
});

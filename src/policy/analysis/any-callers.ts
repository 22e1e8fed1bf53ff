import { anonymousCaller, type CallerFacts, type CallerProfile, callerProfile } from "./caller-profile.ts";

const anything: CallerFacts = {
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
    callerProfile("other", "another verifier", kind, `a ${kind} whom another verifier knows`, {
      ...anything,
      groups: ["closed", "open", "unknown"],
    }),
  ),
  callerProfile("other", "another verifier", "guest", "a guest whom another verifier knows", {
    ...anything,
    groups: ["none", "open", "unknown"],
  }),
]);

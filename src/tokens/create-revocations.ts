import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import type { Store } from "../stores/store.ts";
import { createRevocationList, type Revocations } from "./revocations.ts";

/** What {@link createRevocations} takes. */
export interface RevocationsOptions {
  /** Where the list is kept: `memoryStore()` for one node, `redisStore({ ... })` for several. It holds digests, no secrets. */
  readonly store: Store;
  /**
   * Sets the list apart from those of others in one store; all gates that are to heed the same revocations write the same. Lower-case
   * letters, digits, dots, hyphens and underscores, such as `api.example.com`.
   */
  readonly audience: string;
  /**
   * How old the list may be, in seconds; 60 by default, 0 to 60. It is renewed in the background from half of that age on; with
   * 0 the store is asked for every request.
   */
  readonly revocationSeconds?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

// No slash, which parts the fields of a store key.
const nameForm = /^[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?$/;
/**
 * How long a revocation without `until` is remembered. Tokens of Cognito live at most a day, by a clock that may be 5 minutes
 * ahead, and their end may be tolerated for 5 more.
 */
const lifetime = 25 * 3_600_000;

/**
 * Makes the list of what has been revoked, for a gate that takes tokens alone; one that has sessions uses
 * `sessions.revocations`.
 *
 * @throws ConfigurationError where an option is missing, unknown or faulty.
 *
 * @example
 * ```ts
 * import { bearer, createRevocations, memoryStore, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const revocations = createRevocations({ store: memoryStore(), audience: "api.example.com" });
 * const verifier = bearer({ issuers: [access], revocations });
 * await revocations.revoke({ originJti: "22222222-2222-3333-4444-555555555555" });
 * ```
 */
export function createRevocations(options: RevocationsOptions): Revocations {
  refuseUnknownOptions("createRevocations", options, ["store", "audience", "revocationSeconds", "clock"]);
  const { store, revocationSeconds = 60, clock = Date.now } = options;
  // What null and undefined lack is told like what any other value lacks.
  const { list, set } = Object(store) as Readonly<Record<string, unknown>>;
  if (typeof list !== "function" || typeof set !== "function") {
    throw invalid("store", "must be a Store, such as memoryStore()");
  }
  const audience = requireText("createRevocations.audience", options.audience, '"api.example.com"');
  if (!nameForm.test(audience)) {
    throw invalid("audience", "must be lower-case letters, digits, dots, hyphens and underscores");
  }
  if (typeof clock !== "function") throw invalid("clock", "must be a function that gives milliseconds since 1970");
  const maxAge = requireInteger("createRevocations.revocationSeconds", revocationSeconds, 0, 60) * 1_000;
  return createRevocationList({ store, audience, maxAge, lifetime, clock });
}

function invalid(name: keyof RevocationsOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `createRevocations.${name}`, message);
}

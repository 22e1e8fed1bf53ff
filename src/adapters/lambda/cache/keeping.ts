import { ConfigurationError, requireInteger } from "../../../configuration.ts";
import type { CacheName } from "./define-cache.ts";
import { type IdentitySources, readIdentitySources } from "./identity-source.ts";

/** For how long the gateway keeps answers. */
export interface GatewayCacheOptions {
  /**
   * For how many seconds the gateway's authorizer keeps an answer, 1 to 3,600: the time to live that is set there. `principalOf`
   * refuses an answer that was kept for longer.
   */
  readonly cacheTtl: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** Under what the gateway keeps answers, where a token alone is not the key. */
export interface IdentitySourceOption<Source extends string> {
  /** The identity sources of the gateway's authorizer. Of the headers, the verifiers see these alone. */
  readonly identitySource: readonly [Source, ...Source[]];
}

/** For `rest-token`, where the key is the token. */
export interface NoIdentitySource {
  readonly identitySource?: never;
}

/** The names of {@link GatewayCacheOptions} and {@link IdentitySourceOption}. */
export const keepingOptionNames = ["cacheTtl", "identitySource", "clock"] as const;

/** How answers are kept, checked. */
export interface Keeping {
  /** Undefined where the token is the key. */
  readonly sources: IdentitySources | undefined;
  /** Until when an answer that is given now is kept. */
  readonly until: () => Date;
}

/**
 * Checks how answers are kept.
 *
 * @throws ConfigurationError
 */
export function readKeeping(
  name: CacheName,
  options: GatewayCacheOptions & (IdentitySourceOption<string> | NoIdentitySource),
): Keeping {
  const { identitySource, clock = Date.now } = options;
  const cacheTtl = requireInteger(`${name}.cacheTtl`, options.cacheTtl, 1, 3_600);
  const sources =
    identitySource === undefined ? undefined : readIdentitySources(`${name}.identitySource`, identitySource);
  if (typeof clock !== "function") {
    throw new ConfigurationError("invalid_option", `${name}.clock`, "must be a function such as Date.now");
  }
  return { sources, until: () => new Date(clock() + cacheTtl * 1_000) };
}

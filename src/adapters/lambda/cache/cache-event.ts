import { ConfigurationError } from "../../../configuration.ts";

/** An answer that is less than the mode promises; never more. */
export type CacheEvent =
  /** No table could be written for a caller; the answer is for the one request. Other requests of his are denied while it is kept. */
  | {
      readonly type: "exact_instead";
      readonly principalId: string;
      /** `too_large`: more than 8 KB, or an ARN of more than 512 characters. `not_expressible`: no patterns grant just that. */
      readonly reason: "too_large" | "not_expressible";
    }
  /** A value of the caller cannot stand in an ARN, so that what it would grant on a route is denied. */
  | { readonly type: "value_refused"; readonly principalId: string; readonly route: string; readonly param: string };

/**
 * Makes what tells of events: to a listener, whose faults become warnings, or as one warning of each kind.
 *
 * @throws ConfigurationError
 */
export function cacheEventTeller(
  option: string,
  listener: ((event: CacheEvent) => void) | undefined,
): (event: CacheEvent) => void {
  if (listener !== undefined && typeof listener !== "function") {
    throw new ConfigurationError("invalid_option", option, "write (event) => ...");
  }
  const warned = new Set<string>();
  return (event) => {
    if (listener === undefined) {
      if (!warned.has(event.type)) warn(`an answer grants less than the policy: ${event.type}`);
      warned.add(event.type);
      return;
    }
    try {
      listener(event);
    } catch (thrown) {
      warn(thrown instanceof Error ? thrown : "onCacheEvent threw something that is no Error");
    }
  };
}

function warn(warning: string | Error): void {
  process.emitWarning(warning, { code: "POOLGATE_ON_CACHE_EVENT" });
}

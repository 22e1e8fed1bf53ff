import { ConfigurationError, requireInteger } from "../configuration.ts";
import type { KeyEvent } from "./key-event.ts";

/** How the keys of an issuer are kept; the same for every issuer whose keys are fetched. */
export interface KeyAgeOptions {
  /**
   * The age in seconds at which keys are fetched anew in the background; 600 by default, 10 to 86,400. So long a key that was
   * withdrawn may still be trusted.
   */
  readonly refreshSeconds?: number;
  /**
   * The age in seconds from which keys that could not be fetched anew are no longer trusted: tokens are answered with 503
   * `keys_unavailable` then. A day by default, at least `refreshSeconds`, at most 604,800.
   */
  readonly maxStaleSeconds?: number;
  /** Learns what becomes of the keys. What it throws, or its promise rejects with, becomes a warning of the process. */
  readonly onKeys?: (event: KeyEvent) => void;
}

/** The names of {@link KeyAgeOptions}. */
export const keyAgeOptionNames: readonly (keyof KeyAgeOptions)[] = ["refreshSeconds", "maxStaleSeconds", "onKeys"];

/** {@link KeyAgeOptions}, checked. */
export interface KeyAge {
  readonly refreshSeconds: number;
  readonly maxStaleSeconds: number;
  readonly onKeys: ((event: KeyEvent) => void) | undefined;
}

/**
 * Checks how the keys of an issuer are kept.
 *
 * @param owner the name of the function whose options these are, for faults.
 * @throws ConfigurationError
 */
export function readKeyAge(owner: string, options: KeyAgeOptions): KeyAge {
  const { refreshSeconds: refresh = 600, maxStaleSeconds = 86_400, onKeys } = options;
  const refreshSeconds = requireInteger(`${owner}.refreshSeconds`, refresh, 10, 86_400);
  requireInteger(`${owner}.maxStaleSeconds`, maxStaleSeconds, refreshSeconds, 604_800);
  if (onKeys !== undefined && typeof onKeys !== "function") {
    throw new ConfigurationError("invalid_option", `${owner}.onKeys`, "must be a function that takes an event");
  }
  return { refreshSeconds, maxStaleSeconds, onKeys };
}

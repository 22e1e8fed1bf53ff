import { awsEndpoint, readAwsEndpoint } from "../aws-endpoint.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import type { UserPoolConnection } from "./get-user.ts";

/** What {@link liveCheck} takes. */
export interface LiveCheckOptions {
  /**
   * How old a verdict may be, in seconds, counted from when Cognito was asked; 60 by default, 1 to 3,600. So long a token that
   * was revoked may still be accepted, and every token in use is asked about once in this time by each process.
   */
  readonly maxAgeSeconds?: number;
  /**
   * How old the last good verdict on a token may be while Cognito cannot be asked, in seconds; `maxAgeSeconds` by default, so
   * that such a token is then answered with 503. At most 86,400.
   */
  readonly maxStaleSeconds?: number;
  /** How long one call may take, in seconds; 3 by default, 1 to 30. */
  readonly timeoutSeconds?: number;
  /**
   * The most calls in one second about the tokens of a pool, by this process; 50 by default, 1 to 10,000. A tenth of them, rounded
   * up, may be about those of one user. Beyond it the answer is 503.
   */
  readonly callsPerSecond?: number;
  /** The most tokens whose verdicts are kept, those used last; 10,000 by default. */
  readonly entries?: number;
  /**
   * What becomes of the tokens of app clients, which have no user to ask for: `"refuse"`, the default, or `"unchecked"`, which
   * accepts them as without the live check.
   */
  readonly machineTokens?: "refuse" | "unchecked";
  /** Where Cognito is asked; `https://cognito-idp.<region>.amazonaws.com/` with the region of the pool by default. */
  readonly endpoint?: string;
}

/** {@link LiveCheckOptions}, checked; times are milliseconds. */
export interface LiveCheckSettings {
  readonly maxAge: number;
  readonly maxStale: number;
  readonly timeout: number;
  readonly perSecond: number;
  readonly entries: number;
  /** Whether the tokens of app clients are accepted, though nobody can be asked about them. */
  readonly machinesUnchecked: boolean;
  /** Undefined for that of the region. */
  readonly endpoint: string | undefined;
}

/** What of the user pool's own options its check works with. */
export interface LiveCheckPool {
  readonly userPoolId: string;
  readonly allowLoopbackHttp: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
}

const optionNames: readonly (keyof LiveCheckOptions)[] = [
  "maxAgeSeconds",
  "maxStaleSeconds",
  "timeoutSeconds",
  "callsPerSecond",
  "entries",
  "machineTokens",
  "endpoint",
];

/**
 * Checks how Cognito is asked, as far as that can be told for any pool.
 *
 * @throws ConfigurationError
 */
export function readLiveCheckOptions(options: LiveCheckOptions): LiveCheckSettings {
  refuseUnknownOptions("liveCheck", options, optionNames);
  const { maxAgeSeconds: age = 60, timeoutSeconds = 3, callsPerSecond = 50, entries = 10_000 } = options;
  const { machineTokens = "refuse", endpoint } = options;
  const maxAgeSeconds = requireInteger("liveCheck.maxAgeSeconds", age, 1, 3_600);
  const { maxStaleSeconds = maxAgeSeconds } = options;
  if (machineTokens !== "refuse" && machineTokens !== "unchecked") {
    throw new ConfigurationError("invalid_option", "liveCheck.machineTokens", 'write "refuse" or "unchecked"');
  }
  // Whether http is allowed, each pool says for itself.
  if (endpoint !== undefined) readAwsEndpoint("liveCheck.endpoint", endpoint, true);
  return {
    maxAge: maxAgeSeconds * 1_000,
    maxStale: requireInteger("liveCheck.maxStaleSeconds", maxStaleSeconds, maxAgeSeconds, 86_400) * 1_000,
    timeout: requireInteger("liveCheck.timeoutSeconds", timeoutSeconds, 1, 30) * 1_000,
    perSecond: requireInteger("liveCheck.callsPerSecond", callsPerSecond, 1, 10_000),
    entries: requireInteger("liveCheck.entries", entries, 1, 1_000_000),
    machinesUnchecked: machineTokens === "unchecked",
    endpoint,
  };
}

/**
 * Where Cognito is asked about the tokens of a pool.
 *
 * @throws ConfigurationError where the pool does not allow the endpoint.
 */
export function connectionTo(
  { userPoolId, allowLoopbackHttp, fetch }: LiveCheckPool,
  { endpoint, timeout }: LiveCheckSettings,
): UserPoolConnection {
  const region = userPoolId.slice(0, userPoolId.indexOf("_"));
  const { href } = awsEndpoint("cognito-idp", region);
  return { url: readAwsEndpoint("userPool.liveCheck.endpoint", endpoint ?? href, allowLoopbackHttp), fetch, timeout };
}

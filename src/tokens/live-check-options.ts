import { awsEndpoint, readAwsEndpoint } from "../aws-endpoint.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { createCallLimit } from "./call-limit.ts";
import { getUser } from "./get-user.ts";
import { createLiveCheck, type LiveCheck } from "./live-check.ts";

/** How Cognito is asked whether it still accepts an access token, see {@link UserPoolOptions.liveCheck}. */
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
   * The most calls in one second, by this process; 50 by default, 1 to 10,000. A tenth of them, rounded up, may be about the tokens
   * of one user. Beyond it the answer is 503.
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

/** {@link LiveCheckOptions}, checked. */
export interface LiveCheckSettings {
  readonly check: LiveCheck;
  /** Whether the tokens of app clients are accepted, though nobody can be asked about them. */
  readonly machinesUnchecked: boolean;
}

/** What of the user pool's own options the check works with. */
export interface LiveCheckContext {
  readonly userPoolId: string;
  readonly allowLoopbackHttp: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
}

const owner = "userPool.liveCheck";
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
 * Checks how Cognito is asked, and makes the check.
 *
 * @throws ConfigurationError
 */
export function readLiveCheck(
  options: LiveCheckOptions,
  { userPoolId, allowLoopbackHttp, fetch, clock }: LiveCheckContext,
): LiveCheckSettings {
  refuseUnknownOptions(owner, options, optionNames);
  const { maxAgeSeconds: age = 60, timeoutSeconds = 3, callsPerSecond = 50, entries = 10_000 } = options;
  const { machineTokens = "refuse", endpoint = endpointOf(userPoolId) } = options;
  const maxAgeSeconds = requireInteger(`${owner}.maxAgeSeconds`, age, 1, 3_600);
  const { maxStaleSeconds = maxAgeSeconds } = options;
  requireInteger(`${owner}.maxStaleSeconds`, maxStaleSeconds, maxAgeSeconds, 86_400);
  if (machineTokens !== "refuse" && machineTokens !== "unchecked") {
    throw new ConfigurationError("invalid_option", `${owner}.machineTokens`, 'write "refuse" or "unchecked"');
  }
  const perSecond = requireInteger(`${owner}.callsPerSecond`, callsPerSecond, 1, 10_000);
  const connection = {
    url: readAwsEndpoint(`${owner}.endpoint`, endpoint, allowLoopbackHttp),
    fetch,
    timeout: requireInteger(`${owner}.timeoutSeconds`, timeoutSeconds, 1, 30) * 1_000,
  };
  return {
    check: createLiveCheck({
      ask: (token, user) => getUser(connection, token, user),
      limit: createCallLimit({ perSecond, perUser: Math.ceil(perSecond / 10), clock }),
      maxAge: maxAgeSeconds * 1_000,
      maxStale: maxStaleSeconds * 1_000,
      entries: requireInteger(`${owner}.entries`, entries, 1, 1_000_000),
      clock,
    }),
    machinesUnchecked: machineTokens === "unchecked",
  };
}

function endpointOf(userPoolId: string): string {
  return awsEndpoint("cognito-idp", userPoolId.slice(0, userPoolId.indexOf("_"))).href;
}

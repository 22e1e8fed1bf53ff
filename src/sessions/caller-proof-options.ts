import { parseRoleName } from "../arn.ts";
import type { AwsConnection } from "../aws-call.ts";
import { awsEndpoint, readAwsEndpoint } from "../aws-endpoint.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import type { Sessions } from "./session.ts";

/** How often proofs may be brought to STS. */
export interface CallerProofLimits {
  /** Proofs from one source address in a minute; each that is refused counts ten times. */
  readonly perSourcePerMinute?: number;
  /** Proofs of one AWS account in a minute, of which one source address may take a tenth. */
  readonly perAccountPerMinute?: number;
}

/** What whoever checks proofs of AWS credentials takes. */
export interface CallerProofOptions {
  /** The sessions of the gate; they settle the audience that proofs name, the skew, the clock and the store of nonces. */
  readonly sessions: Sessions;
  /**
   * The accepted IAM roles and what each stands for. Whoever holds credentials of a listed role gets in, and any AWS account
   * on earth can make a proof, so list account and role of nobody else.
   */
  readonly roles: RoleMap;
  /** The regions whose STS may be asked, such as `["eu-west-1"]`; the client chooses one of them. */
  readonly regions: readonly string[];
  /** Where STS is reached, by region; its public endpoint by default. Clients sign for the host that stands here. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Allows endpoints with http on the loopback interface, for tests; false by default. */
  readonly allowLoopbackHttp?: boolean;
  readonly limits?: CallerProofLimits;
  /** What calls STS; the global `fetch` by default. It must obey `redirect` and `signal`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** {@link CallerProofOptions}, checked. */
export interface CallerProofSettings {
  readonly sessions: Sessions;
  readonly judgeRole: JudgeRole;
  /** The accounts of the accepted roles. */
  readonly accounts: ReadonlySet<string>;
  /** By region. */
  readonly connections: ReadonlyMap<string, AwsConnection>;
  readonly perSourcePerMinute: number;
  readonly perAccountPerMinute: number;
}

/** The names of {@link CallerProofOptions}. */
export const callerProofOptionNames: readonly string[] = [
  "sessions",
  "roles",
  "regions",
  "endpoints",
  "allowLoopbackHttp",
  "limits",
  "fetch",
];

/**
 * Checks what the options of enrollment and of proofs in requests share.
 *
 * @param owner the function whose options they are, for faults.
 * @throws ConfigurationError
 */
export function readCallerProofOptions(
  owner: string,
  options: CallerProofOptions,
  defaults: Required<CallerProofLimits>,
): CallerProofSettings {
  const { sessions, roles, endpoints = {}, allowLoopbackHttp = false, limits = {}, fetch = globalThis.fetch } = options;
  if (typeof sessions?.once !== "function") {
    throw new ConfigurationError("missing_option", `${owner}.sessions`, "write sessions: createSessions({ ... })");
  }
  const judgeRole = compileRoleMap(`${owner}.roles`, roles);
  const names = Object.keys(roles);
  if (names.length === 0) throw invalid(`${owner}.roles`, 'list at least one, such as "123456789012/Editor"');
  if (typeof allowLoopbackHttp !== "boolean") throw invalid(`${owner}.allowLoopbackHttp`, "must be true or false");
  if (typeof fetch !== "function") throw invalid(`${owner}.fetch`, "must be a function like the global fetch");
  const regions = readRegions(`${owner}.regions`, options.regions);
  refuseUnknownOptions(`${owner}.endpoints`, endpoints, regions);
  refuseUnknownOptions(`${owner}.limits`, limits, ["perSourcePerMinute", "perAccountPerMinute"]);
  const { perSourcePerMinute, perAccountPerMinute } = { ...defaults, ...limits };
  return {
    sessions,
    judgeRole,
    accounts: new Set(names.map((name) => String(parseRoleName(name)?.account))),
    connections: new Map(
      regions.map((region) => {
        const { [region]: url = awsEndpoint("sts", region).href } = endpoints;
        return [region, { url: readEndpoint(`${owner}.endpoints.${region}`, url, allowLoopbackHttp), fetch }];
      }),
    ),
    perSourcePerMinute: requireInteger(`${owner}.limits.perSourcePerMinute`, perSourcePerMinute, 10, 60_000),
    perAccountPerMinute: requireInteger(`${owner}.limits.perAccountPerMinute`, perAccountPerMinute, 10, 60_000),
  };
}

function readRegions(option: string, regions: unknown): readonly string[] {
  if (regions === undefined)
    throw new ConfigurationError("missing_option", option, 'is required, such as ["eu-west-1"]');
  if (!Array.isArray(regions) || regions.length === 0 || !regions.every(isRegion)) {
    throw invalid(option, 'write a list of regions such as ["eu-west-1"]');
  }
  return regions;
}

// One that is misspelled may still be the name of a host, and not one of AWS's.
function isRegion(region: unknown): region is string {
  return typeof region === "string" && /^[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/.test(region);
}

function readEndpoint(option: string, value: unknown, allowLoopbackHttp: boolean): URL {
  const url = readAwsEndpoint(option, value, allowLoopbackHttp);
  // The request that clients sign is one to the root.
  if (url.pathname !== "/") throw invalid(option, "must hold no path");
  return url;
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}

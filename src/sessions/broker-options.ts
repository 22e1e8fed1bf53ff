import { awsEndpoint, readAwsEndpoint } from "../aws-endpoint.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import { parseTarget } from "../target.ts";
import type { UserPool } from "../tokens/user-pool.ts";
import { type ClassicFlow, classicFlow, readClassicFlow } from "./classic-flow.ts";
import { enhancedFlow } from "./credentials-flow.ts";
import type { ExchangeSetup } from "./exchange.ts";
import { readLoginProviders } from "./further-logins.ts";
import { identityPoolRegion } from "./identity-pool.ts";
import { type CustomRoles, compileRoleChoice, type JudgeRoleChoice } from "./role-choice.ts";
import type { Sessions } from "./session.ts";
import { type WebIdentity, webIdentity } from "./web-identity.ts";

/** What {@link broker} takes. */
export interface BrokerOptions {
  /** The sessions that the verifier of signed requests looks up. */
  readonly sessions: Sessions;
  /** The user pool whose ID tokens are exchanged: `userPool({ ..., tokenUse: "id" })`. */
  readonly userPool: UserPool<"id">;
  /** The identity pool that trusts the user pool, such as `eu-west-1:00000000-0000-4000-8000-000000000000`. */
  readonly identityPoolId: string;
  /** The path that it answers at; `/.well-known/poolgate/credentials` by default. */
  readonly path?: string;
  /** Where AWS is reached, by URL; the public endpoints in the region of the identity pool by default. */
  readonly endpoints?: { readonly identity?: string; readonly sts?: string };
  /** Allows endpoints with http on the loopback interface, for tests; false by default. */
  readonly allowLoopbackHttp?: boolean;
  /** Gives credentials to callers without a token, each of whom makes another identity in the pool; false by default. */
  readonly guests?: boolean;
  /**
   * Goes by the classic flow, in which you choose role, session name and session policy; by default the enhanced flow, in which
   * the identity pool chooses the role. It needs `@aws-sdk/client-sts`.
   */
  readonly classic?: ClassicFlow;
  /**
   * Lets a user of the enhanced flow ask for a role, by `?role=<ARN>`, which must stand in `cognito:roles` of his ID token: any
   * of those (true), or only roles that are listed, such as `["123456789012/Editor"]`. False by default.
   */
  readonly customRoles?: CustomRoles;
  /**
   * Providers beside the user pool whose logins a user may send along, such as `["accounts.google.com"]`; none by default. The
   * identity pool verifies them and links them to the user's identity. Who he is here they do not change.
   */
  readonly logins?: readonly string[];
  /** The longest life of a session, in minutes; 60 by default, 20 to 720. */
  readonly maxSessionMinutes?: number;
  /** How many exchanges a source address and a user may ask for in a minute; 60 and 20 by default, 1 to 6,000. */
  readonly limits?: { readonly perSourcePerMinute?: number; readonly perUserPerMinute?: number };
  /** What calls AWS; the global `fetch` by default. It must obey `redirect` and `signal`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The options of a broker, checked. */
export interface BrokerSettings extends ExchangeSetup {
  readonly userPool: UserPool;
  readonly path: string;
  readonly guests: boolean;
  readonly judgeRoleChoice: JudgeRoleChoice;
  readonly loginProviders: readonly string[];
  /** STS in the classic flow. */
  readonly webIdentity?: WebIdentity;
  readonly perSourcePerMinute: number;
  readonly perUserPerMinute: number;
}

const optionNames = [
  "sessions",
  "userPool",
  "identityPoolId",
  "path",
  "endpoints",
  "allowLoopbackHttp",
  "guests",
  "classic",
  "customRoles",
  "logins",
  "maxSessionMinutes",
  "limits",
  "fetch",
];

/**
 * Checks the options of a broker.
 *
 * @throws ConfigurationError
 */
export function readBrokerOptions(options: BrokerOptions): BrokerSettings {
  refuseUnknownOptions("broker", options, optionNames);
  const { sessions, userPool, endpoints = {}, limits = {}, fetch = globalThis.fetch } = options;
  const { path = "/.well-known/poolgate/credentials", guests = false, allowLoopbackHttp = false } = options;
  requireSessions(sessions);
  requireUserPool(userPool);
  requireBoolean("guests", guests);
  requireBoolean("allowLoopbackHttp", allowLoopbackHttp);
  if (typeof fetch !== "function") throw invalid("fetch", "must be a function like the global fetch");
  refuseUnknownOptions("broker.endpoints", endpoints, ["identity", "sts"]);
  refuseUnknownOptions("broker.limits", limits, ["perSourcePerMinute", "perUserPerMinute"]);
  const { maxSessionMinutes = 60 } = options;
  const { perSourcePerMinute = 60, perUserPerMinute = 20 } = limits;
  const identityPoolId = requireText("broker.identityPoolId", options.identityPoolId, identityPoolExample);
  const region = identityPoolRegion(identityPoolId);
  if (region === undefined) throw invalid("identityPoolId", `must be of the form ${identityPoolExample}`);
  const connection = (name: "identity" | "sts", service: "cognito-identity" | "sts") => {
    const { [name]: url = awsEndpoint(service, region).href } = endpoints;
    return { url: readAwsEndpoint(`broker.endpoints.${name}`, url, allowLoopbackHttp), fetch };
  };
  const { classic, customRoles = false, logins = [] } = options;
  if (classic !== undefined && customRoles !== false) {
    throw invalid("customRoles", "in the classic flow you choose the role: leave it out, or leave out classic");
  }
  const identity = connection("identity", "cognito-identity");
  const sts = connection("sts", "sts");
  const maxLength = requireInteger("broker.maxSessionMinutes", maxSessionMinutes, 20, 720) * 60_000;
  const { loginProvider } = userPool;
  const settings = classic && readClassicFlow(classic);
  const assuming = settings && webIdentity(sts, region);
  return {
    sessions,
    userPool,
    loginProvider,
    identityPoolId,
    region,
    path: readPath(path),
    identity,
    sts,
    flow:
      settings && assuming
        ? classicFlow(settings, identity, assuming, maxLength)
        : enhancedFlow(identity, sessions.clock),
    ...(assuming !== undefined && { webIdentity: assuming }),
    guests,
    judgeRoleChoice: compileRoleChoice("broker.customRoles", customRoles),
    loginProviders: readLoginProviders("broker.logins", logins, loginProvider),
    maxLength,
    perSourcePerMinute: requireInteger("broker.limits.perSourcePerMinute", perSourcePerMinute, 1, 6_000),
    perUserPerMinute: requireInteger("broker.limits.perUserPerMinute", perUserPerMinute, 1, 6_000),
  };
}

const identityPoolExample = "eu-west-1:00000000-0000-4000-8000-000000000000";

function requireSessions(sessions: unknown): void {
  if (sessions === undefined) throw missing("sessions", "is required: write sessions: createSessions({ ... })");
  const { open, trust } = Object(sessions) as Readonly<Record<string, unknown>>;
  if (typeof open !== "function" || typeof trust !== "function") {
    throw invalid("sessions", "write sessions: createSessions({ ... })");
  }
}

function requireUserPool(userPool: unknown): void {
  if (userPool === undefined) throw missing("userPool", 'is required: write userPool({ ..., tokenUse: "id" })');
  const { verify, loginProvider, tokenUse } = Object(userPool) as Readonly<Record<string, unknown>>;
  if (typeof verify !== "function" || typeof loginProvider !== "string") {
    throw invalid("userPool", 'write userPool({ ..., tokenUse: "id" })');
  }
  if (tokenUse !== "id")
    throw invalid("userPool", 'identity pools take ID tokens: write userPool({ ..., tokenUse: "id" })');
}

function requireBoolean(option: string, value: unknown): void {
  if (typeof value !== "boolean") throw invalid(option, "must be true or false");
}

function readPath(path: unknown): string {
  try {
    if (typeof path === "string" && parseTarget(path).query === undefined) return path;
  } catch {
    // Told below, with what to write.
  }
  throw invalid("path", "must be a path such as /.well-known/poolgate/credentials");
}

function missing(option: string, message: string): ConfigurationError {
  return new ConfigurationError("missing_option", `broker.${option}`, message);
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `broker.${option}`, message);
}

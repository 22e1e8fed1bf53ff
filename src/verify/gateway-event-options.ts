import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import type { Principal } from "../principal.ts";
import type { AuthRequest, GatewayFormat, GatewayIdentity } from "../request.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import type { Revocations } from "../tokens/revocations.ts";
import type { TrustedIssuer } from "../verifier.ts";
import { readAppSyncIam } from "./appsync-iam.ts";
import { checkedTokens, type TokenVerifier } from "./checked-token.ts";
import { claimsPrincipal } from "./claims-principal.ts";
import {
  type GatewayNames,
  type IamTrust,
  type RestIamTrust,
  readGateway,
  readIdentityPools,
} from "./gateway-trust.ts";
import { readHttpIam } from "./http-iam.ts";
import type { IamReader } from "./iam-identity.ts";
import { iamPrincipal } from "./iam-principal.ts";
import { readLatticeIam } from "./lattice-iam.ts";
import { readRestIam } from "./rest-iam.ts";
import { type RefuseRevoked, revokedCallers } from "./revoked-callers.ts";
import { claimsMembers, readClaimsTrust, type TokenTrust } from "./token-trust.ts";

/** A gateway that is believed. */
export type GatewayTrust = IamTrust | TokenTrust;

/** A list of at least one gateway. */
export type GatewayTrusts = readonly [GatewayTrust, ...GatewayTrust[]];

/** What {@link gatewayEvent} takes. */
export interface GatewayEventOptions<T extends GatewayTrusts = GatewayTrusts> {
  /**
   * Every gateway that may call this function and says whom it has let in. Whatever else an event of such a format says, it is
   * `gateway_not_trusted`; events of formats that no entry has are not looked at.
   */
  readonly trust: T;
  /**
   * The roles whose callers are let in, and what each stands for; required as soon as a gateway checks signatures. Users of an
   * identity pool have the groups of their role, as open groups; a role that is not listed is `role_not_allowed`.
   */
  readonly roles?: RoleMap;
  /**
   * What has been revoked: `sessions.revocations`, or a list made by `createRevocations`. It is looked at for every request, by user,
   * role and identity, and by the claims of a token. Without it nobody is refused whom the gateway lets in.
   */
  readonly revocations?: Revocations;
  /** Milliseconds since 1970, for the end of tokens whose claims are believed; `Date.now` by default. */
  readonly clock?: () => number;
}

/** A gateway that is believed, and how it is read. */
export interface TrustedGateway {
  readonly names: GatewayNames;
  /** The scheme of the credentials that it checks. */
  readonly scheme: "AWS4-HMAC-SHA256" | "Bearer";
  /** Makes the principal of what the gateway says. */
  readonly read: (gateway: GatewayIdentity, request: AuthRequest) => Promise<Principal>;
  /** Whose groups and scopes it takes over. */
  readonly issuers: readonly TrustedIssuer[];
  /** What verifies its tokens again. */
  readonly tokens: readonly TokenVerifier[];
}

/** The gateways of {@link GatewayEventOptions} by their formats, checked. */
export type GatewayEventSettings = ReadonlyMap<GatewayFormat, readonly TrustedGateway[]>;

const iamReaders: Readonly<Record<IamTrust["format"], IamReader>> = {
  "rest-iam": readRestIam,
  "http-iam": readHttpIam,
  "function-url-iam": readHttpIam,
  "appsync-iam": readAppSyncIam,
  "vpc-lattice": readLatticeIam,
};
const formats: readonly string[] = [...Object.keys(iamReaders), "rest-cognito", "http-jwt"];
/** The formats whose gateways tell of identity pools. */
const withPools: ReadonlySet<string> = new Set(["rest-iam", "http-iam", "appsync-iam"]);

/**
 * Checks the options of `gatewayEvent` once, when it is constructed.
 *
 * @throws ConfigurationError
 */
export function readGatewayEventOptions(options: GatewayEventOptions): GatewayEventSettings {
  refuseUnknownOptions("gatewayEvent", options, ["trust", "roles", "revocations", "clock"]);
  const { clock = Date.now } = options;
  if (typeof clock !== "function") throw invalid("gatewayEvent.clock", "must be a function such as Date.now");
  const entries = readEntries(options.trust);
  const judgeRole = readRoles(options, entries);
  const refuseRevoked = revokedCallers(options);
  const settings = new Map<GatewayFormat, TrustedGateway[]>();
  for (const [index, entry] of entries.entries()) {
    const at = `gatewayEvent.trust[${index}]`;
    const gateway = isIamTrust(entry)
      ? readIamTrust(at, entry, judgeRole, refuseRevoked)
      : readTokenTrust(at, entry, options, { clock, refuseRevoked });
    const listed = settings.get(entry.format) ?? [];
    if (listed.some(({ names }) => JSON.stringify(names) === JSON.stringify(gateway.names))) {
      throw invalid(at, "names a gateway that is listed already");
    }
    settings.set(entry.format, [...listed, gateway]);
  }
  return settings;
}

function readEntries(trust: unknown): readonly GatewayTrust[] {
  if (!Array.isArray(trust) || trust.length === 0) {
    const advice = "list at least one gateway, such as { format, account, apiId, stage }";
    throw new ConfigurationError("missing_option", "gatewayEvent.trust", advice);
  }
  for (const [index, entry] of trust.entries()) {
    if (!formats.includes(entry?.format)) {
      throw invalid(`gatewayEvent.trust[${index}].format`, `must be ${formats.join(" or ")}`);
    }
  }
  return trust;
}

function isIamTrust(entry: GatewayTrust): entry is IamTrust {
  return Object.hasOwn(iamReaders, entry.format);
}

function readRoles(options: GatewayEventOptions, entries: readonly GatewayTrust[]): JudgeRole {
  const needed = entries.some(isIamTrust);
  if (needed && !("roles" in options)) {
    const advice = 'list the roles that are let in, such as { "123456789012/Editor": { groups: ["editors"] } }';
    throw new ConfigurationError("missing_option", "gatewayEvent.roles", advice);
  }
  if (!needed && "roles" in options) throw invalid("gatewayEvent.roles", "leave it out: no gateway checks signatures");
  return compileRoleMap("gatewayEvent.roles", needed ? (options.roles as RoleMap) : {});
}

function readIamTrust(at: string, entry: IamTrust, judgeRole: JudgeRole, refuseRevoked: RefuseRevoked): TrustedGateway {
  const { format } = entry;
  const names = readGateway(at, format, entry, withPools.has(format) ? ["identityPools"] : []);
  const pools = readIdentityPools(`${at}.identityPools`, (entry as RestIamTrust).identityPools);
  const readIam = iamReaders[format];
  return {
    ...{ names, scheme: "AWS4-HMAC-SHA256", issuers: [], tokens: [] },
    read: async ({ identity }) => refuseRevoked(iamPrincipal(readIam(identity), pools, judgeRole), "invalid_signature"),
  };
}

function readTokenTrust(
  at: string,
  entry: TokenTrust,
  options: GatewayEventOptions,
  { clock, refuseRevoked }: { readonly clock: () => number; readonly refuseRevoked: RefuseRevoked },
): TrustedGateway {
  if ("issuers" in entry) {
    const names = readGateway(at, entry.format, entry, ["issuers"]);
    const { tokens, verify } = checkedTokens(entry.issuers, options);
    return {
      ...{ names, scheme: "Bearer", issuers: tokens.issuers, tokens: [tokens] },
      read: ({ identity }, request) => verify(identity, request),
    };
  }
  const names = readGateway(at, entry.format, entry, claimsMembers);
  const settings = readClaimsTrust(at, entry, clock);
  return {
    ...{ names, scheme: "Bearer", issuers: [settings.trusted], tokens: [] },
    read: async ({ identity }) => refuseRevoked(claimsPrincipal(identity, settings), "invalid_token"),
  };
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}

import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import type { Principal } from "../principal.ts";
import type { GatewayFormat, GatewayIdentity } from "../request.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import { readAppSyncIam } from "./appsync-iam.ts";
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

/** A gateway that is believed. */
export type GatewayTrust = IamTrust;

/** What {@link gatewayEvent} takes. */
export interface GatewayEventOptions {
  /**
   * Every gateway that may call this function and says whom it has let in. Whatever else an event of such a format says, it is
   * `gateway_not_trusted`; events of formats that no entry has are not looked at.
   */
  readonly trust: readonly [GatewayTrust, ...GatewayTrust[]];
  /**
   * The roles whose callers are let in, for all gateways that check signatures, and what each stands for. Users of an identity pool
   * have the groups of their role, as open groups; a role that is not listed is `role_not_allowed`.
   */
  readonly roles: RoleMap;
}

/** A gateway that is believed, and how it is read. */
export interface TrustedGateway {
  readonly names: GatewayNames;
  /** Makes the principal of what the gateway says. */
  read(gateway: GatewayIdentity): Principal;
}

/** {@link GatewayEventOptions}, checked. */
export type GatewayEventSettings = ReadonlyMap<GatewayFormat, readonly TrustedGateway[]>;

const readers: Readonly<Record<IamTrust["format"], IamReader>> = {
  "rest-iam": readRestIam,
  "http-iam": readHttpIam,
  "function-url-iam": readHttpIam,
  "appsync-iam": readAppSyncIam,
  "vpc-lattice": readLatticeIam,
};
/** The formats whose gateways tell of identity pools. */
const withPools: ReadonlySet<string> = new Set(["rest-iam", "http-iam", "appsync-iam"]);

/**
 * Checks the options of `gatewayEvent` once, when it is constructed.
 *
 * @throws ConfigurationError
 */
export function readGatewayEventOptions(options: GatewayEventOptions): GatewayEventSettings {
  refuseUnknownOptions("gatewayEvent", options, ["trust", "roles"]);
  const trust: unknown = options.trust;
  if (!Array.isArray(trust) || trust.length === 0) {
    const advice = "list at least one gateway, such as { format, account, apiId, stage }";
    throw new ConfigurationError("missing_option", "gatewayEvent.trust", advice);
  }
  const judgeRole = compileRoleMap("gatewayEvent.roles", options.roles);
  const settings = new Map<GatewayFormat, TrustedGateway[]>();
  for (const [index, entry] of trust.entries()) {
    const at = `gatewayEvent.trust[${index}]`;
    const { format } = (entry ?? {}) as GatewayTrust;
    if (!Object.hasOwn(readers, String(format))) {
      throw new ConfigurationError("invalid_option", `${at}.format`, `must be ${Object.keys(readers).join(" or ")}`);
    }
    const listed = settings.get(format) ?? [];
    const gateway = readTrust(at, entry as GatewayTrust, judgeRole);
    if (listed.some(({ names }) => JSON.stringify(names) === JSON.stringify(gateway.names))) {
      throw new ConfigurationError("invalid_option", at, "names a gateway that is listed already");
    }
    settings.set(format, [...listed, gateway]);
  }
  return settings;
}

function readTrust(at: string, entry: GatewayTrust, judgeRole: JudgeRole): TrustedGateway {
  const { format } = entry;
  const names = readGateway(at, format, entry, withPools.has(format) ? ["identityPools"] : []);
  const pools = readIdentityPools(`${at}.identityPools`, (entry as RestIamTrust).identityPools);
  const read = readers[format];
  return { names, read: ({ identity }) => iamPrincipal(read(identity), pools, judgeRole) };
}

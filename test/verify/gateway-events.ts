import { gatewayIdentity } from "../../src/adapters/lambda/gateway-identity.ts";
import type { Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import type { RoleMap } from "../../src/role-map.ts";
import type { Verifier } from "../../src/verifier.ts";
import { gatewayEvent } from "../../src/verify/gateway-event.ts";
import type { GatewayTrust } from "../../src/verify/gateway-event-options.ts";
import { appSyncHost } from "../fixtures/appsync-resolver.ts";
import { account, apiId, guestRole, identityPoolId, serviceRole, userPoolId, userRole } from "../fixtures/facts.ts";
import { urlId } from "../fixtures/function-url.ts";
import { serviceArn, serviceNetworkArn } from "../fixtures/vpc-lattice.ts";

const identityPools = [{ identityPoolId, userPools: [userPoolId] }];

/** The gateways of the fixtures that check signatures. */
export const iamTrust: readonly [GatewayTrust, ...GatewayTrust[]] = [
  { format: "rest-iam", account, apiId, stage: "prod", identityPools },
  { format: "http-iam", account, apiId, stage: "$default", identityPools },
  { format: "function-url-iam", urlId },
  { format: "appsync-iam", host: appSyncHost, identityPools },
  { format: "vpc-lattice", serviceNetworkArn, serviceArn },
];

/** The roles of the fixtures. */
export const roles: RoleMap = {
  [`${account}/${userRole}`]: { groups: ["editors"] },
  [`${account}/${guestRole}`]: { guest: true },
  [`${account}/${serviceRole}`]: { groups: ["indexers"] },
};

export const iamVerifier: Verifier = gatewayEvent({ trust: iamTrust, roles });

/** A verifier that believes one gateway: that of an entry, with some members changed. */
export function believing(format: GatewayTrust["format"], changes: object = {}, accepted: RoleMap = roles): Verifier {
  const entry = iamTrust.find((candidate) => candidate.format === format);
  return gatewayEvent({ trust: [{ ...(entry as GatewayTrust), ...changes }], roles: accepted });
}

/** The request in an event, as far as a verifier of such events looks at it. */
export function requestIn(event: object): AuthRequest {
  const fields = event as { readonly headers?: object; readonly request?: { readonly headers?: object } };
  const headers = Object.entries(fields.headers ?? fields.request?.headers ?? {}).flatMap(([name, value]) =>
    [value].flat().flatMap((text) => (typeof text === "string" ? [name, text] : [])),
  );
  const gateway = gatewayIdentity(event as Readonly<Record<string, unknown>>);
  return {
    ...{ method: "GET", target: "/articles/7", wire: false, headers: new RequestHeaders(headers) },
    ...(gateway !== undefined && { gateway }),
  };
}

/** Whom a verifier makes of an event. */
export async function callerIn(event: object, verifier: Verifier = iamVerifier): Promise<Principal> {
  return (await verifier.verify(requestIn(event))).principal;
}

/** A copy of an event with other values at some places, each named by its path, such as `requestContext.stage`. */
export function changed<Event extends object>(event: Event, changes: Readonly<Record<string, unknown>>): Event {
  const copy = structuredClone(event);
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split(".");
    const last = names.pop() as string;
    let place = copy as Record<string, unknown>;
    for (const name of names) place = place[name] as Record<string, unknown>;
    if (value === undefined) delete place[last];
    else place[last] = value;
  }
  return copy;
}

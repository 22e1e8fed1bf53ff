import type { Role } from "../arn.ts";
import type { Groups, Principal } from "../principal.ts";

interface GatewayEventCaller extends Principal {
  readonly verifiedBy: "gateway-event";
}

/**
 * A user whom a gateway has let in. By a signature he has `identityId`, `role` and the groups of the role, which are open; by a
 * token `claims`, `clientId` and `expiresAt`.
 */
export interface GatewayEventUser extends GatewayEventCaller {
  readonly kind: "user";
  readonly userId: string;
}

/** An app client that a gateway has let in by a token which it got for itself. */
export interface GatewayEventClient extends GatewayEventCaller {
  readonly kind: "client";
  readonly clientId: string;
}

/** A role that a gateway has let in by its signature, without an identity pool. */
export interface GatewayEventRole extends GatewayEventCaller {
  readonly kind: "role";
  readonly role: Role;
  readonly groups: Groups;
}

/** A guest whom a gateway has let in by his signature, with `identityId` if an identity pool knows him. */
export interface GatewayEventGuest extends GatewayEventCaller {
  readonly kind: "guest";
  readonly role: Role;
  readonly groups: Groups;
}

/** Whom a gateway of AWS has let in, as `gatewayEvent` believes it. */
export type GatewayEventPrincipal = GatewayEventUser | GatewayEventClient | GatewayEventRole | GatewayEventGuest;

import type { AwsConnection } from "../aws-call.ts";
import type { Principal } from "../principal.ts";
import type { RoleArn } from "../role-arn.ts";
import { type AwsCredentials, getCredentialsForIdentity, type Logins } from "./identity-pool.ts";

/** An identity for which credentials are wanted. */
export interface FlowRequest {
  readonly identityId: string;
  /** The logins of the identity; undefined for a guest. */
  readonly logins: Logins | undefined;
  /** Whom the session will stand for: the user with the claims of his token, or the guest. He acts in no role yet. */
  readonly caller: Principal;
  /** The role that the caller asked for and may have. */
  readonly role: RoleArn | undefined;
}

/** Credentials, and what STS must say of them. */
export interface FlowResult {
  readonly credentials: AwsCredentials;
  /** The role that was asked for; undefined where the identity pool chose. */
  readonly role?: RoleArn | undefined;
  /** The session name that was asked for. */
  readonly sessionName?: string;
}

/** A way from an identity to credentials. */
export type CredentialsFlow = (request: FlowRequest) => Promise<FlowResult>;

/** Clients renew 15 to 10 minutes before the end; credentials with less left would be renewed at once, and again. */
const minLength = 20 * 60_000;

/** The enhanced flow: the identity pool chooses the role, unless the caller asked for another of his. */
export function enhancedFlow(identity: AwsConnection, clock: () => number): CredentialsFlow {
  return async function enhanced({ identityId, logins, role }) {
    const ask = () => getCredentialsForIdentity(identity, identityId, logins, role?.arn);
    const credentials = await ask();
    if (credentials.expiration - clock() >= minLength) return { credentials, role };
    return { credentials: await ask(), role };
  };
}

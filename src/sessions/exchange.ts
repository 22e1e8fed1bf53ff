import type { Role } from "../arn.ts";
import { type AwsConnection, unavailable } from "../aws-call.ts";
import { closedGroups, createPrincipal, type Principal, type PrincipalInit } from "../principal.ts";
import { isSameRole, type RoleArn } from "../role-arn.ts";
import type { CredentialsFlow, FlowResult } from "./credentials-flow.ts";
import { getId, type Logins } from "./identity-pool.ts";
import { refuseRevoked } from "./refuse-revoked.ts";
import type { Sessions } from "./session.ts";
import { getCallerIdentity } from "./sts.ts";
import type { TokenHolder } from "./token-holder.ts";

/**
 * Credentials as a container credentials endpoint gives them.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export interface ContainerCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** ISO 8601, in whole seconds. */
  readonly Expiration: string;
}

/** What {@link exchange} takes. */
export interface ExchangeSetup {
  readonly sessions: Sessions;
  readonly identityPoolId: string;
  readonly region: string;
  readonly identity: AwsConnection;
  readonly sts: AwsConnection;
  /** From an identity to its credentials. */
  readonly flow: CredentialsFlow;
  /** The user pool, as the identity pool knows it. */
  readonly loginProvider: string;
  /** Milliseconds. */
  readonly maxLength: number;
}

/** What a caller asks for beside the usual. */
export interface ExchangeWishes {
  /** A role that he may have. */
  readonly role?: RoleArn | undefined;
  /** Logins of other providers, for the identity pool to verify and link; they say nothing about who he is, here or there. */
  readonly logins?: Logins | undefined;
}

/**
 * Exchanges a token, or nothing for a guest, for credentials of the identity pool, and opens the session by which the gate
 * verifies what is signed with them.
 *
 * @throws AuthError
 */
export async function exchange(
  setup: ExchangeSetup,
  holder: TokenHolder | undefined,
  wishes: ExchangeWishes = {},
): Promise<ContainerCredentials> {
  const { sessions, identity, identityPoolId } = setup;
  const own: Logins | undefined = holder && { [setup.loginProvider]: holder.raw };
  // By the user's token alone: given several logins, the pool may answer the identity that any of them is linked to, and a
  // user could choose somebody else's. With the identity settled, other logins can only be linked to it.
  const identityId = await getId(identity, identityPoolId, own);
  await refuseRevoked(sessions, { identityId });
  const logins = own && { ...wishes.logins, ...own };
  const caller = createPrincipal(
    holder === undefined ? guest(identityPoolId, identityId) : { ...holder.principal, identityId },
  );
  const { credentials, ...asked } = await setup.flow({ identityId, logins, caller, role: wishes.role });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  const role = await getCallerIdentity(setup.sts, setup.region, credentials, new Date(sessions.clock()));
  if (!isAsAsked(role, asked)) throw unavailable("STS names another role or session than was asked for");
  // All of it, since much can be revoked while AWS is asked.
  await refuseRevoked(sessions, { holder, identityId, role });
  const now = sessions.clock();
  // The answer says when the session ends in whole seconds, and both end together.
  const notAfter = new Date(Math.floor(Math.min(expiration, now + setup.maxLength) / 1_000) * 1_000);
  if (notAfter.getTime() <= now) throw unavailable("the identity pool gives credentials that are over");
  const found = { identityId, role, expiresAt: notAfter };
  await sessions.open({
    ...{ accessKeyId, secretAccessKey, sessionToken, notAfter, mode: "broker" },
    principal: holder === undefined ? createPrincipal({ ...caller, ...found }) : user(holder.principal, found),
    ...(holder !== undefined && { token: holder.facts }),
  });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: notAfter.toISOString().replace(".000Z", "Z"),
  };
}

function isAsAsked(found: Role, { role, sessionName }: Omit<FlowResult, "credentials">): boolean {
  if (sessionName !== undefined && found.sessionName !== sessionName) return false;
  return role === undefined || isSameRole(found, role);
}

interface Found {
  readonly identityId: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

/** The user of the token, now acting in a role. His claims stay behind: a signed request has none. */
function user({ kind, id, issuer, userId, groups, tags, authenticatedAt }: Principal, found: Found): Principal {
  return createPrincipal({
    ...{ kind, id, issuer, verifiedBy: "signed-request", tags },
    ...(userId !== undefined && { userId }),
    ...(groups !== undefined && { groups }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    ...found,
  });
}

function guest(identityPoolId: string, identityId: string): PrincipalInit {
  return {
    kind: "guest",
    id: `guest:${identityId}`,
    issuer: identityPoolId,
    verifiedBy: "signed-request",
    groups: closedGroups(),
    identityId,
  };
}

import type { AwsConnection } from "../aws-call.ts";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { parseRoleArn, type RoleArn } from "../role-arn.ts";
import { isJsonObject } from "../tokens/strict-json.ts";
import type { CredentialsFlow } from "./credentials-flow.ts";
import { getOpenIdToken } from "./identity-pool.ts";
import type { WebIdentity } from "./web-identity.ts";

/** A session policy, as an object or as its JSON: what the credentials may do is what the role and this both allow. */
export type SessionPolicy = string | Readonly<Record<string, unknown>>;

/**
 * The classic flow: the identity pool gives an OpenID token, and STS credentials of a role that **you** choose, with a session
 * name and session policy that you choose. The caller chooses nothing.
 *
 * Functions are given the caller: a user with the claims of his verified ID token, or a guest; both have `identityId`. A
 * fault in what they give is `configuration_error`, 500.
 */
export interface ClassicFlow {
  /** The ARN of the role. A function that gives null refuses the caller: `role_not_allowed`, 403. */
  readonly roleArn: string | ((caller: Principal) => string | null);
  /**
   * The session name, 2 to 64 of the characters `A-Za-z0-9_+=,.@-`, which CloudTrail shows; by default the `sub` of a user,
   * and `guest` for guests. A name that does not have this form is refused and never changed, or two users could share one.
   */
  readonly sessionName?: string | ((caller: Principal) => string);
  /** The session policy, 2,048 characters at most; a function gives null for none. */
  readonly policy?: SessionPolicy | ((caller: Principal) => SessionPolicy | null);
}

/** The option, checked: what each caller gets. */
export interface ClassicSettings {
  readonly role: (caller: Principal) => RoleArn;
  readonly sessionName: (caller: Principal) => string;
  /** JSON; empty for none. */
  readonly policy: (caller: Principal) => string;
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
const sessionNameForm = /^[\w+=,.@-]{2,64}$/;
const policyForm = /^[\t\n\r\x20-\xff]{1,2048}$/;

/**
 * Checks the option that chooses the classic flow.
 *
 * @throws ConfigurationError
 */
export function readClassicFlow(classic: ClassicFlow): ClassicSettings {
  refuseUnknownOptions("broker.classic", classic, ["roleArn", "sessionName", "policy"]);
  const { roleArn, sessionName = nameOf, policy = () => null } = classic;
  if (roleArn === undefined) {
    throw new ConfigurationError("missing_option", "broker.classic.roleArn", `is required, ${advice.roleArn}`);
  }
  return {
    role: chosen("roleArn", unlessRefused(roleArn), readRole),
    sessionName: chosen("sessionName", sessionName, readSessionName),
    policy: chosen("policy", policy, readPolicy),
  };
}

/** The classic flow with the operator's choices. */
export function classicFlow(
  settings: ClassicSettings,
  identity: AwsConnection,
  sts: WebIdentity,
  maxLength: number,
): CredentialsFlow {
  return async function classic({ identityId, logins, caller }) {
    const role = settings.role(caller);
    const sessionName = settings.sessionName(caller);
    const policy = settings.policy(caller) || undefined;
    const token = await getOpenIdToken(identity, identityId, logins);
    // Credentials that outlived the session would be of no use here, and of some use to a thief.
    const durationSeconds = Math.floor(maxLength / 1_000);
    const credentials = await sts.assumeRole({ token, roleArn: role.arn, sessionName, policy, durationSeconds });
    return { credentials, role, sessionName };
  };
}

function nameOf(caller: Principal): string {
  return caller.userId ?? "guest";
}

const advice = {
  roleArn: "such as arn:aws:iam::123456789012:role/Member",
  sessionName: "2 to 64 of the characters A-Za-z0-9_+=,.@-",
  policy: "a policy document as an object or as JSON, 2,048 characters at most",
} as const;

/** Compiles what is a value, checked now, or a function of the caller, checked whenever it is asked. */
function chosen<T>(
  name: keyof typeof advice,
  given: unknown,
  read: (value: unknown) => T | undefined,
): (caller: Principal) => T {
  if (typeof given !== "function") {
    const value = read(given);
    if (value !== undefined) return () => value;
    throw new ConfigurationError("invalid_option", `broker.classic.${name}`, `must be ${advice[name]}, or a function`);
  }
  return (caller) => {
    const value = read(given(caller));
    if (value !== undefined) return value;
    throw new AuthError("configuration_error", { reason: `broker.classic.${name} must give ${advice[name]}` });
  };
}

/** A function that gives no role has decided so. */
function unlessRefused(roleArn: ClassicFlow["roleArn"]): unknown {
  if (typeof roleArn !== "function") return roleArn;
  return (caller: Principal) => {
    const arn = roleArn(caller);
    if (arn === null) throw new AuthError("role_not_allowed");
    return arn;
  };
}

function readRole(value: unknown): RoleArn | undefined {
  return typeof value === "string" ? parseRoleArn(value) : undefined;
}

function readSessionName(value: unknown): string | undefined {
  return typeof value === "string" && sessionNameForm.test(value) ? value : undefined;
}

/** The policy as JSON; empty for none. */
function readPolicy(value: unknown): string | undefined {
  if (value === null) return "";
  try {
    const json = typeof value === "string" ? value : JSON.stringify(value);
    return policyForm.test(json) && isPolicy(JSON.parse(json)) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** A promise or a Map is an object too, and its JSON an empty one. */
function isPolicy(document: unknown): boolean {
  return isJsonObject(document) && Object.hasOwn(document, "Statement");
}

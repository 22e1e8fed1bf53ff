import { randomUUID } from "node:crypto";
import { AwsError, notAuthorized } from "./aws-error.ts";
import { createLoginProviders, type Login, type LoginProvidersSetup } from "./login-providers.ts";
import { stableUuid } from "./person.ts";
import type { CredentialsLedger, TemporaryCredentials } from "./temporary-credentials.ts";
import { generateTokenKey, type JwksDocument, type TokenKey } from "./token-key.ts";
import { roleArn } from "./user-pool.ts";

/** Tokens by the name of their provider, as `Logins` of a request holds them. */
export type Logins = Readonly<Record<string, unknown>>;

/** What {@link startIdentityPool} takes. */
export interface IdentityPoolSetup extends LoginProvidersSetup {
  readonly region: string;
  readonly identityPoolId: string;
  readonly accountId: string;
  readonly guests: boolean;
  readonly authenticatedRole: string;
  readonly guestRole: string;
  readonly credentialsSeconds: number;
  readonly ledger: CredentialsLedger;
}

/** Whom an identity-pool token speaks of. */
interface WebIdentity {
  readonly identityId: string;
  readonly guest: boolean;
}

/** A local identity pool; what it refuses it refuses with an {@link AwsError}. */
export interface LocalIdentityPool {
  getId(identityPoolId: string, logins?: Logins): string;
  getCredentials(identityId: string, logins?: Logins, customRoleArn?: string): TemporaryCredentials;
  getOpenIdToken(identityId: string, logins?: Logins): Promise<string>;
  /** Reads an OpenID token of its own. */
  readOpenIdToken(token: string): Promise<WebIdentity>;
  /** The keys of its OpenID tokens. */
  jwks(): Promise<JwksDocument>;
  /** Mints a token as one of the providers beside the user pool would. */
  loginToken(provider: string, sub: string): Promise<string>;
}

/** `iss` of the OpenID tokens of every identity pool of every AWS customer. */
const openIdIssuer = "https://cognito-identity.amazonaws.com";
/** Seconds that an OpenID token lives. */
const openIdLifetime = 600;

/** Makes an identity pool that trusts one app client of one user pool, and whatever other providers it is told to trust. */
export function startIdentityPool(setup: IdentityPoolSetup): LocalIdentityPool {
  const { region, identityPoolId, accountId, provider, guests, ledger, clock } = setup;
  /** The identities that there are, and which of them are guests. */
  const identities = new Map<string, "guest" | "user">();
  /** The identity that each login is linked to. */
  const links = new Map<string, string>();
  const providers = createLoginProviders(setup);
  let openIdKey: Promise<TokenKey> | undefined;

  function key(): Promise<TokenKey> {
    openIdKey ??= generateTokenKey("RS512");
    return openIdKey;
  }

  /** The logins, that of the user pool first; none for a guest. */
  function readLogins(logins: Logins = {}): readonly Login[] {
    const read = Object.entries(logins).map(([name, token]) => providers.read(name, token));
    if (read.length === 0 && !guests) {
      throw notAuthorized("Unauthenticated access is not supported for this identity pool.");
    }
    return read.sort((one, other) => Number(other.provider === provider) - Number(one.provider === provider));
  }

  function linksOf(logins: readonly Login[]): ReadonlySet<string> {
    return new Set(logins.flatMap(({ provider: name, sub }) => links.get(`${name} ${sub}`) ?? []));
  }

  /** Links logins that came together: https://docs.aws.amazon.com/cognito/latest/developerguide/getting-credentials.html */
  function link(identityId: string, logins: readonly Login[]): void {
    if ([...linksOf(logins)].some((other) => other !== identityId)) {
      throw new AwsError("ResourceConflictException", 400, "Logins are linked to another identity.");
    }
    for (const { provider: name, sub } of logins) links.set(`${name} ${sub}`, identityId);
    identities.set(identityId, "user");
  }

  function newIdentity([login]: readonly Login[]): string {
    if (login === undefined) return `${region}:${randomUUID()}`;
    const owner = login.provider === provider ? login.sub : `${login.provider} ${login.sub}`;
    return `${region}:${stableUuid(`${identityPoolId} ${owner}`)}`;
  }

  function requireIdentity(identityId: string, given: Logins | undefined): readonly Login[] {
    const kind = identities.get(identityId);
    if (kind === undefined) throw new AwsError("ResourceNotFoundException", 400, `Identity '${identityId}' not found.`);
    const noLogins = given === undefined || Object.keys(given).length === 0;
    if (noLogins && kind === "user") throw notAuthorized(`Access to Identity '${identityId}' is forbidden.`);
    const logins = readLogins(given);
    if (noLogins) return logins;
    if (!linksOf(logins).has(identityId)) {
      throw notAuthorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool.",
      );
    }
    link(identityId, logins);
    return logins;
  }

  /**
   * The role as role-based access control resolves it from the token, with the authenticated role where the token names none:
   * https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
   */
  function resolveRole([login]: readonly Login[], customRoleArn: string | undefined): string {
    if (login === undefined) {
      if (customRoleArn !== undefined) throw notAuthorized("Only authenticated identities may choose a role.");
      return setup.guestRole;
    }
    const { claims = {} } = login;
    const prefix = roleArn(accountId, "");
    const offered = Array.isArray(claims["cognito:roles"]) ? claims["cognito:roles"] : [];
    if (customRoleArn !== undefined && !offered.includes(customRoleArn)) {
      throw notAuthorized("The custom role is not among the roles of the token.");
    }
    const arn = customRoleArn ?? claims["cognito:preferred_role"];
    if (arn === undefined) return setup.authenticatedRole;
    if (typeof arn !== "string" || !arn.startsWith(prefix)) {
      const message = "Invalid identity pool configuration. Check assigned IAM roles for this pool.";
      throw new AwsError("InvalidIdentityPoolConfigurationException", 400, message);
    }
    return arn.slice(prefix.length);
  }

  return {
    getId(poolId, logins) {
      if (poolId !== identityPoolId) {
        throw new AwsError("ResourceNotFoundException", 400, `IdentityPool '${poolId}' not found.`);
      }
      const read = readLogins(logins);
      const identityId = [...linksOf(read)][0] ?? newIdentity(read);
      if (read.length === 0) identities.set(identityId, "guest");
      else link(identityId, read);
      return identityId;
    },
    getCredentials(identityId, logins, customRoleArn) {
      const read = requireIdentity(identityId, logins);
      // Expiration travels in whole seconds.
      const expiration = new Date((Math.floor(clock() / 1000) + setup.credentialsSeconds) * 1000);
      return ledger.issue(resolveRole(read, customRoleArn), "CognitoIdentityCredentials", expiration);
    },
    async getOpenIdToken(identityId, logins) {
      const read = requireIdentity(identityId, logins);
      const names = read.flatMap(({ provider: name, sub, claims }) =>
        claims === undefined ? [name] : [name, `${name}:CognitoSignIn:${sub}`],
      );
      const amr = read.length === 0 ? ["unauthenticated"] : ["authenticated", ...names];
      const iat = Math.floor(clock() / 1000);
      const { sign } = await key();
      return sign(
        { sub: identityId, aud: identityPoolId, amr, iss: openIdIssuer, exp: iat + openIdLifetime, iat },
        { typ: "JWS" },
      );
    },
    async readOpenIdToken(token) {
      const claims = (await key()).open(token);
      if (claims === undefined) {
        throw new AwsError(
          "InvalidIdentityToken",
          400,
          "No OpenIDConnect provider found in your account for this token",
        );
      }
      const now = Math.floor(clock() / 1000);
      if (typeof claims.exp !== "number" || claims.exp <= now) {
        throw new AwsError(
          "ExpiredTokenException",
          400,
          `Token expired: current date/time ${now} must be before ${claims.exp}`,
        );
      }
      return {
        identityId: String(claims.sub),
        guest: !(Array.isArray(claims.amr) && claims.amr.includes("authenticated")),
      };
    },
    jwks: async () => ({ keys: [(await key()).jwk] }),
    loginToken: providers.mint,
  };
}

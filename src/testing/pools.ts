import { startIdentityPool } from "./identity-pool.ts";
import { createIdentityService } from "./identity-service.ts";
import { createJwksService } from "./jwks-service.ts";
import { createOutages, type Outage, type OutagePoint, type PoolOperation } from "./outages.ts";
import { type Person, subOf } from "./person.ts";
import { type PoolsOptions, readPoolsOptions } from "./pools-options.ts";
import { type BrokerCredentials, type Signer, type SigningCredentials, signer } from "./signer.ts";
import { createStsService } from "./sts-service.ts";
import { createCredentialsLedger, type TemporaryCredentials } from "./temporary-credentials.ts";
import type { JwksDocument } from "./token-key.ts";
import { type AccessTokenOptions, startUserPool, type TokenOptions } from "./user-pool.ts";
import { createUserPoolService } from "./user-pool-service.ts";
import { serve } from "./wire.ts";

/** Who asks the identity pool: a member of the user pool, or a guest. */
export type Caller = Person | "guest";

/** Credentials of the identity pool, and whose they are. */
export interface PoolCredentials extends TemporaryCredentials {
  readonly identityId: string;
}

/** What {@link Pools.signer} takes. */
export interface PoolSignerOptions {
  /** The service that the gate expects in the signature; the host of each request by default, without its port. */
  readonly service?: string;
  /** The region that the gate expects in the signature; the pools' by default. */
  readonly region?: string;
  /**
   * Gets the credentials from the gate's broker, so that the gate knows them: called once with the caller's ID token,
   * undefined for a guest, it gives the body of the broker's answer. Without it they come from the identity pool directly.
   */
  readonly broker?: (idToken: string | undefined) => Promise<BrokerCredentials | SigningCredentials>;
}

/** Where the pools listen, each on a port of its own on 127.0.0.1. */
export interface PoolsEndpoints {
  /** The Identity Pool: the `endpoint` of `@aws-sdk/client-cognito-identity`. */
  readonly identity: string;
  /** STS: the `endpoint` of `@aws-sdk/client-sts`. */
  readonly sts: string;
  /** The keys of the user pool. */
  readonly jwksUri: string;
  /** The API of the user pool: the `endpoint` of `liveCheck`, and of `@aws-sdk/client-cognito-identity-provider`. */
  readonly userPool: string;
}

/** A running user pool, identity pool and STS. Its functions can be taken apart: `const { signer, idToken } = pools`. */
export interface Pools extends AsyncDisposable {
  readonly region: string;
  readonly accountId: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly identityPoolId: string;
  /** `iss` of the user pool's tokens. */
  readonly issuer: string;
  /** The public keys of the user pool. */
  readonly jwks: JwksDocument;
  readonly endpoints: PoolsEndpoints;
  /** Mints an access token, as after a sign-in. */
  accessToken(person: Person, options?: AccessTokenOptions): string;
  /** Mints an ID token, as after a sign-in. */
  idToken(person: Person, options?: TokenOptions): string;
  /** Mints an access token of an app client, as the client credentials grant does; `scopes` are none by default. */
  machineToken(options?: AccessTokenOptions): string;
  /** Mints a token of another provider that the identity pool trusts, see {@link PoolsOptions.loginProviders}. */
  loginToken(provider: string, sub: string): Promise<string>;
  /** Ends what a person has signed in to until now, as AdminUserGlobalSignOut does: GetUser refuses his access tokens. */
  signOut(person: Person): void;
  /** Disables a person, as AdminDisableUser does: GetUser refuses his access tokens, later ones too. */
  disable(person: Person): void;
  /** The `sub` that a person's tokens have. */
  userId(person: Person): string;
  /** The identity id that the identity pool gives to a person. */
  identityId(person: Person): string;
  /** Exchanges a fresh ID token at the identity pool, or nothing for a guest, without HTTP; STS knows the credentials. */
  credentials(caller: Caller): Promise<PoolCredentials>;
  /** Mints an OpenID token of the identity pool, as GetOpenIdToken does, without HTTP. */
  openIdToken(caller: Caller): Promise<string>;
  /** A signer for one caller, whose credentials are fetched at his first signature. */
  signer(caller: Caller, options?: PoolSignerOptions): Signer;
  /** Makes an endpoint or an operation fail, slow or answer nonsense, until {@link Pools.recover} or for `times` requests. */
  fail(point: OutagePoint, outage: Outage): void;
  /** Ends every outage. */
  recover(): void;
  /** How often an operation was asked for over HTTP, failures included. */
  calls(operation: PoolOperation): number;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Starts a user pool, an identity pool and STS on the loopback interface, for tests and demonstrations. They speak the wire
 * protocols of AWS, so that clients of the AWS SDK work with them unchanged, given an `endpoint`.
 *
 * Nothing of it is fit for production: whoever reaches the process gets credentials. They are worthless at AWS.
 *
 * @throws ConfigurationError where an option is misspelled or of the wrong form.
 *
 * @example
 * ```ts
 * import { startPools } from "poolgate/testing";
 *
 * await using pools = await startPools({ roles: { editors: "ArticleEditor" } });
 * const ada = { name: "ada", groups: ["editors"] };
 * const token = pools.accessToken(ada);
 * const credentials = await pools.credentials(ada);
 * ```
 */
export async function startPools(options: PoolsOptions = {}): Promise<Pools> {
  const setup = readPoolsOptions(options);
  const { region, accountId, userPoolId, clientId, identityPoolId, clock } = setup;
  const provider = `cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  const ledger = createCredentialsLedger(accountId);
  const outages = createOutages();
  const userPool = await startUserPool(setup);
  const identityPool = startIdentityPool({ ...setup, provider, ledger, readIdToken: userPool.readIdToken });
  const sts = createStsService({
    ...setup,
    ledger,
    identityPool,
    userRoles: [setup.authenticatedRole, ...setup.roles.values()],
  });
  const services = [
    createJwksService(userPoolId, userPool.jwks),
    createUserPoolService(userPool.signIns),
    createIdentityService(identityPool),
    sts,
  ];
  const servers = await Promise.all(services.map((service) => serve(service, outages, clock)));
  const origins = servers.map(({ origin }) => origin);
  const [jwksServer, userPoolServer, identityServer, stsServer] = origins as [string, string, string, string];

  function logins(caller: Caller): Readonly<Record<string, string>> | undefined {
    return caller === "guest" ? undefined : { [provider]: userPool.idToken(caller) };
  }

  async function credentials(caller: Caller): Promise<PoolCredentials> {
    const login = logins(caller);
    const identityId = identityPool.getId(identityPoolId, login);
    return { ...identityPool.getCredentials(identityId, login), identityId };
  }

  async function close(): Promise<void> {
    await Promise.all(servers.map((server) => server.close()));
  }

  return {
    region,
    accountId,
    userPoolId,
    clientId,
    identityPoolId,
    issuer: userPool.issuer,
    jwks: userPool.jwks,
    endpoints: {
      identity: identityServer,
      sts: stsServer,
      jwksUri: `${jwksServer}/${userPoolId}/.well-known/jwks.json`,
      userPool: userPoolServer,
    },
    accessToken: userPool.accessToken,
    idToken: userPool.idToken,
    machineToken: userPool.machineToken,
    loginToken: identityPool.loginToken,
    signOut: userPool.signIns.end,
    disable: userPool.signIns.disable,
    userId: subOf,
    identityId: (person) => identityPool.getId(identityPoolId, logins(person)),
    credentials,
    async openIdToken(caller) {
      const login = logins(caller);
      return identityPool.getOpenIdToken(identityPool.getId(identityPoolId, login), login);
    },
    signer(caller, { service, region: signedRegion = region, broker } = {}) {
      const source = () =>
        broker === undefined ? credentials(caller) : broker(caller === "guest" ? undefined : userPool.idToken(caller));
      return signer({ credentials: source, region: signedRegion, clock, ...(service !== undefined && { service }) });
    },
    fail: outages.begin,
    recover: outages.end,
    calls: outages.calls,
    close,
    [Symbol.asyncDispose]: close,
  };
}

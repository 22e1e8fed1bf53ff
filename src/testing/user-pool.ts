import { randomUUID } from "node:crypto";
import { type Person, subOf } from "./person.ts";
import { createSignIns, type SignIns } from "./sign-ins.ts";
import { generateTokenKey, type JwksDocument, type TokenKey } from "./token-key.ts";

/** How a token differs from the one that the pool would mint by itself. */
export interface TokenOptions {
  /** Claims to add or replace; `undefined` leaves a claim out, `iat` and `exp` included. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Members of the JOSE header to add or replace; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds from now until the token ends; 3600 by default, negative for one that has expired. */
  readonly expiresInSeconds?: number;
  /** The app client; the pool's by default. */
  readonly clientId?: string;
}

/** How an access token differs from the one that the pool would mint by itself. */
export interface AccessTokenOptions extends TokenOptions {
  /** The scopes; `["aws.cognito.signin.user.admin"]` by default, as after a sign-in through the API. */
  readonly scopes?: readonly string[];
}

/** What {@link startUserPool} takes. */
export interface UserPoolSetup {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly accountId: string;
  /** Group to IAM role name, in order of precedence. */
  readonly roles: ReadonlyMap<string, string>;
  /** Attributes that access tokens carry too, as a pre token generation trigger would put them there. */
  readonly accessTokenAttributes: readonly string[];
  readonly clock: () => number;
}

/** A local user pool: its keys, and the tokens that it mints. */
export interface LocalUserPool {
  readonly issuer: string;
  readonly jwks: JwksDocument;
  accessToken(person: Person, options?: AccessTokenOptions): string;
  idToken(person: Person, options?: TokenOptions): string;
  machineToken(options?: AccessTokenOptions): string;
  /** The access tokens that the API of the pool accepts. */
  readonly signIns: SignIns;
  /** The claims of a token that the pool's key for ID tokens has signed; undefined for any other. */
  readIdToken(token: string): Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes a user pool with two keys, one for access tokens and one for ID tokens, as Cognito has them.
 *
 * Claims: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * and amazon-cognito-user-pools-using-the-id-token.html.
 */
export async function startUserPool(setup: UserPoolSetup): Promise<LocalUserPool> {
  const { region, userPoolId, accountId, roles, accessTokenAttributes, clock } = setup;
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  const [accessKey, idKey] = await Promise.all([generateTokenKey("RS256"), generateTokenKey("RS256")]);

  const signIns = createSignIns({ key: accessKey, clock });

  function mint(key: TokenKey, claims: Readonly<Record<string, unknown>>, options: TokenOptions): string {
    const now = Math.floor(clock() / 1000);
    const lifetime = options.expiresInSeconds ?? 3600;
    // An expired token was good once, so it was issued before it ended.
    const iat = lifetime > 0 ? now : now + lifetime - 3600;
    const times = { auth_time: iat, iat, exp: now + lifetime };
    return key.sign({ ...claims, ...times, jti: randomUUID(), ...options.claims }, options.header);
  }

  function groupClaims({ groups = [] }: Person): Readonly<Record<string, unknown>> {
    return groups.length === 0 ? {} : { "cognito:groups": [...groups] };
  }

  function roleClaims({ groups = [] }: Person): Readonly<Record<string, unknown>> {
    const arns = [...roles].filter(([group]) => groups.includes(group)).map(([, name]) => roleArn(accountId, name));
    return arns.length === 0 ? {} : { "cognito:roles": arns, "cognito:preferred_role": arns[0] };
  }

  return {
    issuer,
    jwks: { keys: [idKey.jwk, accessKey.jwk] },
    accessToken(person, options = {}) {
      const { attributes = {} } = person;
      const claims = {
        sub: subOf(person),
        ...groupClaims(person),
        iss: issuer,
        version: 2,
        client_id: options.clientId ?? setup.clientId,
        origin_jti: randomUUID(),
        event_id: randomUUID(),
        token_use: "access",
        scope: (options.scopes ?? ["aws.cognito.signin.user.admin"]).join(" "),
        username: person.name,
        ...Object.fromEntries(Object.entries(attributes).filter(([name]) => accessTokenAttributes.includes(name))),
      };
      const token = mint(accessKey, claims, options);
      signIns.begin(person, token);
      return token;
    },
    idToken(person, options = {}) {
      const claims = {
        ...person.attributes,
        sub: subOf(person),
        ...groupClaims(person),
        ...roleClaims(person),
        iss: issuer,
        "cognito:username": person.name,
        origin_jti: randomUUID(),
        event_id: randomUUID(),
        aud: options.clientId ?? setup.clientId,
        token_use: "id",
      };
      return mint(idKey, claims, options);
    },
    machineToken(options = {}) {
      const clientId = options.clientId ?? setup.clientId;
      const claims = {
        sub: clientId,
        iss: issuer,
        version: 2,
        client_id: clientId,
        token_use: "access",
        scope: (options.scopes ?? []).join(" "),
      };
      return mint(accessKey, claims, options);
    },
    signIns,
    readIdToken: (token) => idKey.open(token),
  };
}

/** The ARN of an IAM role. */
export function roleArn(accountId: string, name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}
